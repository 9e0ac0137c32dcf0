//! Every job the engine knows, as plain data: the question and the answer.
//!
//! To add one: a file here with a type that implements [`crate::job::Job`], its handler in
//! `engine`, and one line in `engine::registry`.

pub mod adapt;
pub mod attention_cost;
pub mod board;
pub mod compress;
pub mod dissect;
pub mod distil;
pub mod drill;
pub mod edge;
pub mod embeddings;
pub mod encode;
pub mod export;
pub mod families;
pub mod generate;
pub mod gguf;
pub mod gpt2;
pub mod gpu_rate;
pub mod inspect;
pub mod intervene;
pub mod lay_out;
pub mod matmul;
pub mod model_card;
pub mod packed;
pub mod positions;
pub mod probe;
pub mod prune;
pub mod quantize;
pub mod self_test;
pub mod tokenize;
pub mod train;
pub mod write;

use serde::{Deserialize, Serialize};

/// Where a job finds its model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ModelSource {
    /// A safetensors file's bytes: see [`crate::model_file`].
    File(Vec<u8>),
    /// The model of a training session that is open in this worker, as it is now.
    Session(u64),
}

/// A token the model considers, with its probability.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TokenChance {
    /// As a learner sees it: see [`crate::tokenizer::Tokenizer::show`].
    pub token: String,
    /// Between 0 and 1.
    pub probability: f32,
}
