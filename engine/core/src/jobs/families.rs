//! Training a small model of a family, and asking it.

use crate::{
    families::{
        Family,
        ask::{self, Answer},
        training::{Kept, POINTS, Setup},
    },
    job::{Home, Job},
};
use serde::{Deserialize, Serialize};

/// Trains a small model of one family.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrainFamily {
    /// Which.
    pub family: Family,
    /// All else.
    pub setup: Setup,
    /// A run of the same setup to go on with.
    pub from: Option<Kept>,
}

impl Default for TrainFamily {
    fn default() -> Self {
        let setup = Setup { layers: 2, steps: 600, learning_rate: 5e-3, seed: 1 };
        Self { family: Family::default(), setup, from: None }
    }
}

/// Whether a model can be trained so.
///
/// # Errors
/// A sentence that says what to change.
fn validate(setup: Setup) -> Result<(), String> {
    let Setup { layers, steps, learning_rate, .. } = setup;
    for (name, value, low, high) in
        [("The number of layers", layers, 1, 3), ("The number of steps", steps as usize, POINTS as usize, 5_000)]
    {
        if !(low..=high).contains(&value) {
            return Err(format!("{name} is {value}; choose {low} to {high}."));
        }
    }
    if !(1e-5..=0.1).contains(&learning_rate) {
        return Err(format!("The learning rate is {learning_rate}; choose 0.00001 to 0.1."));
    }
    Ok(())
}

impl TrainFamily {
    /// Whether this can be trained.
    ///
    /// # Errors
    /// A sentence that says what to change.
    pub fn validate(&self) -> Result<(), String> {
        validate(self.setup)
    }
}

impl Job for TrainFamily {
    const NAME: &'static str = "train-family";
    const HOME: Home = Home::Plain;
    type Update = Kept;
    type Output = Kept;
}

/// Asks a trained model about a sentence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AskFamily {
    /// Of which family the model is.
    pub family: Family,
    /// How it was trained.
    pub setup: Setup,
    /// Its numbers.
    pub params: Vec<f32>,
    /// Numbers of words, as [`crate::families::language::read`] gives them.
    pub words: Vec<usize>,
}

impl AskFamily {
    /// Whether this can be answered.
    ///
    /// # Errors
    /// A sentence that says what to change.
    pub fn validate(&self) -> Result<(), String> {
        validate(self.setup)?;
        ask::validate(self.family, &self.words)
    }
}

impl Job for AskFamily {
    const NAME: &'static str = "ask-family";
    const HOME: Home = Home::Plain;
    type Update = ();
    type Output = Answer;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn impossible_requests_get_a_sentence() {
        assert_eq!(TrainFamily::default().validate(), Ok(()));
        let says = |change: fn(&mut Setup), word: &str| {
            let mut job = TrainFamily::default();
            change(&mut job.setup);
            let why = job.validate().unwrap_err();
            assert!(why.contains(word), "{why}");
        };
        says(|s| s.layers = 0, "1 to 3");
        says(|s| s.steps = 10, "20 to 5000");
        says(|s| s.learning_rate = f32::NAN, "NaN");
        let TrainFamily { family, setup, .. } = TrainFamily::default();
        let ask = AskFamily { family, setup, params: Vec::new(), words: Vec::new() };
        assert!(ask.validate().unwrap_err().contains("0 words"));
    }
}
