//! What is pasted into another page.

/// The two ways to write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `<glassbox-lab>` and its script: the frame grows with the lab.
    Element,
    /// An `<iframe>` alone, for places that allow no script.
    Frame,
}

/// What the author of the other page has chosen; an empty text is the usual.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The whole address of this site's root.
    pub site: String,
    /// The lab's name.
    pub lab: String,
    /// What a screen reader says of the frame.
    pub title: String,
    /// In pixels.
    pub height: u32,
    /// `light` or `dark`.
    pub theme: String,
    /// Such as `de`.
    pub lang: String,
    /// `key=value&key=value`.
    pub knobs: String,
    /// Nothing may be kept.
    pub strict: bool,
}

impl Choice {
    fn settings(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let all = [("theme", &self.theme), ("lang", &self.lang), ("knobs", &self.knobs)];
        all.into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| (name, value.as_str()))
    }

    /// The frame's address.
    pub fn address(&self) -> String {
        let query: Vec<String> = self.settings().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}embed/{}/{mark}{}", self.site, self.lab, query.join("&"))
    }

    /// What the frame may do.
    pub fn sandbox(&self) -> &'static str {
        if self.strict {
            "allow-scripts"
        } else {
            "allow-scripts allow-same-origin allow-downloads allow-popups allow-popups-to-escape-sandbox"
        }
    }

    /// The snippet.
    pub fn snippet(&self, form: Form) -> String {
        match form {
            Form::Element => {
                let settings: String =
                    self.settings().map(|(name, value)| format!(" {name}=\"{}\"", escaped(value))).collect();
                let strict = if self.strict { " sandboxed" } else { "" };
                format!(
                    "<script src=\"{}embed.js\" async></script>\n<glassbox-lab name=\"{}\"{settings} height=\"{}\"{strict}></glassbox-lab>",
                    escaped(&self.site),
                    self.lab,
                    self.height
                )
            }
            Form::Frame => format!(
                "<iframe src=\"{}\" title=\"{}\" width=\"100%\" height=\"{}\" loading=\"lazy\" sandbox=\"{}\"></iframe>",
                escaped(&self.address()),
                escaped(&self.title),
                self.height,
                self.sandbox()
            ),
        }
    }
}

/// A value within an address.
fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// A value within an attribute.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice() -> Choice {
        Choice {
            site: "https://a.example/x/".into(),
            lab: "train".into(),
            title: "Train a “GPT”".into(),
            height: 900,
            theme: String::new(),
            lang: String::new(),
            knobs: String::new(),
            strict: false,
        }
    }

    #[test]
    fn the_usual_is_short() {
        assert_eq!(choice().address(), "https://a.example/x/embed/train/");
        assert_eq!(
            choice().snippet(Form::Element),
            "<script src=\"https://a.example/x/embed.js\" async></script>\n<glassbox-lab name=\"train\" height=\"900\"></glassbox-lab>"
        );
    }

    #[test]
    fn settings_cannot_break_out() {
        let choice = Choice { theme: "dark".into(), knobs: "text=a b&\"><script>é".into(), strict: true, ..choice() };
        assert_eq!(
            choice.address(),
            "https://a.example/x/embed/train/?theme=dark&knobs=text%3Da%20b%26%22%3E%3Cscript%3E%C3%A9"
        );
        let element = choice.snippet(Form::Element);
        assert!(
            element.contains("knobs=\"text=a b&amp;&quot;&gt;&lt;script&gt;é\"") && element.contains(" sandboxed>"),
            "{element}"
        );
        let frame = choice.snippet(Form::Frame);
        assert!(
            frame.contains("?theme=dark&amp;knobs=text%3D") && frame.ends_with("sandbox=\"allow-scripts\"></iframe>"),
            "{frame}"
        );
    }
}
