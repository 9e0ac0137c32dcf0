//! GPT-2's own tokenizer, whatever file it was kept in.
//!
//! A text is cut into words, the bytes of each word become tokens, and pairs of tokens are merged in the order in
//! which the merges were learned (Radford et al. 2019).

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::string_slice))]
#![cfg_attr(not(test), deny(clippy::panic, clippy::unreachable, clippy::todo, clippy::arithmetic_side_effects))]
#![cfg_attr(not(test), deny(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_possible_wrap))]

use super::{
    cuts::{words, words_and_digits},
    visible,
};
use crate::clip::clip;
use std::collections::HashMap;

/// Ids above make no sense for a model that can be run here.
pub(super) const MOST_TOKENS: usize = 1 << 17;
/// Each of them is searched for in every text. SmolLM2 has 17.
pub(super) const MOST_SPECIAL: usize = 4096;

/// A byte-level BPE tokenizer with a vocabulary of its own.
#[derive(Debug)]
pub struct Gpt2Tokenizer {
    /// The bytes of each token; empty where an id is not used.
    tokens: Vec<Vec<u8>>,
    /// The id of each single byte; SmolLM2 has none for some bytes that no text holds.
    bytes: Vec<Option<u32>>,
    /// For two neighbours: the merge's rank and what becomes of them.
    merges: HashMap<(u32, u32), (u32, u32)>,
    /// Texts that are one token whatever stands around them, such as `<|endoftext|>`.
    special: Vec<(String, u32)>,
    cuts: Cuts,
}

/// Where a text is cut before merging.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cuts {
    /// As GPT-2 does.
    Gpt2,
    /// The same after every digit has been set apart, as SmolLM2 does.
    Digits,
}

/// What a tokenizer is built from, whatever the file.
pub(super) struct Parts<'a, Pairs> {
    /// The tokens in the characters that stand for bytes, with their ids.
    pub vocab: &'a HashMap<&'a str, u32>,
    /// Two tokens each that become one.
    pub pairs: Pairs,
    /// Tokens that are texts and no bytes.
    pub special: Vec<(String, u32)>,
    /// Where a text is cut.
    pub cuts: Cuts,
    /// Whether there must be a token for each byte.
    pub every_byte: bool,
}

