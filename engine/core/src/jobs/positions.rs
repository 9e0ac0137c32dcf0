//! Training the same small model under one of the schemes that tell it where tokens stand.

use crate::{
    job::{Home, Job},
    positions::{
        Scheme,
        task::Task,
        training::{Glance, Kept, POINTS, Setup},
    },
};
use serde::{Deserialize, Serialize};

/// Trains the small model under one scheme.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrainPositions {
    /// How the model is told where a token stands.
    pub scheme: Scheme,
    /// All else.
    pub setup: Setup,
    /// A run of the same setup to go on with.
    pub from: Option<Kept>,
}

impl Default for TrainPositions {
    fn default() -> Self {
        let (tokens, layers, steps) = (16, 1, 600);
        let setup = Setup { task: Task::LookBack, tokens, layers, steps, learning_rate: 5e-3, base: 10_000.0, seed: 1 };
        Self { scheme: Scheme::default(), setup, from: None }
    }
}

impl TrainPositions {
    /// Whether this can be trained.
    ///
    /// # Errors
    /// A sentence that says what to change.
    pub fn validate(&self) -> Result<(), String> {
        let Setup { tokens, layers, steps, learning_rate, base, .. } = self.setup;
        let whole = [
            ("The length of a text", tokens, 6, 32),
            ("The number of layers", layers, 1, 2),
            ("The number of steps", steps as usize, POINTS as usize, 5_000),
        ];
        for (name, value, low, high) in whole {
            if !(low..=high).contains(&value) {
                return Err(format!("{name} is {value}; choose {low} to {high}."));
            }
        }
        if tokens % 2 == 1 {
            return Err(format!("The length of a text is {tokens}; choose an even number, so that it has a middle."));
        }
        if !(1e-5..=0.1).contains(&learning_rate) {
            return Err(format!("The learning rate is {learning_rate}; choose 0.00001 to 0.1."));
        }
        if !(2.0..=1e6).contains(&base) {
            return Err(format!("The base of the wavelengths is {base}; choose 2 to 1,000,000."));
        }
        Ok(())
    }
}

/// A run as it stands.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// The curve, and all that is needed to go on.
    pub kept: Kept,
    /// A closer look at the model.
    pub glance: Glance,
    /// The share of tokens that a model blind to order has right on average at best.
    pub blind: f64,
}

impl Job for TrainPositions {
    const NAME: &'static str = "train-positions";
    const HOME: Home = Home::Plain;
    type Update = Standing;
    type Output = Standing;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn impossible_requests_get_a_sentence() {
        assert_eq!(TrainPositions::default().validate(), Ok(()));
        let says = |change: fn(&mut Setup), word: &str| {
            let mut job = TrainPositions::default();
            change(&mut job.setup);
            let why = job.validate().unwrap_err();
            assert!(why.contains(word), "{why}");
        };
        says(|s| s.tokens = 4, "6 to 32");
        says(|s| s.tokens = 9, "even number");
        says(|s| s.layers = 3, "1 to 2");
        says(|s| s.steps = 10, "40 to 5000");
        says(|s| s.learning_rate = f32::NAN, "NaN");
        says(|s| s.base = 1.0, "base");
    }
}
