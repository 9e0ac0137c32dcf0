//! The table of tokens and the last layer, held in another way than as floats.

use super::{Gpt, TOK_EMB};

/// The first and the last step of a model. A model with one of these only runs: there is no way back through it.
pub trait Vocabulary {
    /// Adds the vector of a token to `to: [d_model]`.
    ///
    /// # Panics
    /// If there is no such token.
    fn add_token(&self, id: u32, to: &mut [f32]);

    /// From the stream `x: [rows, d_model]` to `logits: [rows, vocab]`, which are overwritten.
    fn logits(&self, x: &[f32], logits: &mut [f32]);

    /// The tensors that it amounts to: `tok_emb`, and `head.weight` of a model whose output layer is its own.
    fn values(&self) -> Vec<(String, Vec<f32>)>;

    /// Bytes that it holds.
    fn bytes(&self) -> usize;
}

impl Gpt {
    /// Puts `vocabulary` in the place of the table of tokens and of the last layer. The floats that stood there are
    /// dropped, and the model can no longer learn.
    pub fn swap_vocabulary(&mut self, vocabulary: Box<dyn Vocabulary>) {
        self.tensors[TOK_EMB].values = Vec::new();
        if let Some(head) = self.head() {
            self.tensors[head].values = Vec::new();
        }
        self.vocabulary = Some(vocabulary);
    }

    /// Adds the vector of a token to `to: [d_model]`.
    pub(super) fn add_token(&self, id: u32, to: &mut [f32]) {
        match &self.vocabulary {
            Some(vocabulary) => vocabulary.add_token(id, to),
            None => {
                let d_model = to.len();
                kernels::lanes::add_to(to, &self.values(TOK_EMB)[id as usize * d_model..][..d_model]);
            }
        }
    }
}
