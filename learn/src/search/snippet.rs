//! The stretch of a text that shows best why it was found.

use super::words;
use std::ops::Range;

/// The length of a snippet, in characters, before it is rounded to whole words.
const LENGTH: usize = 170;
/// How many characters may stand before the first hit.
const LEAD: usize = 50;
/// How many hits of a text are looked at; the first of them are near its beginning, where it says what it is about.
const MOST_HITS: usize = 24;

/// A text with some of its stretches marked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marked {
    /// The text.
    pub text: String,
    /// What is marked, in bytes of `text`, in order and apart from each other.
    pub marks: Vec<Range<usize>>,
}

impl Marked {
    /// The text cut into pieces, each with whether it is marked; together they are the whole text.
    pub fn pieces(&self) -> Vec<(&str, bool)> {
        let mut pieces = Vec::new();
        let mut from = 0;
        for mark in &self.marks {
            pieces.push((&self.text[from..mark.start], false));
            pieces.push((&self.text[mark.clone()], true));
            from = mark.end;
        }
        pieces.push((&self.text[from..], false));
        pieces.retain(|(piece, _)| !piece.is_empty());
        pieces
    }
}

/// A whole text, with every word marked whose stem is wanted.
pub fn mark(text: &str, wanted: impl Fn(&str) -> bool) -> Marked {
    let marks = words::words(text).into_iter().filter(|word| wanted(&word.stem)).map(|word| word.at).collect();
    Marked { text: text.to_owned(), marks }
}

/// The stretch of a text that holds the most different wanted words, with those marked; its beginning if it has none.
pub fn snippet(text: &str, wanted: impl Fn(&str) -> bool) -> Marked {
    let words = words::words(text);
    let hits: Vec<&words::Word> = words.iter().filter(|word| wanted(&word.stem)).collect();
    let reach =
        |from: usize| from + text[from..].char_indices().nth(LENGTH - LEAD).map_or(text.len() - from, |(at, _)| at);
    let different = |first: &words::Word| {
        let end = reach(first.at.start);
        let inside = hits.iter().filter(|hit| hit.at.start >= first.at.start && hit.at.end <= end);
        let mut stems: Vec<&str> = inside.map(|hit| hit.stem.as_str()).collect();
        stems.sort_unstable();
        stems.dedup();
        stems.len()
    };
    let mut best: Option<(&words::Word, usize)> = None;
    for hit in hits.iter().take(MOST_HITS) {
        let count = different(hit);
        if best.is_none_or(|(_, most)| count > most) {
            best = Some((hit, count));
        }
    }
    let first = best.map_or(0, |(word, _)| word.at.start);
    let start = beginning(text, first);
    let end = text[start..].char_indices().nth(LENGTH).map_or(text.len(), |(at, _)| start + at);
    // Never end within a word, and never before the hit.
    let end = words.iter().map(|word| word.at.end).rfind(|to| *to <= end && end < text.len()).unwrap_or(end).max(first);
    let before = if start > 0 { "… " } else { "" };
    let after = if end < text.len() { " …" } else { "" };
    let cut = text[start..end].trim_end();
    let shifted = |at: usize| at - start + before.len();
    let marks = hits.iter().filter(|hit| hit.at.start >= start && hit.at.end <= end);
    let marks = marks.map(|hit| shifted(hit.at.start)..shifted(hit.at.end)).collect();
    Marked { text: format!("{before}{cut}{after}"), marks }
}

/// Where to begin: at the sentence that holds the byte, if that is near, or else a few words before it.
fn beginning(text: &str, at: usize) -> usize {
    let before = &text[..at];
    let nearest = before.char_indices().rev().nth(LEAD - 1).map_or(0, |(from, _)| from);
    let ends = [". ", "? ", "! ", ": "];
    let sentence = ends.iter().filter_map(|end| before[nearest..].rfind(end).map(|found| nearest + found + 2)).max();
    sentence.unwrap_or_else(|| match nearest {
        0 => 0,
        nearest => before[nearest..].find(' ').map_or(at, |space| nearest + space + 1),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(marked: &Marked) -> String {
        marked
            .pieces()
            .iter()
            .map(|(piece, hit)| if *hit { format!("[{piece}]") } else { (*piece).to_owned() })
            .collect()
    }

    #[test]
    fn the_place_with_the_most_different_words_is_shown() {
        let far = "Nothing here. ".repeat(30);
        let text = format!("A mask alone. {far}The causal mask hides later tokens. {far}");
        let marked = snippet(&text, |stem| ["causal", "mask", "token"].contains(&stem));
        let shown = shown(&marked);
        assert!(shown.starts_with("… The [causal] [mask] hides later [tokens]. Nothing here."), "{shown}");
        assert!(shown.ends_with(" …"), "{shown}");
    }

    #[test]
    fn a_short_text_is_shown_whole() {
        assert_eq!(shown(&snippet("Two masks.", |stem| stem == "mask")), "Two [masks].");
        assert_eq!(shown(&snippet("", |_| true)), "");
    }

    proptest! {
        #[test]
        fn every_mark_is_a_wanted_word(text in "([a-dé]{1,3}[ .]{1,2}){0,120}", wanted in "[a-d]") {
            let marked = snippet(&text, |stem| stem.starts_with(&wanted));
            for mark in &marked.marks {
                prop_assert!(marked.text[mark.clone()].starts_with(&wanted));
            }
            let any = words::words(&text).iter().any(|word| word.stem.starts_with(&wanted));
            prop_assert_eq!(any, !marked.marks.is_empty());
            prop_assert!(marked.text.chars().count() <= LENGTH + 4);
            prop_assert_eq!(marked.pieces().iter().map(|(piece, _)| *piece).collect::<String>(), marked.text.clone());
        }
    }
}
