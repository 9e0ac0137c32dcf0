//! Pruning a model of the learner's: what each share costs, what training it again gives back, what it saves.

use crate::{
    config::TrainConfig,
    job::{Home, Job},
    prune::{cut::What, storage::Bytes},
};
use serde::{Deserialize, Serialize};

/// Shares, in hundredths, that are cut from the model as it is, one after another, to see what each costs.
pub const SHARES: [u32; 9] = [10, 20, 30, 40, 50, 60, 70, 80, 90];
/// The most steps of training a model again.
pub const MOST_STEPS: u32 = 2_000;
/// The largest model, in parameters: training holds four times as many numbers.
pub const LARGEST: usize = 5_000_000;

/// Prunes a model, and trains what is left if that is asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PruneModel {
    /// The model's file: see [`crate::model_file`].
    pub file: Vec<u8>,
    /// The text it is trained on again; its last tenth measures the loss.
    pub text: String,
    /// How.
    pub plan: Plan,
    /// How many tokens each model writes; 0 writes nothing.
    pub tokens: u32,
    /// So many milliseconds are spent on measuring speed, about; 0 measures nothing.
    pub speed_ms: f64,
}

/// How a model is pruned.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// What is cut.
    pub what: What,
    /// The share of it that is gone in the end.
    pub share: f64,
    /// In how many rounds: each cuts a part, and is followed by its part of the training.
    pub rounds: u32,
    /// Steps of training in all; 0 only cuts.
    pub steps: u32,
    /// Sequences of a step.
    pub batch: usize,
    /// The peak learning rate of the training.
    pub learning_rate: f32,
    /// Fixes the batches and what is written.
    pub seed: u64,
}

impl Default for Plan {
    fn default() -> Self {
        Self { what: What::Global, share: 0.5, rounds: 1, steps: 40, batch: 8, learning_rate: 3e-4, seed: 1 }
    }
}

impl Plan {
    /// The share that is gone after a round, counted from 1. The first rounds cut more than the last: while there is
    /// much left, there is much that nobody misses (the cubic schedule of Zhu and Gupta 2017).
    pub fn share_after(&self, round: u32) -> f64 {
        let left = 1.0 - f64::from(round) / f64::from(self.rounds);
        self.share * (1.0 - left.powi(3))
    }

    /// Steps of training after a round, counted from 1: all rounds have as many, the last ones one more.
    pub fn steps_of(&self, round: u32) -> u32 {
        self.steps * round / self.rounds - self.steps * (round - 1) / self.rounds
    }

    /// The settings of the training, as the training lab has them.
    pub fn training(&self) -> TrainConfig {
        let Self { steps, batch, learning_rate, seed, .. } = *self;
        let warmup = (steps / 20).max(1);
        TrainConfig { batch, steps: steps.max(1), learning_rate, warmup, seed, ..TrainConfig::default() }
    }
}

impl PruneModel {
    /// Whether this can be done, as far as the settings tell.
    ///
    /// # Errors
    /// A sentence that says what to change.
    pub fn validate(&self) -> Result<(), String> {
        let Plan { share, rounds, steps, batch, learning_rate, .. } = self.plan;
        if !(0.0..=0.99).contains(&share) {
            return Err(format!("The share that is cut is {share}; choose 0 to 0.99."));
        }
        if !(1..=20).contains(&rounds) {
            return Err(format!("The number of rounds is {rounds}; choose 1 to 20."));
        }
        if steps > MOST_STEPS {
            return Err(format!("The number of steps is {steps}; choose at most {MOST_STEPS}."));
        }
        if !(1..=64).contains(&batch) {
            return Err(format!("The sequences of a step are {batch}; choose 1 to 64."));
        }
        if !(1e-6..=0.1).contains(&learning_rate) {
            return Err(format!("The learning rate is {learning_rate}; choose 0.000001 to 0.1."));
        }
        if self.tokens > 200 {
            return Err(format!("{} tokens are more than this lab writes; choose at most 200.", self.tokens));
        }
        if !(0.0..=10_000.0).contains(&self.speed_ms) {
            return Err("The time for measuring speed must be between 0 and 10,000 milliseconds.".into());
        }
        Ok(())
    }
}

/// The loss at a share that is gone.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Of the weights, heads or neurons.
    pub share: f64,
    /// On the validation part, nats per token.
    pub loss: f64,
}

/// How fast four forms of a model are on this device, in tokens per second: medians of rounds in which all took turns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Rates {
    /// As it was.
    pub whole: f64,
    /// Pruned, its zeros multiplied like other numbers.
    pub zeros: f64,
    /// Pruned, with sparse rows.
    pub sparse: f64,
    /// Pruned, without the heads and neurons that are gone.
    pub smaller: f64,
}

/// How fast a model's blocks are.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Speed {
    /// When a whole window is read at once.
    pub reading: Rates,
    /// When one token is read at a time.
    pub one: Rates,
    /// Tokens of a window.
    pub window: usize,
    /// How often each was measured.
    pub rounds: usize,
    /// What the kernels were built for.
    pub variant: String,
}

/// What a model takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// As it was, four bytes for each number.
    pub before: usize,
    /// Pruned, in each way to write it down; embeddings, norms and biases are counted as they are.
    pub after: Bytes,
    /// Pruned, in matrices from which heads and neurons that are gone were removed.
    pub smaller: usize,
}

