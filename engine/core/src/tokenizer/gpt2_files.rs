//! The files that GPT-2's tokenizer is kept in: `vocab.json` and `merges.txt`, or `tokenizer.json`.

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::string_slice))]
#![cfg_attr(not(test), deny(clippy::panic, clippy::unreachable, clippy::todo, clippy::arithmetic_side_effects))]
#![cfg_attr(not(test), deny(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_possible_wrap))]

use super::gpt2::{Cuts, Gpt2Tokenizer, MOST_SPECIAL, MOST_TOKENS, Parts};
use crate::{
    at_most::AtMost,
    clip::{clip, why},
    texts::Texts,
};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor},
};
use std::{collections::HashMap, fmt};

/// Files are never longer: GPT-2's `tokenizer.json` has 1.4 MB.
const MOST_BYTES: usize = 16 << 20;

impl Gpt2Tokenizer {
    /// Reads `vocab.json` and `merges.txt`.
    ///
    /// # Errors
    /// A sentence that says what is wrong, where, and what to do.
    pub fn from_files(vocab: &str, merges: &str) -> Result<Self, String> {
        short_enough("vocab.json", vocab)?;
        short_enough("merges.txt", merges)?;
        let vocab: Vocabulary = serde_json::from_str(vocab).map_err(|reason| {
            format!(
                "vocab.json cannot be read: {}. It must be a list of tokens with their ids: fetch it anew.",
                why(&reason)
            )
        })?;
        let mut pairs = Merges::default();
        for (number, line) in (1u64..).zip(merges.lines()) {
            if line.trim().is_empty() || number == 1 && line.starts_with("#version") {
                continue;
            }
            if !pairs.add(line.trim_end()) {
                return Err(format!(
                    "Line {number} of merges.txt is “{}”; each line must be two tokens with a space between, and there \
                     must be no more than {MOST_TOKENS}. Fetch the file anew.",
                    clip(line)
                ));
            }
        }
        gpt2(&vocab, &pairs, Vec::new())
    }

    /// Reads `tokenizer.json`.
    ///
    /// # Errors
    /// As [`Self::from_files`].
    pub fn from_whole(text: &str) -> Result<Self, String> {
        short_enough("tokenizer.json", text)?;
        let whole: Whole = serde_json::from_str(text).map_err(|reason| {
            format!(
                "tokenizer.json cannot be read as a GPT-2 tokenizer: {}. Choose another one; vocab.json with merges.txt \
                 will do as well.",
                why(&reason)
            )
        })?;
        let kind = whole.model.kind.as_deref().unwrap_or("BPE");
        let cuts = whole.pre_tokenizer.as_ref().map_or("none", |it| it.kind.as_str());
        if kind != "BPE" || cuts != "ByteLevel" {
            return Err(format!(
                "tokenizer.json describes a tokenizer of the kind {} with the pre-tokenizer {}; only GPT-2's, BPE with \
                 ByteLevel, can be read here. Choose the tokenizer of a GPT-2.",
                clip(kind),
                clip(cuts)
            ));
        }
        let special = whole.added_tokens.0.into_iter().map(|added| (added.content, added.id)).collect();
        gpt2(&whole.model.vocab, &whole.model.merges, special)
    }
}

fn gpt2(vocab: &Vocabulary, merges: &Merges, special: Vec<(String, u32)>) -> Result<Gpt2Tokenizer, String> {
    let mut by_text = HashMap::with_capacity(vocab.ids.len());
    let mut ids: Vec<u32> = vocab.ids.clone();
    ids.sort_unstable();
    if let Some((twice, _)) = ids.iter().zip(ids.iter().skip(1)).find(|(a, b)| a == b) {
        return Err(format!("The vocabulary gives the id {twice} to two tokens. It is damaged: fetch it anew."));
    }
    for (text, id) in vocab.texts.iter().zip(&vocab.ids) {
        if let Some(other) = by_text.insert(text, *id) {
            return Err(format!(
                "The tokens {other} and {id} of the vocabulary are both “{}”. It is damaged: fetch it anew.",
                clip(text)
            ));
        }
    }
    let pairs = merges.left.iter().zip(merges.right.iter());
    Gpt2Tokenizer::build(Parts { vocab: &by_text, pairs, special, cuts: Cuts::Gpt2, every_byte: true })
}

