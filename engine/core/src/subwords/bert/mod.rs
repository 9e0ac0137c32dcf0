//! BERT's uncased tokenizer: capitals and accents off, cut at spaces, marks and ideographs, and each word into the
//! longest pieces that fit. The same ids as Hugging Face's program, without its 340 kB.

mod characters;

use super::wordpiece::{UNKNOWN, longest_first};
use characters::{Characters, Class};
use std::collections::HashMap;

/// Stands before a text.
const BEGIN: &str = "[CLS]";
/// Stands after a text.
const END: &str = "[SEP]";
/// A vocabulary never has more pieces here; BERT's has 30,522, that for many languages 119,547.
const MOST_PIECES: usize = 300_000;

/// A vocabulary, ready for use.
#[derive(Debug, Clone)]
pub struct BertTokenizer {
    ids: HashMap<String, u32>,
    unknown: u32,
    begin: u32,
    end: u32,
}

/// A text as a model reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// With `[CLS]` before and `[SEP]` after.
    pub ids: Vec<u32>,
    /// How many tokens at the end had no room.
    pub left_off: usize,
}

impl BertTokenizer {
    /// Reads a `vocab.txt`: one piece on each line.
    ///
    /// # Errors
    /// A sentence that says what is wrong.
    pub fn read(vocabulary: &str) -> Result<Self, String> {
        let mut ids = HashMap::new();
        for (line, id) in vocabulary.lines().zip(0..) {
            if id as usize >= MOST_PIECES {
                return Err(format!(
                    "The vocabulary has more than {MOST_PIECES} pieces; choose the vocab.txt of this very model."
                ));
            }
            ids.insert(line.to_owned(), id);
        }
        let special = |piece: &str| {
            ids.get(piece).copied().ok_or_else(|| {
                format!("The vocabulary has no {piece}. Choose the vocab.txt of a BERT: a piece on each line.")
            })
        };
        let (unknown, begin, end) = (special(UNKNOWN)?, special(BEGIN)?, special(END)?);
        Ok(Self { ids, unknown, begin, end })
    }

    /// The largest id there is.
    pub fn largest(&self) -> u32 {
        self.ids.values().copied().max().unwrap_or(0)
    }

    /// The ids of a text alone, without the special pieces around it.
    pub fn pieces(&self, text: &str) -> Vec<u32> {
        let mut all = Vec::new();
        for word in words(text) {
            match longest_first(&word, &self.ids) {
                Some(found) => all.extend(found.into_iter().map(|(id, _, _)| id)),
                None => all.push(self.unknown),
            }
        }
        all
    }

    /// A text as a model reads it, of at most `most` tokens in all.
    pub fn encode(&self, text: &str, most: usize) -> Encoded {
        let mut pieces = self.pieces(text);
        let room = most.saturating_sub(2);
        let left_off = pieces.len().saturating_sub(room);
        pieces.truncate(room);
        pieces.insert(0, self.begin);
        pieces.push(self.end);
        Encoded { ids: pieces, left_off }
    }
}

/// The words of a text as pieces are looked for in them.
fn words(text: &str) -> Vec<String> {
    let characters = Characters::get();
    let mut words = Vec::new();
    let mut word = String::new();
    let close = |word: &mut String, words: &mut Vec<String>| {
        if !word.is_empty() {
            words.push(std::mem::take(word));
        }
    };
    for c in text.chars() {
        let class = characters.class(c);
        if class == Class::Nothing {
            continue;
        }
        if class != Class::Letter {
            close(&mut word, &mut words);
        }
        if class == Class::Space {
            continue;
        }
        characters.bare(c, |c| {
            if characters.is_mark(c) {
                close(&mut word, &mut words);
                words.push(c.to_string());
            } else {
                word.push(c);
            }
        });
        if class == Class::Word {
            close(&mut word, &mut words);
        }
    }
    close(&mut word, &mut words);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    const VOCABULARY: &str = include_str!("../../../../../public/data/vocabularies/bert.txt");

    #[test]
    fn known_sentences_have_the_ids_of_the_published_tokenizer() {
        let tokenizer = BertTokenizer::read(VOCABULARY).unwrap();
        // From `tokenizers` 0.23.3 and the model's own tokenizer.json.
        let encoded = tokenizer.encode("A man is playing guitar on stage.", 256);
        assert_eq!(encoded.ids, [101, 1037, 2158, 2003, 2652, 2858, 2006, 2754, 1012, 102]);
        assert_eq!(encoded.left_off, 0);
        let cut = tokenizer.encode("A man is playing guitar on stage.", 5);
        assert_eq!((cut.ids, cut.left_off), (vec![101, 1037, 2158, 2003, 102], 5));
        assert_eq!(tokenizer.encode("", 256).ids, [101, 102]);
        assert_eq!(tokenizer.encode(" \u{301}\0\n", 256).ids, [101, 102]);
        assert_eq!(tokenizer.encode(&"x".repeat(101), 256).ids, [101, 100, 102]);
        assert_eq!(tokenizer.largest(), 30_521);
        // No text can smuggle in a special piece.
        assert_eq!(tokenizer.pieces("[SEP]"), [1031, 19802, 1033]);
    }

    #[test]
    fn words_are_cut_at_spaces_marks_and_ideographs() {
        assert_eq!(
            words("Don't  stop,\u{AD}été\t漢字か 42!"),
            ["don", "'", "t", "stop", ",", "ete", "漢", "字", "か", "42", "!"]
        );
        assert_eq!(words("a\u{200B}b ≠"), ["ab", "="]);
    }

    #[test]
    fn a_vocabulary_without_its_special_pieces_is_refused() {
        let error = BertTokenizer::read("[UNK]\n[CLS]\na").unwrap_err();
        assert!(error.contains("has no [SEP]"), "{error}");
        let error = BertTokenizer::read(&"a\n".repeat(MOST_PIECES + 1)).unwrap_err();
        assert!(error.contains("more than 300000 pieces"), "{error}");
    }
}
