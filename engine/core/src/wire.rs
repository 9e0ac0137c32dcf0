//! The messages between page and worker: a closed set. Adding a job adds no message.

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::string_slice))]
#![cfg_attr(not(test), deny(clippy::panic, clippy::unreachable, clippy::todo, clippy::arithmetic_side_effects))]
#![cfg_attr(not(test), deny(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_possible_wrap))]

use crate::job::{Job, JobError};
use serde::{Deserialize, Serialize};

/// Identifies one run of one job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RunId(pub u64);

/// The name given to a worker that takes over from one whose WebGPU device was lost. The device has
/// passed its self-test on this adapter in this visit, so the worker starts without another.
pub const AFTER_LOSS: &str = "after a loss";

/// Page to worker.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub enum ToWorker {
    /// Begin a run.
    Start {
        /// Chosen by the page.
        run: RunId,
        /// [`Job::NAME`].
        job: String,
        /// The encoded job.
        body: Vec<u8>,
    },
    /// Stop a run at its next checkpoint.
    Cancel {
        /// Which run.
        run: RunId,
    },
    /// Are you alive? Answered with [`FromWorker::Pong`] at the next checkpoint.
    Ping {
        /// Sent back unchanged.
        beat: u32,
    },
}

/// Worker to page.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub enum FromWorker {
    /// The device is open and passed its self-test; the page may send what it has queued.
    Ready {
        /// Must equal the page's own; a mismatch means that a reload is due.
        build: String,
        /// As shown to the learner: "CPU, relaxed SIMD" or "WebGPU (adapter name)".
        device: String,
    },
    /// The device could not be opened, computes wrongly or was lost; this worker is of no use.
    Unavailable {
        /// One sentence for the learner.
        why: String,
    },
    /// Encoded [`Job::Update`].
    Update {
        /// Which run.
        run: RunId,
        /// Encoded.
        body: Vec<u8>,
    },
    /// Encoded [`Job::Output`].
    Done {
        /// Which run.
        run: RunId,
        /// Encoded.
        body: Vec<u8>,
    },
    /// The run ended early.
    Failed {
        /// Which run.
        run: RunId,
        /// Why.
        error: JobError,
    },
    /// The answer to [`ToWorker::Ping`].
    Pong {
        /// As received.
        beat: u32,
    },
    /// The program panicked: its memory can no longer be trusted and it must be replaced.
    Panicked {
        /// What the panic said and where.
        message: String,
    },
}

impl ToWorker {
    /// Wraps a job for sending.
    pub fn start<J: Job>(run: RunId, job: &J) -> Self {
        Self::Start { run, job: J::NAME.to_owned(), body: encode(job) }
    }
}

/// Encodes a message, job, update or output.
#[expect(clippy::expect_used, reason = "what is encoded was made here, and is no message from outside")]
pub fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    postcard::to_stdvec(value).expect("messages are plain data, which postcard always encodes")
}

/// Decodes what [`encode`] made.
///
/// # Errors
/// A sentence, where the bytes are not a `T`: page and worker are of different builds.
pub fn decode<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    postcard::from_bytes(bytes).map_err(|e| format!("A message could not be read ({e}). Reload the page."))
}
