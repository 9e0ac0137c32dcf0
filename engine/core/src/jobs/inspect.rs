//! Looking inside a model while it reads a text.

use super::{ModelSource, TokenChance};
use crate::job::Job;
use serde::{Deserialize, Serialize};

/// Runs a text through a model and keeps what one attention head computed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Inspect {
    /// Which model.
    pub model: ModelSource,
    /// The learner's text.
    pub text: String,
    /// The block to look into, from zero.
    pub layer: usize,
    /// The head to look into, from zero.
    pub head: usize,
}

/// What the model computed. Matrices are row-major.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Inspection {
    /// The tokens, visible form, `[tokens]`.
    pub tokens: Vec<String>,
    /// Blocks of the model.
    pub n_layers: usize,
    /// Heads of each block.
    pub n_heads: usize,
    /// Width of a head.
    pub d_head: usize,
    /// Attention weights of every head, `[n_layers, n_heads, tokens (query), tokens (key)]`.
    pub all_weights: Vec<f32>,
    /// The chosen head's queries, `[tokens, d_head]`.
    pub queries: Vec<f32>,
    /// Its keys, `[tokens, d_head]`.
    pub keys: Vec<f32>,
    /// Its values, `[tokens, d_head]`.
    pub values: Vec<f32>,
    /// `queries · keysᵀ`, `[tokens (query), tokens (key)]`, before scaling and masking.
    pub scores: Vec<f32>,
    /// After scale, mask and softmax; each row sums to one.
    pub weights: Vec<f32>,
    /// `weights · values`, `[tokens, d_head]`.
    pub mixed: Vec<f32>,
    /// The likeliest next tokens after each position, best first, `[tokens]`.
    pub next: Vec<Vec<TokenChance>>,
    /// Tokens of the text that did not fit into the model's context and were left off the end.
    pub left_off: usize,
    /// Characters the model does not know; they were left out.
    pub unknown: String,
}

impl Job for Inspect {
    const NAME: &'static str = "inspect";
    type Update = ();
    type Output = Inspection;
}