impl Gpt2Tokenizer {
    /// Puts a tokenizer together, and checks that its parts belong together.
    pub(super) fn build<'a>(
        parts: Parts<'_, impl ExactSizeIterator<Item = (&'a str, &'a str)>>,
    ) -> Result<Self, String> {
        let Parts { vocab, pairs, mut special, cuts, every_byte } = parts;
        let readable = readable();
        let byte_of: HashMap<char, u8> = readable.iter().copied().zip(0..=255).collect();
        let most = vocab.values().chain(special.iter().map(|(_, id)| id)).max().copied().unwrap_or(0) as usize;
        if most >= MOST_TOKENS {
            return Err(format!(
                "The vocabulary has the id {most}; ids below {MOST_TOKENS} can be read here. Choose \
                 a smaller vocabulary."
            ));
        }
        let mut tokens = vec![Vec::new(); most.saturating_add(1)];
        for (text, &id) in vocab {
            let bytes: Option<Vec<u8>> = text.chars().map(|c| byte_of.get(&c).copied()).collect();
            // `<|endoftext|>` can be read as bytes as well, and is none.
            let is_special = text.starts_with("<|") && text.ends_with("|>");
            match (bytes.filter(|_| !is_special), tokens.get_mut(id as usize)) {
                (Some(bytes), Some(token)) => *token = bytes,
                _ => special.push(((*text).to_owned(), id)),
            }
        }
        if special.len() > MOST_SPECIAL {
            return Err(format!(
                "The vocabulary has {} tokens that are no bytes; at most {MOST_SPECIAL} can be read here. Choose the \
                 tokenizer of a GPT-2.",
                special.len()
            ));
        }
        for (text, id) in &special {
            if let Some(token) = tokens.get_mut(*id as usize) {
                *token = text.clone().into_bytes();
            }
        }
        special.retain(|(text, _)| !text.is_empty());
        // Of several that fit, the longest is meant.
        special.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then(a.cmp(b)));
        special.dedup();
        let mut bytes = Vec::new();
        for (byte, shown) in readable.iter().enumerate() {
            let id = vocab.get(shown.to_string().as_str()).copied();
            if every_byte && id.is_none() {
                return Err(format!(
                    "The vocabulary lacks the token “{shown}” for the byte {byte}. A GPT-2 vocabulary has all 256: \
                     fetch it anew."
                ));
            }
            bytes.push(id);
        }
        let mut merges = HashMap::with_capacity(pairs.len());
        for (rank, (left, right)) in (0u32..).zip(pairs) {
            let id = |text: &str| {
                vocab.get(text).copied().ok_or_else(|| {
                    format!(
                        "Merge {} makes “{} {}”, but the vocabulary lacks “{}”. The files do not belong together: choose \
                         those of one model.",
                        rank.saturating_add(1),
                        clip(left),
                        clip(right),
                        clip(text)
                    )
                })
            };
            let (a, b, made) = (id(left)?, id(right)?, id(&[left, right].concat())?);
            merges.entry((a, b)).or_insert((rank, made));
        }
        Ok(Self { tokens, bytes, merges, special, cuts })
    }

    /// One more than the largest id.
    pub fn vocab_size(&self) -> usize {
        self.tokens.len()
    }

    /// The id of a text that is one token whatever stands around it.
    pub fn special(&self, text: &str) -> Option<u32> {
        self.special.iter().find(|(special, _)| special == text).map(|(_, id)| *id)
    }

    /// Cuts `text` into tokens; special tokens are found in it.
    pub fn encode(&self, text: &str) -> Vec<u32> {
        let mut ids = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let next = self.special.iter().filter_map(|(text, id)| {
                let (plain, found) = rest.split_at_checked(rest.find(text.as_str())?)?;
                Some((plain, text.len(), *id, found.get(text.len()..)?))
            });
            let next = next.min_by_key(|(plain, length, ..)| (plain.len(), std::cmp::Reverse(*length)));
            let (plain, special, tail) = next.map_or((rest, None, ""), |(plain, _, id, tail)| (plain, Some(id), tail));
            ids.extend(self.encode_plain(plain));
            ids.extend(special);
            rest = tail;
        }
        ids
    }

    /// Cuts `text` into tokens, none of them special: what somebody typed cannot pass for the frame around it.
    pub fn encode_plain(&self, text: &str) -> Vec<u32> {
        let mut ids = Vec::new();
        let mut known: HashMap<&str, Vec<u32>> = HashMap::new();
        let mut add = |word| ids.extend_from_slice(known.entry(word).or_insert_with(|| self.merge(word)));
        match self.cuts {
            Cuts::Gpt2 => words(text).for_each(&mut add),
            Cuts::Digits => words_and_digits(text).for_each(&mut add),
        }
        ids
    }

    /// The tokens of one word. Bytes without a token are left out, as in the reference library.
    fn merge(&self, word: &str) -> Vec<u32> {
        let mut pieces: Vec<u32> = word.bytes().filter_map(|byte| *self.bytes.get(usize::from(byte))?).collect();
        loop {
            let pairs = pieces.windows(2).filter_map(|pair| match pair {
                [a, b] => self.merges.get(&(*a, *b)).map(|(rank, made)| (*rank, *a, *b, *made)),
                _ => None,
            });
            let Some((_, left, right, made)) = pairs.min() else { return pieces };
            let mut merged = Vec::with_capacity(pieces.len());
            let mut rest = pieces.as_slice();
            while let [first, tail @ ..] = rest {
                if *first == left && tail.first() == Some(&right) {
                    merged.push(made);
                    rest = tail.get(1..).unwrap_or_default();
                } else {
                    merged.push(*first);
                    rest = tail;
                }
            }
            pieces = merged;
        }
    }

    /// The bytes of `ids`; ids that the vocabulary lacks have none.
    pub fn decode(&self, ids: &[u32]) -> Vec<u8> {
        ids.iter().filter_map(|id| self.tokens.get(*id as usize)).flatten().copied().collect()
    }

    /// The token as a learner should see it: see [`super::Tokenizer::show`].
    pub fn show(&self, id: u32) -> String {
        visible(&self.decode(&[id]))
    }
}

