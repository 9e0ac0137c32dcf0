//! The weights of a Llama.

use super::Matrix;
use engine_core::llama::LlamaConfig;

/// A Llama whose weights are all there.
#[derive(Debug)]
pub struct Model {
    /// Its sizes.
    pub config: LlamaConfig,
    /// `[vocab, d_model]`.
    pub(super) embedding: Matrix,
    pub(super) layers: Vec<Layer>,
    /// Gain of the last norm.
    pub(super) norm: Vec<f32>,
    /// `[vocab, d_model]`, where it is not the embedding.
    pub(super) head: Option<Matrix>,
}

/// The weights of one block.
#[derive(Debug)]
pub struct Layer {
    /// Gain before attention.
    pub(super) attn_norm: Vec<f32>,
    /// Queries, keys and values: `[heads · d_head, d_model]`.
    pub(super) qkv: [Matrix; 3],
    /// `[d_model, heads · d_head]`.
    pub(super) output: Matrix,
    /// Gain before the feed-forward part.
    pub(super) ffn_norm: Vec<f32>,
    /// `[d_ff, d_model]`.
    pub(super) gate: Matrix,
    /// `[d_ff, d_model]`.
    pub(super) up: Matrix,
    /// `[d_model, d_ff]`.
    pub(super) down: Matrix,
}

impl Model {
    /// The output layer.
    pub(super) fn head(&self) -> &Matrix {
        self.head.as_ref().unwrap_or(&self.embedding)
    }
}
