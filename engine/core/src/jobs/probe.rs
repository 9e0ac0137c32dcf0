//! How fast is this device? Measured, not guessed.

use crate::{config::GptConfig, job::Job};
use serde::{Deserialize, Serialize};

/// Times training steps of a model of this size on random data.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Probe {
    /// The model.
    pub config: GptConfig,
    /// Sequences per step.
    pub batch: usize,
    /// Stop after so many timed steps …
    pub steps: u32,
    /// … or after so many milliseconds, whichever comes first (at least one step is timed).
    pub budget_ms: f64,
}

/// What was measured.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Probed {
    /// Median over the timed steps.
    pub ms_per_step: f64,
    /// Training tokens per second at that pace.
    pub tokens_per_s: f64,
    /// How many steps were timed, after one that was not.
    pub steps: u32,
}

impl Job for Probe {
    const NAME: &'static str = "probe";
    type Update = ();
    type Output = Probed;
}
