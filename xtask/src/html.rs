//! A small reader of HTML tags, enough to check and rewrite pages that we wrote ourselves.

use std::ops::Range;

/// One start tag: where it stands, its name and its attributes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Byte range from `<` to just after `>`.
    pub range: Range<usize>,
    /// The name in lower case.
    pub name: String,
    /// Attributes in order, names in lower case, values as written.
    pub attributes: Vec<Attribute>,
}

/// One attribute of a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// The name in lower case.
    pub name: String,
    /// The value as written, without its quotes.
    pub value: String,
    /// Where the value stands in the text.
    pub range: Range<usize>,
}

impl Tag {
    /// The value of the attribute `name`, if the tag has it.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|attribute| attribute.name == name).map(|attribute| attribute.value.as_str())
    }
}

/// Every start tag of `html`, comments and the text of scripts and styles skipped.
pub fn tags(html: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut at = 0;
    while let Some(open) = html[at..].find('<').map(|offset| at + offset) {
        let rest = &html[open..];
        if rest.starts_with("<!--") {
            at = rest.find("-->").map_or(html.len(), |end| open + end + 3);
        } else if rest[1..].starts_with(|letter: char| letter.is_ascii_alphabetic()) {
            let tag = tag(html, open);
            at = tag.range.end;
            if matches!(tag.name.as_str(), "script" | "style" | "title" | "textarea") {
                at = end_of_text(html, at, &tag.name);
            }
            tags.push(tag);
        } else {
            at = open + 1;
        }
    }
    tags
}

fn end_of_text(html: &str, from: usize, name: &str) -> usize {
    let closing = format!("</{name}");
    html[from..].to_ascii_lowercase().find(&closing).map_or(html.len(), |offset| from + offset)
}

fn tag(html: &str, open: usize) -> Tag {
    let bytes = html.as_bytes();
    let until = |mut at: usize, stop: &dyn Fn(u8) -> bool| {
        while at < bytes.len() && !stop(bytes[at]) {
            at += 1;
        }
        at
    };
    let mut at = until(open + 1, &|byte| byte.is_ascii_whitespace() || byte == b'>' || byte == b'/');
    let name = html[open + 1..at].to_ascii_lowercase();
    let mut attributes = Vec::new();
    loop {
        at = until(at, &|byte| !byte.is_ascii_whitespace() && byte != b'/');
        if at >= bytes.len() || bytes[at] == b'>' {
            return Tag { range: open..(at + 1).min(bytes.len()), name, attributes };
        }
        let start = at;
        at = until(at + 1, &|byte| byte.is_ascii_whitespace() || matches!(byte, b'=' | b'>' | b'/'));
        let name = html[start..at].to_ascii_lowercase();
        let equals = until(at, &|byte| !byte.is_ascii_whitespace());
        let mut range = at..at;
        if bytes.get(equals) == Some(&b'=') {
            let first = until(equals + 1, &|byte| !byte.is_ascii_whitespace());
            range = match bytes.get(first) {
                Some(&quote @ (b'"' | b'\'')) => first + 1..until(first + 1, &|byte| byte == quote),
                _ => first..until(first, &|byte| byte.is_ascii_whitespace() || byte == b'>'),
            };
            at = (range.end + usize::from(matches!(bytes.get(first), Some(b'"' | b'\'')))).min(bytes.len());
        }
        attributes.push(Attribute { name, value: html[range.clone()].into(), range });
    }
}

/// Replaces byte ranges of `html`, given in any order, by new text.
pub fn replace(html: &str, mut changes: Vec<(Range<usize>, String)>) -> String {
    changes.sort_by_key(|(range, _)| range.start);
    let mut result = String::with_capacity(html.len());
    let mut at = 0;
    for (range, text) in changes {
        result.push_str(&html[at..range.start]);
        result.push_str(&text);
        at = range.end;
    }
    result.push_str(&html[at..]);
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_attributes_of_every_spelling() {
        let html = r#"<!doctype html><HTML lang=en><a href="x>y" hidden data-q='{"a": 1}'>1 < 2</a><br/><img src=a/b>"#;
        let tags = tags(html);
        let names: Vec<_> = tags.iter().map(|tag| tag.name.as_str()).collect();
        assert_eq!(names, ["html", "a", "br", "img"]);
        assert_eq!(tags[0].value("lang"), Some("en"));
        assert_eq!(tags[1].value("href"), Some("x>y"));
        assert_eq!(tags[1].value("hidden"), Some(""));
        assert_eq!(tags[1].value("data-q"), Some(r#"{"a": 1}"#));
        assert_eq!(tags[3].value("src"), Some("a/b"));
        assert_eq!(&html[tags[1].range.clone()], r#"<a href="x>y" hidden data-q='{"a": 1}'>"#);
    }

    #[test]
    fn comments_and_the_text_of_scripts_hold_no_tags() {
        let names: Vec<_> =
            tags("<!-- <b> --><script>if (a <b) {}</script><i>é</i><").into_iter().map(|tag| tag.name).collect();
        assert_eq!(names, ["script", "i"]);
    }

    #[test]
    fn an_unfinished_tag_ends_with_the_text() {
        assert_eq!(tags("<a href=\"x")[0].range, 0..10);
        assert_eq!(tags("<a href=")[0].range, 0..8);
        assert_eq!(tags("<a")[0].name, "a");
    }

    #[test]
    fn ranges_are_replaced_in_any_order() {
        assert_eq!(replace("abcdef", vec![(4..5, "E".into()), (0..1, "A-".into())]), "A-bcdEf");
    }
}
