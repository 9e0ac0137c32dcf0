//! How a text is cut into words before pieces are learned or looked for in it; no piece crosses such a cut.

use std::ops::Range;

/// Where WordPiece sees words, in bytes of the text: runs of letters and digits, and every other character by itself.
/// White space separates and is thrown away, as in BERT.
pub fn words_and_marks(text: &str) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    let mut open = false;
    for (start, c) in text.char_indices() {
        let end = start + c.len_utf8();
        let inside = c.is_alphabetic() || c.is_numeric();
        match words.last_mut() {
            Some(word) if open && inside => word.end = end,
            _ if c.is_whitespace() => {}
            _ => words.push(start..end),
        }
        open = inside;
    }
    words
}

/// The mark that stands for a space in the pieces of SentencePiece.
pub const SPACE: char = '▁';

/// A character as SentencePiece sees it, with the bytes of the text that it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked {
    /// The character, a space written `▁`.
    pub character: char,
    /// Where it stands in the text; empty for the `▁` that is put before the first word.
    pub bytes: Range<usize>,
}

/// The words that Unigram sees: each begins with the `▁` of the space before it, and one is put before the first word,
/// so that a word is the same at the start of a text as anywhere else. Line ends and tabs are words of their own.
/// Nothing is thrown away, so the text can be put together again.
pub fn marked_words(text: &str) -> Vec<Vec<Marked>> {
    let mut words: Vec<Vec<Marked>> = Vec::new();
    if !text.is_empty() {
        words.push(vec![Marked { character: SPACE, bytes: 0..0 }]);
    }
    let mut closed = false;
    for (start, c) in text.char_indices() {
        let character = if c == ' ' { SPACE } else { c };
        let marked = Marked { character, bytes: start..start + c.len_utf8() };
        let alone = c.is_whitespace() && c != ' ';
        match words.last_mut() {
            Some(word) if !alone && !closed && character != SPACE => word.push(marked),
            _ => words.push(vec![marked]),
        }
        closed = alone;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_stand_alone_and_white_space_is_gone() {
        let text = "Don't stop,  été 42!\n";
        let words: Vec<&str> = words_and_marks(text).into_iter().map(|word| &text[word]).collect();
        assert_eq!(words, ["Don", "'", "t", "stop", ",", "été", "42", "!"]);
        assert_eq!(words_and_marks(" \n"), []);
    }

    #[test]
    fn a_marked_word_begins_with_its_space() {
        let written = |text| {
            let word = |word: &Vec<Marked>| word.iter().map(|marked| marked.character).collect::<String>();
            marked_words(text).iter().map(word).collect::<Vec<_>>()
        };
        assert_eq!(written("so it is"), ["▁so", "▁it", "▁is"]);
        assert_eq!(written("a  b\nc d"), ["▁a", "▁", "▁b", "\n", "c", "▁d"]);
        assert_eq!(written(" a"), ["▁", "▁a"]);
        assert!(written("").is_empty());
    }
}
