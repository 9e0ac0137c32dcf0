//! Our tokenizers as llama.cpp keeps one of GPT-2: tokens in the characters that stand for bytes, and merges.

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::string_slice))]
#![cfg_attr(not(test), deny(clippy::panic, clippy::unreachable, clippy::todo, clippy::arithmetic_side_effects))]
#![cfg_attr(not(test), deny(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_possible_wrap))]

use crate::{
    config::LIMITS,
    gguf::{Header, Value},
    tokenizer::{Bpe, Chars, Tokenizer, readable},
};
use std::collections::{HashMap, HashSet};

/// A tokenizer as it stands in the file.
pub struct Named {
    /// The text of each token, by its number.
    pub tokens: Vec<String>,
    /// Two texts with a space between them, the earliest first.
    pub merges: Vec<String>,
}

/// The texts of a tokenizer.
///
/// A tokenizer of characters needs merges too: a character beyond ASCII has several bytes, and llama.cpp begins with bytes.
///
/// # Errors
/// A sentence, if two tokens have the same text.
pub fn named(tokenizer: &Tokenizer) -> Result<Named, String> {
    let readable = readable();
    let shown = |bytes: &[u8]| bytes.iter().filter_map(|byte| readable.get(usize::from(*byte))).collect::<String>();
    let text = |id: u32| shown(&tokenizer.spelled(id));
    let tokens: Vec<String> = (0u32..).take(tokenizer.vocab_size()).map(text).collect();
    let mut seen = HashSet::new();
    if let Some(twice) = tokens.iter().find(|token| !seen.insert(token.as_str())) {
        return Err(format!(
            "Two tokens of this model spell “{twice}”, and GGUF can name each text only once. Choose another format, or \
             train with fewer merges."
        ));
    }
    let merges = match tokenizer {
        Tokenizer::Bpe(bpe) => {
            bpe.merges().iter().map(|(left, right)| format!("{} {}", text(*left), text(*right))).collect()
        }
        Tokenizer::Chars(_) => {
            let mut merges: Vec<String> = Vec::new();
            for token in (0u32..).take(tokens.len()).map(|id| tokenizer.spelled(id)) {
                for cut in 1..token.len() {
                    let (left, right) = (token.get(..cut), token.get(cut..=cut));
                    let merge = format!("{} {}", shown(left.unwrap_or_default()), shown(right.unwrap_or_default()));
                    if !merges.contains(&merge) {
                        merges.push(merge);
                    }
                }
            }
            merges
        }
    };
    Ok(Named { tokens, merges })
}

/// The tokenizer that a file describes.
///
/// # Errors
/// A sentence, if it is none that [`named`] writes.
pub fn read(header: &Header) -> Result<Tokenizer, String> {
    let texts = header.wanted("tokenizer.ggml.tokens", "a list of texts", Value::texts)?;
    let count = texts.len();
    if count > LIMITS.vocab_size {
        return Err(format!(
            "The file has {count} tokens; at most {} are possible here. Choose a file that was saved in this lab.",
            LIMITS.vocab_size
        ));
    }
    let byte_of: HashMap<char, u8> = readable().into_iter().zip(0..=u8::MAX).collect();
    let mut tokens = Vec::new();
    for text in texts.iter() {
        let bytes: Option<Vec<u8>> = text.chars().map(|c| byte_of.get(&c).copied()).collect();
        tokens.push(bytes.ok_or("A token of the file stands for no bytes. Choose a file that was saved in this lab.")?);
    }
    let characters: Option<String> = tokens.iter().map(|bytes| one_character(bytes)).collect();
    if let Some(characters) = characters {
        if !characters.chars().is_sorted_by(|one, next| one < next) {
            return Err(
                "The file's tokens are single characters, and do not stand in the order of their code points, each once, \
                 as in every tokenizer of characters here. Choose a file that was saved in this lab."
                    .into(),
            );
        }
        return Ok(Tokenizer::Chars(Chars::from_text(&characters)));
    }
    if !tokens.iter().take(256).map(Vec::as_slice).eq((0..=u8::MAX).map(|byte| [byte])) {
        return Err(
            "The first 256 tokens of the file are not the 256 bytes, as in every tokenizer that is trained here. \
                    Choose a file that was saved in this lab."
                .into(),
        );
    }
    let id_of: HashMap<&str, u32> = texts.iter().zip(0u32..).collect();
    if id_of.len() != count {
        return Err("Two tokens of the file spell the same. Choose a file that was saved in this lab.".into());
    }
    let pairs = header.wanted("tokenizer.ggml.merges", "a list of texts", Value::texts)?;
    if pairs.len() != count.saturating_sub(256) {
        return Err(format!(
            "The file has {count} tokens and {} merges; beside the 256 bytes, each token needs the merge that makes it. \
             Save the file anew.",
            pairs.len()
        ));
    }
    let mut merges = Vec::new();
    for (merge, token) in pairs.iter().zip(texts.iter().skip(256)) {
        let pair = merge.split_once(' ').filter(|(left, right)| token.strip_prefix(left) == Some(right));
        let ids = pair.and_then(|(left, right)| Some((*id_of.get(left)?, *id_of.get(right)?)));
        merges.push(ids.ok_or("A merge of the file does not make the token that it should. Save the file anew.")?);
    }
    Ok(Tokenizer::Bpe(Bpe::of_merges(merges)))
}

fn one_character(bytes: &[u8]) -> Option<char> {
    let mut characters = str::from_utf8(bytes).ok()?.chars();
    characters.next().filter(|_| characters.next().is_none())
}
