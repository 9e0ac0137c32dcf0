//! Writing with everything shown: where each draw landed, or which beginnings a beam search keeps.

use super::ModelSource;
use crate::{job::Job, sampling::Sampling};
use serde::{Deserialize, Serialize};

/// Writes on from `prompt` with a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Write {
    /// Which model.
    pub model: ModelSource,
    /// The text to go on from; empty starts anywhere.
    pub prompt: String,
    /// How to choose.
    pub how: How,
    /// How many tokens to add.
    pub tokens: u32,
}

/// How the tokens are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum How {
    /// One after another, by chance or, at temperature zero, the likeliest.
    Draw(Sampling),
    /// By the probability of the whole text.
    Beam {
        /// How many beginnings are kept.
        width: usize,
    },
}

/// One more token.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Wrote {
    /// A token was drawn.
    Token(DrawnToken),
    /// The beginnings that are kept now, best first.
    Beams(Vec<BeamText>),
}

/// A token and the draw that chose it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DrawnToken {
    /// The continuation so far, without the prompt.
    pub text: String,
    /// The token, visible form.
    pub token: String,
    /// Its probability after all filters: the width of its stretch.
    pub probability: f32,
    /// Its probability as the model gave it, before any filter.
    pub of_model: f32,
    /// Whether no token was likelier to the model.
    pub likeliest: bool,
    /// Where the draw landed, in `[0, 1)`.
    pub uniform: f64,
    /// The strip on which it landed, from left to right.
    pub strip: Vec<TokenStretch>,
}

/// A part of the strip: see [`crate::sampling::Stretch`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TokenStretch {
    /// The token, or none where several narrow ones are put together.
    pub token: Option<String>,
    /// Where it begins.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
}

/// A beginning that a beam search keeps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BeamText {
    /// Without the prompt.
    pub text: String,
    /// The sum of the tokens' log-probabilities, in nats.
    pub log_probability: f64,
}

/// The whole continuation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WrittenText {
    /// Without the prompt; of a beam search, the likeliest text.
    pub text: String,
    /// The log-probability of the text to the model itself, in nats: what beam search makes large.
    pub log_probability: f64,
    /// Characters of the prompt that the model does not know; they were left out.
    pub unknown: String,
}

impl Job for Write {
    const NAME: &'static str = "write";
    type Update = Wrote;
    type Output = WrittenText;
}