/// The character that stands for each byte in the files: itself where it can be seen, else one from U+0100 on.
pub(crate) fn readable() -> Vec<char> {
    let mut above = 0x100..;
    let seen = |byte: u8| matches!(byte, b'!'..=b'~' | 0xa1..=0xac | 0xae..=0xff);
    let of =
        |byte: u8| if seen(byte) { char::from(byte) } else { above.next().and_then(char::from_u32).unwrap_or(' ') };
    (0..=255).map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde::Deserialize;

    const VOCAB: &str = include_str!("../../../../public/models/random-gpt2/vocab.json");
    const MERGES: &str = include_str!("../../../../public/models/random-gpt2/merges.txt");
    const WHOLE: &str = include_str!("../../tests/gpt2/tokenizer.json");

    #[derive(Deserialize)]
    struct Case {
        text: String,
        ids: Vec<u32>,
    }

    #[derive(Deserialize)]
    struct Golden {
        tokens: Vec<Case>,
    }

    #[test]
    fn it_agrees_with_the_reference_library() {
        let golden: Golden = serde_json::from_str(include_str!("../../tests/gpt2/golden.json")).unwrap();
        let tokenizers = [Gpt2Tokenizer::from_files(VOCAB, MERGES).unwrap(), Gpt2Tokenizer::from_whole(WHOLE).unwrap()];
        for tokenizer in tokenizers {
            assert_eq!(tokenizer.vocab_size(), 320);
            for Case { text, ids } in &golden.tokens {
                assert_eq!(&tokenizer.encode(text), ids, "{text:?}");
                assert_eq!(tokenizer.decode(ids), text.as_bytes());
            }
        }
    }

    #[test]
    fn files_that_do_not_fit_are_refused_in_a_sentence() {
        let refuse = |vocab: &str, merges: &str| Gpt2Tokenizer::from_files(vocab, merges).unwrap_err();
        assert!(refuse("[]", MERGES).starts_with("vocab.json cannot be read"));
        assert!(refuse("{}", "").contains("lacks the token “Ā” for the byte 0"));
        assert!(refuse(VOCAB, "#version: 0.2\nhe").contains("Line 2 of merges.txt"));
        assert!(refuse(VOCAB, "q z").contains("do not belong together"));
        assert!(refuse(r#"{"a": 4000000000}"#, "").contains("id 4000000000"));
        let whole = |text: &str| Gpt2Tokenizer::from_whole(text).unwrap_err();
        assert!(whole("{").starts_with("tokenizer.json cannot be read"));
        assert!(whole(&WHOLE.replace("\"ByteLevel\"", "\"Metaspace\"")).contains("Metaspace"));
    }

    proptest! {
        #[test]
        fn every_text_comes_back(text in "\\PC{0,60}|[ a-z'\\n\\t]{0,80}") {
            let tokenizer = Gpt2Tokenizer::from_files(VOCAB, MERGES).unwrap();
            prop_assert_eq!(tokenizer.decode(&tokenizer.encode(&text)), text.as_bytes());
            prop_assert_eq!(words(&text).collect::<String>(), text);
        }

        #[test]
        fn no_text_as_a_file_panics(text in "\\PC{0,200}", at in 0usize..9000, byte in any::<u8>()) {
            let _ = Gpt2Tokenizer::from_files(&text, &text);
            let _ = Gpt2Tokenizer::from_whole(&text);
            let mut bytes = WHOLE.as_bytes().to_vec();
            if let Some(slot) = bytes.get_mut(at) { *slot = byte; }
            if let Ok(changed) = String::from_utf8(bytes) {
                let _ = Gpt2Tokenizer::from_whole(&changed).map(|it| it.encode("any text, changed"));
            }
        }
    }
}
