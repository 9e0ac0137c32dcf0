//! Scoring a compressed model: how many times smaller, and how many nats worse, both found anew on this device.

use crate::compress::Format;
use crate::job::{Home, Job};
use serde::{Deserialize, Serialize};

/// The least ratio that the project asks for.
pub const RATIO: f64 = 4.0;
/// The most nats per token that may be lost.
pub const MOST_LOST: f64 = 0.05;

/// Compares a model with what was made of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScoreCompression {
    /// The model as it was, a file: see [`crate::model_file`].
    pub original: Vec<u8>,
    /// What was made of it, such as a pruned model or a student; none if it is the same.
    pub made: Option<Vec<u8>>,
    /// This share of the block's smallest weights is cut as well, without training.
    pub cut: f64,
    /// How the numbers are written down.
    pub format: Format,
    /// The text whose last tenth measures both.
    pub text: String,
}

impl ScoreCompression {
    /// Whether this can be scored, as far as the settings tell.
    ///
    /// # Errors
    /// A sentence that says what to change.
    pub fn validate(&self) -> Result<(), String> {
        if !(0.0..=0.99).contains(&self.cut) {
            return Err(format!("The share that is cut is {}; choose 0 to 0.99.", self.cut));
        }
        self.format.validate()
    }
}

/// What was found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// Bytes of the original, four for each number.
    pub before: usize,
    /// Bytes of what was made of it: its numbers, scales and places.
    pub after: usize,
    /// The original's loss, nats per token.
    pub original: f64,
    /// The other's, as far as it is measured: nats per token.
    pub compressed: f64,
    /// The standard error of their difference, from one window to another: both read the same text.
    pub error: f64,
    /// Windows that both have read so far.
    pub windows: usize,
    /// Tokens of them.
    pub tokens: usize,
}

impl Score {
    /// How many times smaller.
    pub fn ratio(&self) -> f64 {
        self.before as f64 / self.after as f64
    }

    /// How much worse, in nats per token; less than nothing if it is better.
    pub fn lost(&self) -> f64 {
        self.compressed - self.original
    }

    /// Whether the project is done.
    pub fn passes(&self) -> bool {
        self.ratio() >= RATIO && self.lost() <= MOST_LOST
    }
}

impl Job for ScoreCompression {
    const NAME: &'static str = "score-compression";
    const HOME: Home = Home::Plain;
    type Update = Score;
    type Output = Score;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_limits_count() {
        let score = Score { before: 400, after: 100, original: 2.0, compressed: 2.05, ..Score::default() };
        assert!((score.lost() - 0.05).abs() < 1e-12 && score.ratio() == 4.0);
        assert!(Score { compressed: 2.04, ..score }.passes());
        assert!(!Score { compressed: 2.06, ..score }.passes());
        assert!(!Score { after: 101, compressed: 2.0, ..score }.passes());
    }

    #[test]
    fn impossible_requests_get_a_sentence() {
        let job =
            ScoreCompression { original: vec![], made: None, cut: 0.0, format: Format::Int4(32), text: String::new() };
        assert_eq!(job.validate(), Ok(()));
        assert!(ScoreCompression { cut: 1.0, ..job.clone() }.validate().unwrap_err().contains("0 to 0.99"));
        assert!(ScoreCompression { format: Format::Int4(0), ..job }.validate().unwrap_err().contains("at least 1"));
    }
}
