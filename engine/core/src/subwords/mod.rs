//! What the tokenizer lab computes: WordPiece and Unigram, learned from a text and used on one, and what tokens of any
//! tokenizer have in common. Byte-pair encoding is in [`crate::tokenizer`], where the GPT of this course takes it from.

pub mod bert;
pub mod cuts;
pub mod own;
pub mod samples;
pub mod statistics;
pub mod unigram;
pub mod unigram_learning;
pub mod wordpiece;

use serde::{Deserialize, Serialize};

/// One token of a text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// Its number in the vocabulary.
    pub id: u32,
    /// The first byte of the text that it stands for.
    pub start: usize,
    /// The byte after its last.
    pub end: usize,
    /// How the vocabulary writes it, where that is not just the text: `##ing`, `▁the`. Empty otherwise.
    pub piece: String,
    /// Whether it says no more than that something unknown stands here.
    pub unknown: bool,
}

/// A character that several tokens share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shared {
    /// The character.
    pub character: char,
    /// The place of the first token that holds bytes of it.
    pub first: usize,
    /// The place of the last one.
    pub last: usize,
}

/// The characters of `text` that lie in more than one of its `tokens`, whose spans follow one another.
pub fn shared_characters(text: &str, tokens: &[Token]) -> Vec<Shared> {
    let mut found = Vec::new();
    let mut at = 0;
    for (start, character) in text.char_indices() {
        let end = start + character.len_utf8();
        while tokens.get(at).is_some_and(|token| token.end <= start) {
            at += 1;
        }
        let inside = tokens.iter().skip(at).take_while(|token| token.start < end).count();
        if inside > 1 {
            found.push(Shared { character, first: at, last: at + inside - 1 });
        }
    }
    found
}

/// Tokens that stand for one piece of the text each, given by its bytes.
pub fn spans(lengths: impl IntoIterator<Item = (u32, usize)>) -> Vec<Token> {
    let mut end = 0;
    let token = |(id, length)| {
        let start = end;
        end += length;
        Token { id, start, end, ..Token::default() }
    };
    lengths.into_iter().map(token).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_in_three_tokens_is_found() {
        // Four bytes of an emoji, cut 1 + 2 + 1, with a letter on either side.
        let tokens = spans([(0, 2), (1, 2), (2, 2)]);
        let found = shared_characters("a😀b", &tokens);
        assert_eq!(found, [Shared { character: '😀', first: 0, last: 2 }]);
        assert_eq!(shared_characters("ab", &spans([(0, 1), (1, 1)])), []);
    }
}
