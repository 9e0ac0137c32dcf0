//! The training board: a task or a text, a model, and looks at it on the way that are kept for going back.
//!
//! The page keeps the state: a run starts from nothing or from the checkpoint of any earlier look. Pausing is
//! cancelling, which is answered by one more look. Models this small are always trained on the CPU.

use super::train::{ModelShape, TrainingStopped};
use crate::{config::TrainConfig, job::Job, tasks, word_vectors::plane::Flat};
use serde::{Deserialize, Serialize};

/// What is learned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Source {
    /// A task by its key: see [`tasks::TASKS`].
    Task(String),
    /// A text, by characters; its last tenth is kept for validation.
    Text(String),
}

/// Trains a model and looks at it every `sample_every` steps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunBoard {
    /// What is learned.
    pub source: Source,
    /// Sizes of a fresh model; a task sets the context itself.
    pub shape: ModelShape,
    /// Settings; with a checkpoint they take the place of its own.
    pub training: TrainConfig,
    /// The checkpoint of a look, to go on from.
    pub from: Option<Vec<u8>>,
    /// How many steps; none trains until the schedule ends.
    pub steps: Option<u32>,
}

impl RunBoard {
    /// Whether this can be trained; a text is checked when it is read.
    ///
    /// # Errors
    /// A sentence that says what to change.
    pub fn validate(&self) -> Result<(), String> {
        if let Source::Task(key) = &self.source
            && tasks::by_key(key).is_none()
        {
            return Err(format!("There is no task called “{key}”. Choose one of the list."));
        }
        self.shape.with_vocab(1).validate()?;
        self.training.validate()
    }
}

/// A row of tokens of which the last ones are to be predicted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// Every token, visible form.
    pub tokens: Vec<String>,
    /// Their ids.
    pub ids: Vec<u32>,
    /// The first that counts.
    pub answer_from: usize,
}

/// The ready board.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct BoardOpened {
    /// Steps done already.
    pub step: u32,
    /// Numbers that training adjusts.
    pub parameters: usize,
    /// Blocks.
    pub n_layers: usize,
    /// Heads of each.
    pub n_heads: usize,
    /// Every token, visible form.
    pub vocabulary: Vec<String>,
    /// Examples, or windows of the text, that validation is measured on.
    pub measured: usize,
    /// The validation examples whose chances every look reports.
    pub shown: Vec<Shown>,
    /// What the heads are watched reading: the inputs of the first shown example.
    pub reading: Vec<String>,
    /// The loss of guessing every token equally often.
    pub uniform_loss: f32,
    /// For a text: the loss of knowing how common each token is, and of a trigram model, on the same windows.
    pub counted: Option<Counted>,
}

/// What counting alone achieves on the windows that validation is measured on, nats per token.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Counted {
    /// Each token's frequency.
    pub unigram: f32,
    /// A trigram model: see [`crate::ngram`].
    pub trigram: f32,
}

/// What happens on the way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum BoardUpdate {
    /// Before the first step.
    Opened(BoardOpened),
    /// Some steps were made.
    Steps(Steps),
    /// The model was measured.
    Look(Look),
}

/// Steps since the last message.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Steps {
    /// Steps done, these included.
    pub step: u32,
    /// The loss of each, nats per counted token.
    pub losses: Vec<f32>,
    /// How long one took, in milliseconds.
    pub ms: f64,
}

/// The model at one step.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Look {
    /// Steps done.
    pub step: u32,
    /// Validation loss, nats per counted token.
    pub loss: f32,
    /// The share of examples whose every token was right; for a text none is asked for.
    pub exact: Option<f32>,
    /// The share of counted tokens that were right.
    pub right: f32,
    /// Of the shown examples, one row per counted token, each with what stands before it given: `[rows, vocab]`.
    pub chances: Vec<f32>,
    /// Each head's induction score, block by block; empty where the vocabulary or context is too small for the test.
    pub induction: Vec<f32>,
    /// Each head's weights while reading, block by block: `[layers · heads, tokens, tokens]`.
    pub attention: Vec<f32>,
    /// The token embeddings on a plane, in the vocabulary's order: see [`crate::word_vectors::plane`].
    pub map: Flat,
    /// What it writes, for a text.
    pub written: String,
    /// The state to go on from, as safetensors bytes.
    pub file: Vec<u8>,
}

impl Job for RunBoard {
    const NAME: &'static str = "run-board";
    type Update = BoardUpdate;
    type Output = TrainingStopped;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_task_gets_a_sentence() {
        let task = tasks::by_key("copy").unwrap();
        let source = Source::Task("copying".into());
        let mut job = RunBoard { source, shape: task.shape(), training: task.training(), from: None, steps: None };
        assert!(job.validate().unwrap_err().contains("“copying”"));
        job.source = Source::Task("copy".into());
        assert_eq!(job.validate(), Ok(()));
        job.shape.n_heads = 5;
        assert!(job.validate().unwrap_err().contains("n_heads"));
    }
}
