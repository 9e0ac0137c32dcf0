//! A text as token ids, cut into a training and a validation part, and the batches drawn from it.

use crate::{
    job::JobError,
    jobs::train::MAX_TEXT,
    loss_words::unigram_loss,
    ngram::Trigram,
    rng::{Rng, Stream},
    tokenizer::Tokenizer,
};

/// The training and validation tokens of one text.
pub struct Corpus {
    /// What the model learns from.
    pub train: Vec<u32>,
    /// The last tenth, which it never sees.
    pub val: Vec<u32>,
}

/// Windows of the validation part that are measured; more would cost time, fewer would be noisy.
pub const VAL_WINDOWS: usize = 12;
/// Tokens counted for the trigram model between two looks at the event loop.
const PIECE: usize = 50_000;

impl Corpus {
    /// Cuts `text` into tokens and sets its last tenth aside.
    ///
    /// # Errors
    /// A sentence if the text is empty, too long, all of one character, or too short for `context`.
    pub fn new(text: &str, tokenizer: &Tokenizer, context: usize) -> Result<Self, String> {
        check(text)?;
        let ids = tokenizer.encode(text).ids;
        let window = context + 1;
        let val = (ids.len() / 10).max(window);
        if ids.len() < val + window {
            return Err(format!(
                "The text has only {} tokens; this model reads {context} at once, so it needs at least {}. Use a longer text, or a model with a shorter context.",
                ids.len(),
                2 * window
            ));
        }
        let (train, val) = ids.split_at(ids.len() - val);
        Ok(Self { train: train.to_vec(), val: val.to_vec() })
    }

    /// Inputs and targets (the same text, one token later) of one step, row by row: each
    /// `batch · context` ids. They follow from seed and step alone, so a resumed run sees the same.
    pub fn batch(&self, seed: u64, step: u32, batch: usize, context: usize) -> (Vec<u32>, Vec<u32>) {
        let mut rng = Rng::new(seed, Stream::Batch(step));
        let starts = (0..batch).map(|_| rng.below(self.train.len() - context));
        rows(&self.train, starts, context)
    }

    /// The windows validation is measured on: evenly spaced, always the same.
    pub fn validation(&self, context: usize) -> (Vec<u32>, Vec<u32>) {
        rows(&self.val, self.windows(context, VAL_WINDOWS).into_iter(), context)
    }

    /// Where up to `most` windows of the validation part begin.
    pub fn windows(&self, context: usize, most: usize) -> Vec<usize> {
        let last = self.val.len() - context - 1;
        let windows = most.min(self.val.len() / (context + 1)).max(1);
        (0..windows).map(|i| if windows == 1 { 0 } else { i * last / (windows - 1) }).collect()
    }

    /// The loss of a trigram model of the training part, on the windows validation is measured on; `between` is
    /// awaited between pieces of counting.
    ///
    /// # Errors
    /// Whatever `between` returns.
    pub async fn trigram_loss(
        &self,
        vocab_size: usize,
        context: usize,
        windows: usize,
        between: impl AsyncFn() -> Result<(), JobError>,
    ) -> Result<f32, JobError> {
        let mut trigram = Trigram::new(vocab_size);
        for piece in self.train.chunks(PIECE) {
            trigram.count(piece);
            between().await?;
        }
        trigram.settle();
        between().await?;
        Ok(trigram.loss(&self.val, self.windows(context, windows).into_iter(), context))
    }

    /// The loss of knowing only how common each token is, measured on the validation part.
    pub fn unigram_loss(&self, vocab_size: usize) -> f32 {
        unigram_loss(&self.train, &self.val, vocab_size)
    }
}

fn rows(ids: &[u32], starts: impl Iterator<Item = usize>, context: usize) -> (Vec<u32>, Vec<u32>) {
    let mut inputs = Vec::new();
    let mut targets = Vec::new();
    for start in starts {
        inputs.extend_from_slice(&ids[start..start + context]);
        targets.extend_from_slice(&ids[start + 1..start + context + 1]);
    }
    (inputs, targets)
}

/// The checks every training text must pass.
///
/// # Errors
/// A sentence that says what is wrong and what to do.
pub fn check(text: &str) -> Result<(), String> {
    let mut chars = text.chars().filter(|c| !c.is_whitespace());
    let Some(first) = chars.next() else {
        return Err("The text is empty. Paste some text, or choose one of the shipped books.".into());
    };
    if text.len() > MAX_TEXT {
        return Err(format!(
            "The text has {:.1} MB; at most {} MB can be trained on here. Use a part of it.",
            text.len() as f64 / 1e6,
            MAX_TEXT / 1_000_000
        ));
    }
    if text.contains('\0') {
        return Err("This is not a text: it holds zero bytes. Save it as plain text (UTF-8) first.".into());
    }
    if chars.all(|c| c == first) {
        return Err(format!(
            "The whole text is the character “{first}” again and again: there is nothing to learn. Use a text with words in it."
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokenizer::Chars;

    fn chars(text: &str) -> Tokenizer {
        Tokenizer::Chars(Chars::from_text(text))
    }

    #[test]
    fn targets_are_the_inputs_one_token_later() {
        let text: String = ('a'..='z').cycle().take(400).collect();
        let corpus = Corpus::new(&text, &chars(&text), 8).unwrap();
        assert_eq!(corpus.train.len() + corpus.val.len(), 400);
        let (inputs, targets) = corpus.batch(1, 0, 3, 8);
        assert_eq!((inputs.len(), targets.len()), (24, 24));
        assert!(inputs.iter().zip(&targets).all(|(i, t)| (i + 1) % 26 == *t));
        assert_eq!(corpus.batch(1, 5, 3, 8), corpus.batch(1, 5, 3, 8));
        assert_ne!(corpus.batch(1, 5, 3, 8), corpus.batch(1, 6, 3, 8));
        let (inputs, _) = corpus.validation(8);
        assert_eq!(inputs.len() % 8, 0);
    }

    #[test]
    fn texts_that_cannot_be_learned_from_are_refused_in_a_sentence() {
        let refuse = |text: &str| Corpus::new(text, &chars(text), 8).err().unwrap_or_default();
        assert!(refuse("").contains("empty"));
        assert!(refuse(" \n ").contains("empty"));
        assert!(refuse("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa").contains("nothing to learn"));
        assert!(refuse("abcdefgh").contains("only 8 tokens"));
        assert!(refuse(&"ab\0cd ".repeat(100)).contains("zero bytes"));
        assert!(refuse(&"ab ".repeat(MAX_TEXT / 3 + 1)).contains("5.0 MB"));
    }
}
