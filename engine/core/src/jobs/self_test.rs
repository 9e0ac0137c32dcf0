//! Does this device compute what the reference computes?

use crate::job::Job;
use serde::{Deserialize, Serialize};

/// Runs a tiny GPT forward and backward on the device and compares with plain Rust.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SelfTest;

/// One comparison.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// What was compared.
    pub name: String,
    /// The largest difference, relative to the largest value.
    pub error: f32,
    /// The most that is allowed.
    pub tolerance: f32,
}

impl Check {
    /// Whether the device may be trusted with this.
    pub fn passed(&self) -> bool {
        // Written so that NaN fails.
        self.error <= self.tolerance
    }
}

impl Job for SelfTest {
    const NAME: &'static str = "self-test";
    type Update = ();
    type Output = Vec<Check>;
}
