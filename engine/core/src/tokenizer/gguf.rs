//! SmolLM2's tokenizer, as a GGUF file keeps it in its metadata: tokens, their types, merges.

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::string_slice))]
#![cfg_attr(not(test), deny(clippy::panic, clippy::unreachable, clippy::todo, clippy::arithmetic_side_effects))]
#![cfg_attr(not(test), deny(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_possible_wrap))]

use super::gpt2::{Cuts, Gpt2Tokenizer, MOST_TOKENS, Parts};
use crate::{
    clip::clip,
    gguf::{Header, List, Value},
};
use std::collections::HashMap;

/// Types of tokens that are one whatever stands around them: control tokens, and those that a user defined.
const SPECIAL: [u64; 2] = [3, 4];

impl Gpt2Tokenizer {
    /// Finds a byte-level BPE in what a GGUF file says about itself.
    ///
    /// # Errors
    /// A sentence that says what is wrong, where, and what to do.
    pub fn from_gguf(header: &Header) -> Result<Self, String> {
        let kind = header.text("tokenizer.ggml.model")?;
        if kind != "gpt2" {
            return Err(format!(
                "The file's tokenizer is of the kind “{}”; only byte-level BPE, the kind “gpt2”, can be read here. Choose \
                 a model such as SmolLM2.",
                clip(kind)
            ));
        }
        let cuts = match header.text("tokenizer.ggml.pre")? {
            "smollm" => Cuts::Digits,
            "gpt-2" => Cuts::Gpt2,
            other => {
                return Err(format!(
                    "The file's tokenizer cuts texts as “{}” does; only “smollm” and “gpt-2” are known here. Choose a \
                     model such as SmolLM2.",
                    clip(other)
                ));
            }
        };
        let texts = header.wanted("tokenizer.ggml.tokens", "a list of texts", Value::texts)?;
        let merges = header.wanted("tokenizer.ggml.merges", "a list of texts", Value::texts)?;
        for (what, count) in [("tokens", texts.len()), ("merges", merges.len())] {
            if count > MOST_TOKENS {
                return Err(format!(
                    "The file has {count} {what}; at most {MOST_TOKENS} can be read here. Choose a model with a smaller \
                     vocabulary."
                ));
            }
        }
        let types = header.wanted("tokenizer.ggml.token_type", "a list of whole numbers", numbers)?;
        if types.len() != texts.len() {
            return Err(format!(
                "The file names {} tokens and the types of {}. It is damaged: fetch it anew.",
                texts.len(),
                types.len()
            ));
        }
        let mut vocab = HashMap::with_capacity(texts.len());
        let mut special = Vec::new();
        for ((id, text), of_type) in (0u32..).zip(texts.iter()).zip(types) {
            if let Some(other) = vocab.insert(text, id) {
                return Err(format!(
                    "The tokens {other} and {id} of the file are both “{}”. It is damaged: fetch it anew.",
                    clip(text)
                ));
            }
            if SPECIAL.contains(&of_type) {
                special.push((text.to_owned(), id));
            }
        }
        let mut pairs = Vec::with_capacity(merges.len());
        for merge in merges.iter() {
            pairs.push(merge.split_once(' ').ok_or_else(|| {
                format!("The file has the merge “{}”, which is no pair. It is damaged: fetch it anew.", clip(merge))
            })?);
        }
        Self::build(Parts { vocab: &vocab, pairs: pairs.into_iter(), special, cuts, every_byte: false })
    }
}

fn numbers(value: &Value) -> Option<Vec<u64>> {
    match value {
        Value::List(List::Plain(plain)) => plain.values().map(|value| value.whole()).collect(),
        _ => None,
    }
}
