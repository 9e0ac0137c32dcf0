//! What a unit of engine work looks like to whoever asks for it.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// One kind of work the engine can do, named by the value that asks for it.
pub trait Job: Serialize + DeserializeOwned + 'static {
    /// Unique across the workspace; the registry refuses a second one.
    const NAME: &'static str;
    /// The program that runs it.
    const HOME: Home = Home::Tensors;
    /// Sent any number of times while the job runs.
    type Update: Serialize + DeserializeOwned + 'static;
    /// Sent once, at the end.
    type Output: Serialize + DeserializeOwned + 'static;
}

/// The programs that run jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Home {
    /// The one with Burn, on the CPU or on WebGPU: `engine`.
    Tensors,
    /// The one of plain arithmetic: `engine-plain`.
    Plain,
    /// The one with published vocabularies: `engine-words`. It runs jobs that are [`Home::Plain`] otherwise, see `run_at`
    /// in `web/labs/src/engine`.
    Words,
}

/// Why a job ended without an output.
#[derive(Debug, Clone, PartialEq, thiserror::Error, Serialize, Deserialize)]
pub enum JobError {
    /// The asker went away or asked for something newer. Never shown to a learner.
    #[error("cancelled")]
    Cancelled,
    /// The request cannot be carried out: a sentence that says what to change.
    #[error("{0}")]
    Invalid(String),
    /// The device or the worker failed: lost, out of memory, crashed.
    #[error("The engine stopped: {0}")]
    Device(String),
}
