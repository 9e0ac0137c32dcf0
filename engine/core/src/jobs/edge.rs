//! Writing with a model under budgets of memory and work, each token timed.

use crate::{
    edge::plan::Plan,
    job::{Home, Job},
};
use serde::{Deserialize, Serialize};

/// The most tokens of one run.
pub const MOST_TOKENS: usize = 400;

/// Writes with a model, if it fits, until its work is spent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunAtEdge {
    /// A model's file, as Glassbox keeps it.
    pub file: Vec<u8>,
    /// What it reads first.
    pub prompt: String,
    /// The most tokens it sees at once; at most its own context.
    pub context: usize,
    /// The most memory, in bytes: weights, keys and values, room to compute in.
    pub memory: u64,
    /// The most work, in floating-point operations, with the prompt's.
    pub work: u64,
    /// The most tokens to write.
    pub tokens: usize,
}

impl RunAtEdge {
    /// Whether this can be run.
    ///
    /// # Errors
    /// A sentence that says what to change.
    pub fn validate(&self) -> Result<(), String> {
        if self.context < 2 {
            return Err(format!("A context of {} is too short to write with; choose 2 at least.", self.context));
        }
        if !(1..=MOST_TOKENS).contains(&self.tokens) {
            return Err(format!("The number of tokens is {}; choose 1 to {MOST_TOKENS}.", self.tokens));
        }
        if self.prompt.is_empty() || self.prompt.len() > 2000 {
            return Err("The prompt is empty or longer than 2000 bytes. Write a shorter one.".into());
        }
        Ok(())
    }
}

/// What came of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EdgeReport {
    /// What it needed.
    pub plan: Plan,
    /// The context that it ran with.
    pub context: usize,
    /// Tokens of the prompt that were read at first.
    pub read: usize,
    /// How long reading them took, in milliseconds.
    pub read_ms: f64,
    /// How long each further token took, in milliseconds.
    pub token_ms: Vec<f64>,
    /// Floating-point operations in all, and those of the tokens in `token_ms` alone.
    pub work: [u64; 2],
    /// What was written.
    pub text: String,
    /// Whether it ended because the work was spent.
    pub spent: bool,
}

impl Job for RunAtEdge {
    const NAME: &'static str = "run-at-edge";
    const HOME: Home = Home::Plain;
    type Update = ();
    type Output = EdgeReport;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn impossible_runs_get_a_sentence() {
        let job = RunAtEdge { file: Vec::new(), prompt: "a".into(), context: 8, memory: 1, work: 1, tokens: 5 };
        assert_eq!(job.validate(), Ok(()));
        assert!(RunAtEdge { context: 1, ..job.clone() }.validate().unwrap_err().contains("2 at least"));
        assert!(RunAtEdge { tokens: 0, ..job.clone() }.validate().unwrap_err().contains("1 to 400"));
        assert!(RunAtEdge { prompt: String::new(), ..job }.validate().is_err());
    }
}
