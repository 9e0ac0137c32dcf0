//! BERT's vocabulary without capitals: WordPiece on a text whose capitals and accents are taken off first.

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::string_slice))]
#![cfg_attr(not(test), deny(clippy::panic, clippy::unreachable, clippy::todo, clippy::arithmetic_side_effects))]
#![cfg_attr(not(test), deny(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_possible_wrap))]

use crate::Fallible;
use ahash::AHashMap;
use engine_core::subwords::{Token, wordpiece::UNKNOWN};
use tokenizers::{
    TokenizerImpl, decoders::wordpiece::WordPiece as Decoder, models::wordpiece::WordPiece,
    normalizers::bert::BertNormalizer, pre_tokenizers::bert::BertPreTokenizer, processors::bert::BertProcessing,
};

/// No vocabulary of this kind has more pieces. BERT's has 30 522.
const MOST_PIECES: usize = 1 << 17;

/// BERT's vocabulary.
pub struct Bert {
    inner: TokenizerImpl<WordPiece, BertNormalizer, BertPreTokenizer, BertProcessing, Decoder>,
    pieces: Vec<String>,
}

impl Bert {
    /// Reads a `vocab.txt`: one piece on each line.
    ///
    /// # Errors
    /// A sentence that says what is wrong.
    pub fn read(file: &[u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(file)
            .map_err(|_| "The vocabulary's file is not text. Reload the page to fetch it again.")?;
        if text.lines().count() > MOST_PIECES {
            return Err(format!(
                "The vocabulary's file has more than {MOST_PIECES} lines. Reload the page to fetch it again."
            ));
        }
        let pieces: Vec<String> = text.lines().map(str::to_owned).collect();
        if !pieces.iter().any(|piece| piece == UNKNOWN) {
            return Err(format!("The vocabulary's file has no {UNKNOWN}. Reload the page to fetch it again."));
        }
        let vocabulary: AHashMap<String, u32> = pieces.iter().cloned().zip(0..).collect();
        let model = WordPiece::builder().vocab(vocabulary).unk_token(UNKNOWN.into()).build();
        let mut inner = TokenizerImpl::new(model.map_err(|error| format!("The vocabulary cannot be used: {error}."))?);
        let normalizer = BertNormalizer::new(true, true, None, true);
        inner.with_normalizer(Some(normalizer)).map_err(|error| format!("The vocabulary cannot be used: {error}."))?;
        inner.with_pre_tokenizer(Some(BertPreTokenizer));
        Ok(Self { inner, pieces })
    }

    /// How many pieces there are.
    pub fn size(&self) -> usize {
        self.pieces.len()
    }

    /// Cuts a text.
    ///
    /// # Errors
    /// What the crate says.
    pub fn encode(&self, text: &str) -> Fallible<Vec<Token>> {
        let encoding = self.inner.encode(text, false)?;
        let spans = encoding.get_ids().iter().zip(encoding.get_offsets());
        let token = |(id, (start, end)): (&u32, &(usize, usize))| {
            let piece = self.pieces.get(*id as usize).cloned().unwrap_or_default();
            Token { id: *id, start: *start, end: *end, unknown: piece == UNKNOWN, piece }
        };
        Ok(spans.map(token).collect())
    }
}
