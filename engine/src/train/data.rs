//! Which tokenizer a training learns or takes; the text itself is cut up by [`engine_core::corpus`].

use engine_core::{
    jobs::train::TokenizerChoice,
    tokenizer::{Bpe, Chars, Tokenizer},
};

/// The tokenizer for `text`. Byte pairs are learned here; `on_merge` hears of each and may stop it.
pub(super) struct TokenizerPlan {
    choice: TokenizerChoice,
}

impl TokenizerPlan {
    pub(super) fn new(choice: TokenizerChoice) -> Result<Self, String> {
        if let TokenizerChoice::Bpe { vocab_size } = choice
            && !(256..=8192).contains(&vocab_size)
        {
            return Err(format!(
                "The vocabulary is to have {vocab_size} tokens; it must be between 256 (the bytes) and 8192."
            ));
        }
        Ok(Self { choice })
    }

    /// How many merges will be learned.
    pub(super) fn merges(&self) -> usize {
        match self.choice {
            TokenizerChoice::Chars => 0,
            TokenizerChoice::Bpe { vocab_size } => vocab_size - 256,
        }
    }

    /// The tokenizer that needs no learning.
    pub(super) fn unlearned(&self, text: &str) -> Tokenizer {
        match self.choice {
            TokenizerChoice::Chars => Tokenizer::Chars(Chars::from_text(text)),
            TokenizerChoice::Bpe { .. } => Tokenizer::Bpe(Bpe::bytes_only()),
        }
    }
}
