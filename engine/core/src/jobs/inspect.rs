//! Looking inside a model while it reads a text.

use super::{ModelSource, TokenChance};
use crate::{head_scores::HeadScores, job::Job};
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

/// A longer text than this is drawn in groups of tokens.
pub const MOST_ROWS: usize = 128;

/// What the model computed. Matrices are row-major.
///
/// Of a text of more than [`MOST_ROWS`] tokens, `group` neighbours make one row and one column of every map: a row is
/// the mean of its tokens, a column the sum, so that rows still add up to one. The numbers of a single cell, from
/// `queries` to `projected`, are then empty.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Inspection {
    /// The tokens, visible form, `[tokens]`; or what each group begins with.
    pub tokens: Vec<String>,
    /// So many tokens make one row; 1 for a text of up to [`MOST_ROWS`] tokens.
    pub group: usize,
    /// Blocks of the model.
    pub n_layers: usize,
    /// Heads of each block.
    pub n_heads: usize,
    /// Width of a head.
    pub d_head: usize,
    /// The block that was looked into, from zero.
    pub layer: usize,
    /// The head of it, from zero.
    pub head: usize,
    /// Attention weights of every head, `[n_layers, n_heads, tokens (query), tokens (key)]`; each row sums to one.
    pub all_weights: Vec<f32>,
    /// The chosen head's queries, `[tokens, d_head]`.
    pub queries: Vec<f32>,
    /// Its keys, `[tokens, d_head]`.
    pub keys: Vec<f32>,
    /// The values of every head of its block, `[n_heads, tokens, d_head]`.
    pub values: Vec<f32>,
    /// `queries · keysᵀ`, `[tokens (query), tokens (key)]`, before scaling and masking.
    pub scores: Vec<f32>,
    /// `weights · values` of every head of the block side by side, `[tokens, d_model]` with `d_model = n_heads · d_head`.
    pub mixed: Vec<f32>,
    /// What multiplies `mixed`, `[d_model (in), d_model (out)]`.
    pub projection: Vec<f32>,
    /// What is added after that, `[d_model]`.
    pub projection_bias: Vec<f32>,
    /// What the block's attention adds to the residual stream: `mixed · projection + bias`, `[tokens, d_model]`.
    pub projected: Vec<f32>,
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

/// Tests what kind each head of a model is: see [`crate::head_scores`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScoreHeads {
    /// Which model.
    pub model: ModelSource,
}

/// How the heads did.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ScoredHeads {
    /// Test texts that were read.
    pub rows: usize,
    /// Tokens of one, its repetition included.
    pub tokens: usize,
    /// Block by block, `[n_layers · n_heads]`; empty where the vocabulary or context is too small for the test.
    pub scores: Vec<HeadScores>,
}

impl Job for ScoreHeads {
    const NAME: &'static str = "score-heads";
    type Update = ();
    type Output = ScoredHeads;
}