fn short_enough(name: &str, text: &str) -> Result<(), String> {
    let bytes = text.len();
    if bytes > MOST_BYTES {
        return Err(format!(
            "{name} has {bytes} bytes; at most {MOST_BYTES} can be read here. Choose a smaller vocabulary."
        ));
    }
    Ok(())
}

#[derive(Deserialize)]
struct Whole {
    model: Model,
    #[serde(default)]
    added_tokens: AtMost<Added, MOST_SPECIAL>,
    #[serde(default)]
    pre_tokenizer: Option<PreTokenizer>,
}

#[derive(Deserialize)]
struct Model {
    #[serde(rename = "type")]
    kind: Option<String>,
    vocab: Vocabulary,
    merges: Merges,
}

#[derive(Default, Deserialize)]
struct Added {
    id: u32,
    content: String,
}

#[derive(Deserialize)]
struct PreTokenizer {
    #[serde(rename = "type")]
    kind: String,
}

/// Tokens with their ids, in the file's order.
#[derive(Default)]
struct Vocabulary {
    texts: Texts,
    ids: Vec<u32>,
}

/// Two tokens each that become one. Older files write a merge as one text, newer ones as a pair.
#[derive(Default)]
struct Merges {
    left: Texts,
    right: Texts,
}

impl Merges {
    /// Takes two tokens with a space between them; false where they are none, or too many.
    fn add(&mut self, line: &str) -> bool {
        let Some((left, right)) = line.split_once(' ').filter(|_| self.left.len() < MOST_TOKENS) else { return false };
        self.left.push(left);
        self.right.push(right);
        true
    }
}

impl<'de> Deserialize<'de> for Vocabulary {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Tokens;
        impl<'de> Visitor<'de> for Tokens {
            type Value = Vocabulary;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("tokens with their ids")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Vocabulary, A::Error> {
                let mut all = Vocabulary::default();
                while map.next_key_seed(Pushed(&mut all.texts))?.is_some() {
                    if all.ids.len() == MOST_TOKENS {
                        return Err(A::Error::custom(format_args!("it has more than {MOST_TOKENS} tokens")));
                    }
                    all.ids.push(map.next_value()?);
                }
                all.texts.shrink();
                Ok(all)
            }
        }
        deserializer.deserialize_map(Tokens)
    }
}

impl<'de> Deserialize<'de> for Merges {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Lines;
        impl<'de> Visitor<'de> for Lines {
            type Value = Merges;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of merges")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Merges, A::Error> {
                let mut all = Merges::default();
                while seq.next_element_seed(Line(&mut all))?.is_some() {}
                all.left.shrink();
                all.right.shrink();
                Ok(all)
            }
        }
        deserializer.deserialize_seq(Lines)
    }
}

/// Reads a text to the end of the others.
struct Pushed<'a>(&'a mut Texts);

impl<'de> DeserializeSeed<'de> for Pushed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Pushed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a token")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.0.push(text);
        Ok(())
    }
}

/// Reads a merge, written in either way.
struct Line<'a>(&'a mut Merges);

impl<'de> DeserializeSeed<'de> for Line<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Line<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a merge of two tokens")
    }

    fn visit_str<E: Error>(self, line: &str) -> Result<(), E> {
        if self.0.add(line) {
            return Ok(());
        }
        Err(E::custom(format_args!("the merge “{}” is no pair, or one of more than {MOST_TOKENS}", clip(line))))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        if self.0.left.len() == MOST_TOKENS {
            return Err(A::Error::custom(format_args!("it has more than {MOST_TOKENS} merges")));
        }
        let left = seq.next_element_seed(Pushed(&mut self.0.left))?;
        let right = seq.next_element_seed(Pushed(&mut self.0.right))?;
        let more = seq.next_element::<serde::de::IgnoredAny>()?;
        if left.is_none() || right.is_none() || more.is_some() {
            return Err(A::Error::custom("a merge is not of two tokens"));
        }
        Ok(())
    }
}
