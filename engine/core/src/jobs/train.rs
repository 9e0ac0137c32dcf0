//! Training a GPT: open a session, run it (all of it, or a step), save it.
//!
//! A session lives in the worker. Pausing is cancelling the run: the session stays at its last
//! whole step. If the worker dies, a new session is opened from the last checkpoint.

use super::TokenChance;
use crate::{
    config::{GptConfig, TrainConfig},
    job::Job,
};
use serde::{Deserialize, Serialize};

/// How text becomes tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TokenizerChoice {
    /// One token per character.
    Chars,
    /// Byte-pair encoding, trained on the text until it has so many tokens (256 or more).
    Bpe {
        /// Bytes and merges together.
        vocab_size: usize,
    },
}

/// The sizes a learner chooses; the vocabulary follows from the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelShape {
    /// Transformer blocks.
    pub n_layers: usize,
    /// Heads in each.
    pub n_heads: usize,
    /// Width of the residual stream.
    pub d_model: usize,
    /// Tokens seen at once.
    pub context: usize,
    /// Whether the output layer reuses the token embedding.
    pub tied_head: bool,
}

impl ModelShape {
    /// With a vocabulary, the whole configuration.
    pub fn with_vocab(self, vocab_size: usize) -> GptConfig {
        let Self { n_layers, n_heads, d_model, context, tied_head } = self;
        GptConfig { vocab_size, n_layers, n_heads, d_model, context, tied_head }
    }
}

/// Where a session starts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Start {
    /// Fresh weights from the seed.
    New {
        /// How text becomes tokens.
        tokenizer: TokenizerChoice,
        /// Sizes.
        shape: ModelShape,
        /// Settings.
        training: TrainConfig,
    },
    /// Where a checkpoint left off; the text must be the same.
    Checkpoint(Vec<u8>),
}

/// The largest training text, in bytes.
pub const MAX_TEXT: usize = 5_000_000;

/// Opens a training session, replacing one of the same number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OpenTraining {
    /// Chosen by the page.
    pub session: u64,
    /// The training text; its last tenth is kept for validation.
    pub text: String,
    /// Fresh or resumed.
    pub start: Start,
}

/// One merge of the tokenizer, while it is trained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MergeLearned {
    /// Merges so far.
    pub done: usize,
    /// Merges asked for.
    pub of: usize,
    /// Left half, visible form.
    pub left: String,
    /// Right half, visible form.
    pub right: String,
    /// How often the two stood side by side.
    pub count: usize,
}

/// A session that is ready to train.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrainingOpened {
    /// Sizes.
    pub config: GptConfig,
    /// Settings.
    pub training: TrainConfig,
    /// Steps done already.
    pub step: u32,
    /// Numbers that training adjusts.
    pub parameters: usize,
    /// Tokens to learn from.
    pub train_tokens: usize,
    /// Tokens kept for validation.
    pub val_tokens: usize,
    /// Loss of guessing every token equally often: `ln(vocab_size)`, nats per token.
    pub uniform_loss: f32,
    /// Loss of knowing only how common each token is, on the validation part, nats per token.
    pub unigram_loss: f32,
    /// Loss of a trigram model of the same tokens (see [`crate::ngram`]), on the windows validation is measured on,
    /// nats per token.
    pub trigram_loss: f32,
    /// Memory for weights, gradients, moments and activations, in bytes (an estimate).
    pub memory: usize,
    /// Training loss of every step done.
    pub train_loss: Vec<f32>,
    /// Validation losses with the step each was measured after.
    pub val_loss: Vec<(u32, f32)>,
}

impl Job for OpenTraining {
    const NAME: &'static str = "open-training";
    type Update = MergeLearned;
    type Output = TrainingOpened;
}

/// Trains an open session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunTraining {
    /// Which session.
    pub session: u64,
    /// How many steps; none trains until the schedule ends.
    pub steps: Option<u32>,
}

/// What happens while training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum TrainUpdate {
    /// A step was done.
    Step(StepDone),
    /// The validation loss was measured.
    Validation {
        /// Steps done.
        step: u32,
        /// Nats per token.
        loss: f32,
    },
    /// The model wrote something, and one of its heads was looked at.
    Sample(Sample),
    /// The state to keep, as safetensors bytes.
    Checkpoint {
        /// Steps done.
        step: u32,
        /// The file.
        file: Vec<u8>,
    },
}

/// One optimizer step.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct StepDone {
    /// Steps done, this one included.
    pub step: u32,
    /// Mean loss of the batch before the step, nats per token.
    pub loss: f32,
    /// The learning rate used.
    pub learning_rate: f32,
    /// Norm of the gradient before clipping.
    pub grad_norm: f32,
    /// How long the step took.
    pub ms: f64,
    /// Training tokens per second in this step.
    pub tokens_per_s: f64,
}

/// A look at the model while it trains.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// Steps done.
    pub step: u32,
    /// The prompt: a few tokens of the validation text.
    pub prompt: String,
    /// What the model made of it.
    pub text: String,
    /// The tokens of the text the head reads, visible form.
    pub tokens: Vec<String>,
    /// Attention weights of the last block's first head, `[tokens, tokens]`.
    pub weights: Vec<f32>,
    /// The likeliest tokens to follow, best first.
    pub next: Vec<TokenChance>,
}

/// Why a run came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Stopped {
    /// The schedule is done.
    Finished,
    /// As many steps as asked for.
    StepsDone,
    /// The loss stopped being a number, or rose far above guessing.
    Diverged {
        /// The step it began.
        since: u32,
        /// The loss then.
        loss: f32,
    },
}

/// The end of a run.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TrainingStopped {
    /// Steps done.
    pub step: u32,
    /// Why.
    pub why: Stopped,
}

impl Job for RunTraining {
    const NAME: &'static str = "run-training";
    type Update = TrainUpdate;
    type Output = TrainingStopped;
}

/// Makes a checkpoint of an open session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaveTraining {
    /// Which session.
    pub session: u64,
}

/// A session's state as a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Saved {
    /// Steps done.
    pub step: u32,
    /// Safetensors bytes: see [`crate::model_file`].
    pub file: Vec<u8>,
}

impl Job for SaveTraining {
    const NAME: &'static str = "save-training";
    type Update = ();
    type Output = Saved;
}
