//! Writing on from a prompt, one token at a time, with any model that reads and remembers.

use crate::{
    rng::{Rng, Stream},
    sampling::{self, Sampling},
    tokenizer::Tokenizer,
};

/// A model that remembers what it has read.
pub trait Reads {
    /// The most tokens it can remember.
    fn context(&self) -> usize;

    /// How many tokens it remembers.
    fn tokens(&self) -> usize;

    /// Forgets every token.
    fn clear(&mut self);

    /// Reads `ids` after what it remembers; the logits after the last of them, `[vocab]`.
    ///
    /// # Panics
    /// If `ids` is empty, or the context cannot hold that many more.
    fn read(&mut self, ids: &[u32]) -> Vec<f32>;
}

/// One chosen token and what it was chosen from.
pub struct Pick {
    /// The token.
    pub id: u32,
    /// What the model said, `[vocab]`.
    pub logits: Vec<f32>,
    /// What it was drawn from, after all filters.
    pub probabilities: Vec<f32>,
    /// The random number that chose.
    pub uniform: f64,
}

/// Each token but the first costs one row, until the context is full; then the newer half of the text is read again,
/// because learned positions cannot slide.
pub struct Writer<R> {
    model: R,
    text: Vec<u32>,
    /// Tokens at the end of `text` that the model has not read.
    unread: usize,
    written: u32,
}

impl<R: Reads> Writer<R> {
    /// Goes on from the end of `prompt`.
    ///
    /// # Panics
    /// If `prompt` is empty.
    pub fn new(model: R, prompt: &[u32]) -> Self {
        assert!(!prompt.is_empty(), "a model needs at least one token to go on from");
        let keep = prompt.len().min(model.context());
        let text = prompt[prompt.len() - keep..].to_vec();
        Self { model, unread: text.len(), text, written: 0 }
    }

    /// Writes one token.
    pub fn next(&mut self, sampling: &Sampling) -> Pick {
        let context = self.model.context();
        if self.model.tokens() + self.unread > context {
            self.model.clear();
            self.unread = (context / 2).max(1).min(self.text.len());
        }
        let logits = self.model.read(&self.text[self.text.len() - self.unread..]);
        let changed = sampling::penalised(&logits, &self.text, sampling.repetition_penalty);
        let probabilities = sampling::distribution(&changed, sampling);
        let uniform = Rng::new(sampling.seed, Stream::Token(self.written)).uniform();
        let id = sampling::draw(&probabilities, uniform);
        self.text.push(id as u32);
        self.unread = 1;
        self.written += 1;
        Pick { id: id as u32, logits, probabilities, uniform }
    }
}

/// The prompt, if there is one: else a start as after a line's end, or with the first token there is.
pub fn or_start(prompt: Vec<u32>, tokenizer: &Tokenizer) -> Vec<u32> {
    let found = [prompt, tokenizer.encode("\n").ids].into_iter().find(|ids| !ids.is_empty());
    found.unwrap_or_else(|| vec![0])
}
