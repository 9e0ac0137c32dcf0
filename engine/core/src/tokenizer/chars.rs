//! One token per character: the simplest tokenizer there is.

use super::Encoded;
use serde::{Deserialize, Serialize};

/// The characters of a training text, in the order of their code points.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Chars {
    pub(super) chars: String,
}

impl Chars {
    /// The characters that occur in `text`.
    pub fn from_text(text: &str) -> Self {
        Self { chars: text.chars().collect::<std::collections::BTreeSet<_>>().into_iter().collect() }
    }

    pub(super) fn vocab_size(&self) -> usize {
        self.chars.chars().count()
    }

    pub(super) fn encode(&self, text: &str) -> Encoded {
        let known: Vec<char> = self.chars.chars().collect();
        let mut encoded = Encoded::default();
        for c in text.chars() {
            match known.binary_search(&c) {
                Ok(id) => encoded.ids.push(id as u32),
                Err(_) if encoded.unknown.contains(&c) => {}
                Err(_) => encoded.unknown.push(c),
            }
        }
        encoded
    }

    pub(super) fn decode(&self, ids: &[u32]) -> String {
        let known: Vec<char> = self.chars.chars().collect();
        ids.iter().filter_map(|&id| known.get(id as usize)).collect()
    }

    pub(super) fn validate(&self) -> Result<(), String> {
        let chars: Vec<char> = self.chars.chars().collect();
        if chars.is_empty() {
            return Err("The tokenizer has no characters.".into());
        }
        if chars.is_sorted_by(|a, b| a < b) {
            Ok(())
        } else {
            Err("The tokenizer's characters must each occur once, in code point order.".into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_comes_back_and_strangers_are_named() {
        let chars = Chars::from_text("banana");
        let encoded = chars.encode("bañana ñ!");
        assert_eq!(chars.decode(&encoded.ids), "baana");
        assert_eq!(encoded.unknown, ['ñ', ' ', '!']);
    }

    #[test]
    fn unsorted_characters_are_refused() {
        assert!(Chars { chars: "ba".into() }.validate().is_err());
        assert!(Chars { chars: "aa".into() }.validate().is_err());
        assert!(Chars { chars: String::new() }.validate().is_err());
    }
}
