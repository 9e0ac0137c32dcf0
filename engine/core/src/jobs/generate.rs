//! Continuing a text, token by token.

use super::{ModelSource, TokenChance};
use crate::{job::Job, sampling::Sampling};
use serde::{Deserialize, Serialize};

/// Continues `prompt` with a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Generate {
    /// Which model.
    pub model: ModelSource,
    /// The text to go on from; empty starts anywhere.
    pub prompt: String,
    /// How to choose each token.
    pub sampling: Sampling,
    /// How many tokens to add.
    pub tokens: u32,
}

/// One more token.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Generated {
    /// The continuation so far, without the prompt.
    pub text: String,
    /// The newest token, visible form.
    pub token: String,
    /// The likeliest tokens at this place before the draw, best first (raw softmax at
    /// temperature 1, before anything was removed).
    pub chances: Vec<TokenChance>,
    /// The probability the draw gave the chosen token, after temperature, top-k and top-p.
    pub probability: f32,
    /// Where the draw landed, in `[0, 1)`.
    pub uniform: f64,
}

/// The whole continuation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Continuation {
    /// Without the prompt.
    pub text: String,
    /// Tokens per second after the first.
    pub tokens_per_s: f64,
    /// Characters of the prompt that the model does not know; they were left out.
    pub unknown: String,
}

impl Job for Generate {
    const NAME: &'static str = "generate";
    type Update = Generated;
    type Output = Continuation;
}
