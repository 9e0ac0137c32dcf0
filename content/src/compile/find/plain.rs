//! Our own HTML as plain text, cut at its headings.

/// A heading and the text below it, up to the next.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Section {
    /// The heading's id; empty for what stands before the first heading.
    pub id: String,
    /// The heading's text.
    pub title: String,
    /// The text below.
    pub text: String,
}

/// Elements whose text says nothing to a searcher.
const SILENT: [&str; 3] = ["pre", "figure", "button"];
/// Elements that stand on lines of their own.
const BLOCKS: [&str; 11] = ["p", "li", "ul", "ol", "div", "td", "th", "tr", "dd", "dt", "blockquote"];
/// Formulas longer than this are not readable as a line of letters.
const LONGEST_FORMULA: usize = 12;

/// Cuts HTML at its second and third level headings.
///
/// Formulas become their letters if they are short, and `…` otherwise; listings are left out.
pub fn sections(html: &str) -> Vec<Section> {
    let mut sections = vec![Section::default()];
    let (mut silent, mut formula, mut heading) = (0_usize, None::<String>, false);
    for piece in pieces(html) {
        let section = sections.last_mut().expect("there is always one");
        match piece {
            Piece::Text(text) => {
                let into = match (&mut formula, heading) {
                    (Some(formula), _) => formula,
                    (None, true) => &mut section.title,
                    (None, false) => &mut section.text,
                };
                if silent == 0 {
                    into.push_str(&unescaped(text));
                }
            }
            Piece::Open(name, _) if SILENT.contains(&name) => silent += 1,
            Piece::Close(name) if SILENT.contains(&name) => silent = silent.saturating_sub(1),
            Piece::Open("math", _) => formula = Some(String::new()),
            Piece::Close("math") => {
                let letters: String = formula.take().unwrap_or_default().split_whitespace().collect();
                let short = letters.chars().count() <= LONGEST_FORMULA;
                let into = if heading { &mut section.title } else { &mut section.text };
                into.push_str(if short { &letters } else { "…" });
            }
            Piece::Open("h2" | "h3", attributes) => {
                heading = true;
                let id = attributes.split_once("id=\"").and_then(|(_, rest)| rest.split_once('"'));
                let id = id.map(|(id, _)| unescaped(id)).unwrap_or_default();
                sections.push(Section { id, ..Section::default() });
            }
            Piece::Close("h2" | "h3") => heading = false,
            Piece::Open(name, _) | Piece::Close(name) if BLOCKS.contains(&name) || name == "h4" => {
                section.text.push(' ');
            }
            _ => {}
        }
    }
    for section in &mut sections {
        section.title = spaced(&section.title);
        section.text = spaced(&section.text);
    }
    sections.retain(|section| !section.id.is_empty() || !section.text.is_empty());
    sections
}

/// HTML without its tags.
pub fn text(html: &str) -> String {
    let sections = sections(html);
    let texts: Vec<&str> =
        sections.iter().flat_map(|section| [section.title.as_str(), section.text.as_str()]).collect();
    spaced(&texts.join(" "))
}

/// A piece of HTML that our own compiler wrote.
pub enum Piece<'a> {
    /// Between two tags, escaped.
    Text(&'a str),
    /// An element's name and its attributes as written.
    Open(&'a str, &'a str),
    /// An element's name.
    Close(&'a str),
}

/// Cuts HTML at its tags. It must be well-formed, as ours is: every `<` and `>` outside a tag is escaped.
pub fn pieces(html: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = html;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if let Some(tag) = rest.strip_prefix('<') {
            let (inside, after) = tag.split_once('>').unwrap_or((tag, ""));
            rest = after;
            return Some(match inside.strip_prefix('/') {
                Some(name) => Piece::Close(name.trim()),
                None => {
                    let (name, attributes) = inside.split_once(char::is_whitespace).unwrap_or((inside, ""));
                    Piece::Open(name.trim_end_matches('/'), attributes)
                }
            });
        }
        let (text, after) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
        rest = after;
        Some(Piece::Text(text))
    })
}

fn unescaped(text: &str) -> String {
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#x27;", "'"), ("&amp;", "&")];
    entities.iter().fold(text.to_owned(), |text, (entity, letter)| text.replace(entity, letter))
}

/// Single spaces, and none before a mark that closes.
fn spaced(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() && !word.chars().all(|c| matches!(c, '.' | ',' | ';' | ':' | ')' | '?' | '!')) {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_is_cut_at_its_headings() {
        let html = "<p>Before <em>all</em>.</p>\n<h2 id=\"a-b\">A &amp; <code>b</code></h2>\n<p>One</p><ul><li>two</li></ul>\
            <pre tabindex=\"0\"><code>code</code></pre><h3 id=\"c\">C</h3><p>With <math><mi>q</mi></math>.</p>";
        let section =
            |id: &str, title: &str, text: &str| Section { id: id.into(), title: title.into(), text: text.into() };
        assert_eq!(
            sections(html),
            [section("", "", "Before all."), section("a-b", "A & b", "One two"), section("c", "C", "With q.")]
        );
        assert_eq!(text(html), "Before all. A & b One two C With q.");
    }
}
