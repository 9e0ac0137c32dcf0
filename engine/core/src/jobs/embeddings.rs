//! Learning a vector for each word of a text: word2vec or GloVe, with what is known so far sent all the while.

use super::train::MAX_TEXT;
use crate::{
    job::{Home, Job},
    word_vectors::skip_gram::Settings,
};
use serde::{Deserialize, Serialize};

/// How vectors are learned.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// word2vec's skip-gram with negative sampling: pairs as they come in the text, against pairs by chance.
    #[default]
    SkipGram,
    /// GloVe: pairs are counted first, then the counts' logarithms are matched.
    Glove,
}

/// Learns a vector for each frequent word of a text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LearnWords {
    /// What to learn from.
    pub text: String,
    /// How.
    pub method: Method,
    /// The most words that get a vector.
    pub vocabulary: usize,
    /// A word must occur so often to get one.
    pub min_count: u32,
    /// The farthest neighbour that counts, in words.
    pub window: usize,
    /// Numbers per word.
    pub dim: usize,
    /// Pairs drawn by chance for each pair that was seen; GloVe has none.
    pub negatives: usize,
    /// The length of the first step.
    pub learning_rate: f32,
    /// Pairs to learn from.
    pub steps: u64,
    /// Whether very frequent words are passed over now and then; GloVe weighs them instead.
    pub thin: bool,
    /// Fixes the first vectors and every draw.
    pub seed: u64,
    /// How many of the most frequent words stand on the map.
    pub mapped: usize,
}

impl LearnWords {
    /// Whether this can be learned.
    ///
    /// # Errors
    /// A sentence that says what to change.
    pub fn validate(&self) -> Result<(), String> {
        if self.text.trim().is_empty() {
            return Err("There is no text to learn from. Choose one, or paste your own.".into());
        }
        if self.text.len() > MAX_TEXT {
            return Err(format!("The text is longer than {} million bytes; shorten it.", MAX_TEXT / 1_000_000));
        }
        let whole = [
            ("The vocabulary", self.vocabulary, 2, 5_000),
            ("The window", self.window, 1, 10),
            ("The dimension", self.dim, 2, 128),
            ("The number of negatives", self.negatives, 1, 20),
        ];
        for (name, value, low, high) in whole {
            if !(low..=high).contains(&value) {
                return Err(format!("{name} is {value}; choose {low} to {high}."));
            }
        }
        if !(1_000..=20_000_000).contains(&self.steps) {
            return Err(format!("The number of steps is {}; choose 1,000 to 20,000,000.", self.steps));
        }
        if !(1e-4..=1.0).contains(&self.learning_rate) {
            return Err(format!("The learning rate is {}; choose 0.0001 to 1.", self.learning_rate));
        }
        Ok(())
    }

    /// What the numerics need to know of it.
    pub fn settings(&self) -> Settings {
        let Self { dim, window, negatives, learning_rate, steps, thin, seed, .. } = *self;
        Settings { dim, window, negatives, learning_rate, steps, thin, seed }
    }
}

/// What is known so far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Learning {
    /// The text is counted.
    Counted(Counted),
    /// The vectors have moved.
    Moved(Moved),
}

/// What counting a text gave.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Counted {
    /// The words that get a vector, the most frequent first.
    pub words: Vec<String>,
    /// How often each occurs.
    pub counts: Vec<u32>,
    /// How many different words the text has, with those that get no vector.
    pub distinct: usize,
    /// How many words it has in all.
    pub total: u64,
    /// For GloVe: pairs of words that stood near each other at least once.
    pub pairs: Option<usize>,
}

/// The vectors at one moment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Moved {
    /// Pairs learned from so far.
    pub step: u64,
    /// Times the text, or for GloVe the list of pairs, has been gone through.
    pub passes: u32,
    /// The mean loss of stretches of pairs since the last update: where each ended, and the mean.
    pub losses: Vec<(u64, f64)>,
    /// `[words, dim]`.
    pub vectors: Vec<f32>,
    /// A point on the map for each of the most frequent words, between -1 and 1.
    pub map: Vec<[f32; 2]>,
    /// The share of the variance that the map shows.
    pub shown: f32,
}

impl Job for LearnWords {
    const NAME: &'static str = "learn-words";
    const HOME: Home = Home::Plain;
    type Update = Learning;
    type Output = Moved;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn impossible_requests_get_a_sentence() {
        let job = LearnWords {
            text: "a b".into(),
            method: Method::SkipGram,
            vocabulary: 1_000,
            min_count: 1,
            window: 4,
            dim: 32,
            negatives: 5,
            learning_rate: 0.05,
            steps: 1_000,
            thin: true,
            seed: 1,
            mapped: 100,
        };
        assert_eq!(job.validate(), Ok(()));
        let says = |change: fn(&mut LearnWords), word: &str| {
            let mut job = job.clone();
            change(&mut job);
            let why = job.validate().unwrap_err();
            assert!(why.contains(word), "{why}");
        };
        says(|job| job.text = " \n".into(), "no text");
        says(|job| job.dim = 1, "The dimension is 1; choose 2 to 128.");
        says(|job| job.window = 0, "The window");
        says(|job| job.negatives = 99, "negatives");
        says(|job| job.vocabulary = 1, "The vocabulary");
        says(|job| job.steps = 1, "1,000 to 20,000,000");
        says(|job| job.learning_rate = f32::NAN, "learning rate");
        says(|job| job.text = "a".repeat(MAX_TEXT + 1), "shorten");
    }
}