/// What is known so far.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Numbers in the matrices that are pruned.
    pub prunable: usize,
    /// Numbers of the whole model.
    pub parameters: usize,
    /// Heads or neurons, where whole ones are cut; 0 where weights are.
    pub parts: usize,
    /// The model as it is, at several shares, without training.
    pub cut: Vec<Point>,
    /// After each round, before its training.
    pub rounds_cut: Vec<Point>,
    /// After each round and its training.
    pub rounds_trained: Vec<Point>,
    /// The model with nothing cut, trained with the same batches: what the training alone is worth.
    pub control: Option<f64>,
    /// The loss of each step on its batch, before the step.
    pub steps: Vec<f32>,
    /// The share of zeros in each matrix of the result.
    pub layers: Vec<(String, f64)>,
    /// Heads and neurons that are left in each block of the result.
    pub widths: Vec<(usize, usize)>,
    /// What it takes.
    pub taken: Option<Taken>,
    /// What the whole model writes, what it writes once cut, and what after training.
    pub written: Vec<String>,
    /// How fast it is.
    pub speed: Option<Speed>,
    /// The pruned model as a file with zeros.
    pub file: Option<Vec<u8>>,
}

impl Report {
    /// The loss of the whole model.
    pub fn whole(&self) -> Option<f64> {
        self.cut.iter().find(|point| point.share == 0.0).map(|point| point.loss)
    }

    /// The loss in the end, with training where there was some.
    pub fn last(&self) -> Option<f64> {
        self.rounds_trained.last().or(self.rounds_cut.last()).map(|point| point.loss)
    }
}

impl Job for PruneModel {
    const NAME: &'static str = "prune-model";
    const HOME: Home = Home::Plain;
    type Update = Report;
    type Output = Report;
}

/// Measures one layer `[inputs, 4 · inputs]` with more and more of it gone.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SparseTimes {
    /// Inputs of the layer.
    pub inputs: usize,
    /// Tokens that go through it at once.
    pub tokens: usize,
    /// So many milliseconds are spent on each share, about.
    pub ms: f64,
    /// Fixes the numbers.
    pub seed: u64,
}

impl SparseTimes {
    /// Whether this can be measured.
    ///
    /// # Errors
    /// A sentence that says what to change.
    pub fn validate(&self) -> Result<(), String> {
        if !(8..=1024).contains(&self.inputs) {
            return Err(format!("The layer has {} inputs; choose 8 to 1,024.", self.inputs));
        }
        if !(1..=256).contains(&self.tokens) {
            return Err(format!("{} tokens are asked for; choose 1 to 256.", self.tokens));
        }
        if !(1.0..=2_000.0).contains(&self.ms) {
            return Err("The time for each share must be between 1 and 2,000 milliseconds.".into());
        }
        Ok(())
    }
}

/// One share of [`SparseTimes`]: medians, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Timed {
    /// Of the weights that are gone.
    pub share: f64,
    /// The dense kernel, zeros and all.
    pub dense_us: f64,
    /// The sparse kernel.
    pub sparse_us: f64,
    /// The dense kernel on a matrix from which that share of the outputs was removed.
    pub smaller_us: f64,
}

impl Job for SparseTimes {
    const NAME: &'static str = "sparse-times";
    const HOME: Home = Home::Plain;
    type Update = Vec<Timed>;
    type Output = Vec<Timed>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_end_at_the_share_and_use_every_step() {
        for rounds in 1..8 {
            let plan = Plan { rounds, steps: 41, share: 0.8, ..Plan::default() };
            let shares: Vec<f64> = (1..=rounds).map(|round| plan.share_after(round)).collect();
            assert_eq!(shares.last(), Some(&0.8));
            assert!(shares.windows(2).all(|pair| pair[0] < pair[1]));
            assert_eq!((1..=rounds).map(|round| plan.steps_of(round)).sum::<u32>(), 41);
        }
        let halves = Plan { rounds: 2, share: 0.8, ..Plan::default() };
        assert!((halves.share_after(1) - 0.7).abs() < 1e-12, "seven eighths of it in the first half");
        assert_eq!(Plan::default().training().validate(), Ok(()));
    }

    #[test]
    fn impossible_requests_get_a_sentence() {
        let job = PruneModel { file: vec![], text: String::new(), plan: Plan::default(), tokens: 60, speed_ms: 400.0 };
        assert_eq!(job.validate(), Ok(()));
        let says = |change: fn(&mut PruneModel), word: &str| {
            let mut job = job.clone();
            change(&mut job);
            let why = job.validate().unwrap_err();
            assert!(why.contains(word) && why.ends_with('.'), "{why}");
        };
        says(|job| job.plan.share = 1.0, "0 to 0.99");
        says(|job| job.plan.share = f64::NAN, "NaN");
        says(|job| job.plan.rounds = 0, "1 to 20");
        says(|job| job.plan.steps = 1 << 20, "at most 2000");
        says(|job| job.plan.batch = 0, "1 to 64");
        says(|job| job.plan.learning_rate = 0.0, "learning rate");
        says(|job| job.tokens = 201, "at most 200");
        says(|job| job.speed_ms = -1.0, "measuring speed");
        let times = SparseTimes { inputs: 128, tokens: 64, ms: 50.0, seed: 1 };
        assert_eq!(times.validate(), Ok(()));
        assert!(SparseTimes { inputs: 2000, ..times }.validate().unwrap_err().contains("8 to 1,024"));
        assert!(SparseTimes { tokens: 0, ..times }.validate().unwrap_err().contains("1 to 256"));
        assert!(SparseTimes { ms: f64::NAN, ..times }.validate().unwrap_err().contains("milliseconds"));
    }

    #[test]
    fn keys_are_the_names_that_links_write() {
        let written = serde_json::to_string(&What::ALL).unwrap();
        assert_eq!(written, format!("{:?}", What::ALL.map(What::key)).replace(", ", ","));
    }
}
