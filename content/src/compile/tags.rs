//! Finds `{{…}}` tags in Markdown: everywhere but in code and formulas.

use super::{draft::Source, escape, fault::Faults};
use pulldown_cmark::{Event, Options, Parser, Tag};
use std::ops::Range;

/// The Markdown that this project writes.
pub const MARKDOWN: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_MATH)
    .union(Options::ENABLE_HEADING_ATTRIBUTES)
    .union(Options::ENABLE_GFM);

/// Either prose or a tag, in the order of the file.
#[derive(Debug, Clone, Copy)]
pub enum Piece<'a> {
    /// Markdown between two tags.
    Prose(Source<'a>),
    /// What stands between `{{` and `}}`.
    Tag(Source<'a>),
}

/// Cuts a body at its tags.
pub fn split<'a>(body: Source<'a>, faults: &mut Faults) -> Vec<Piece<'a>> {
    let verbatim = verbatim(body.text);
    let mut pieces = Vec::new();
    let (mut start, mut at, mut start_line) = (0, 0, body.line);
    for (index, line) in body.text.split_inclusive('\n').enumerate() {
        let number = body.line + index;
        let next = at + line.len();
        let opens = line.match_indices("{{").any(|(i, _)| !verbatim.iter().any(|range| range.contains(&(at + i))));
        if opens {
            pieces.push(Piece::Prose(Source { text: &body.text[start..at], line: start_line, ..body }));
            match alone(line) {
                Some(text) => pieces.push(Piece::Tag(Source { text, line: number, ..body })),
                None => faults.add(
                    body.file,
                    number,
                    "a tag must stand alone on its line, from `{{` at its beginning to `}}` at its end",
                ),
            }
            (start, start_line) = (next, number + 1);
        }
        at = next;
    }
    pieces.push(Piece::Prose(Source { text: &body.text[start..], line: start_line, ..body }));
    pieces.retain(|piece| !matches!(piece, Piece::Prose(source) if source.text.trim().is_empty()));
    pieces
}

/// The inside of a line that is one tag and nothing else.
fn alone(line: &str) -> Option<&str> {
    let inside = line.trim_end().strip_prefix("{{")?.strip_suffix("}}")?;
    (!inside.contains("{{") && !inside.contains("}}")).then(|| inside.trim())
}

/// The bytes that belong to code or formulas.
fn verbatim(text: &str) -> Vec<Range<usize>> {
    let is_verbatim = |event: &Event| {
        matches!(event, Event::Start(Tag::CodeBlock(_)) | Event::Code(_) | Event::InlineMath(_) | Event::DisplayMath(_))
    };
    Parser::new_ext(text, MARKDOWN)
        .into_offset_iter()
        .filter(|(event, _)| is_verbatim(event))
        .map(|(_, range)| range)
        .collect()
}

/// A tag's name and the words after it; a word may hold spaces between double quotes.
pub fn words(tag: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted, mut begun) = (Vec::new(), String::new(), false, false);
    for c in tag.chars() {
        match c {
            '"' => (quoted, begun) = (!quoted, true),
            c if c.is_whitespace() && !quoted => {
                if begun {
                    words.push(std::mem::take(&mut word));
                }
                begun = false;
            }
            c => {
                word.push(c);
                begun = true;
            }
        }
    }
    if begun {
        words.push(word);
    }
    words
}

/// `key=value` words as one query string.
///
/// # Errors
/// The words that are not `key=value`, or that set a knob twice, each as a sentence.
pub fn knobs(words: &[String]) -> Result<String, Vec<String>> {
    let (mut pairs, mut seen, mut wrong) = (Vec::new(), Vec::new(), Vec::new());
    for word in words {
        match word.split_once('=') {
            Some((key, _)) if seen.contains(&key) => wrong.push(format!("the knob `{key}` is set twice")),
            Some((key, value)) if !key.is_empty() && !value.is_empty() => {
                seen.push(key);
                pairs.push(format!("{}={}", escape::query(key), escape::query(value)));
            }
            _ => wrong.push(format!("`{word}` is not a knob; knobs are written key=value")),
        }
    }
    if wrong.is_empty() { Ok(pairs.join("&")) } else { Err(wrong) }
}
