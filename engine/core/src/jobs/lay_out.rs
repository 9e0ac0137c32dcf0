//! Laying word vectors out on a flat map by t-SNE, with the map as it is so far sent all the while.

use crate::job::{Home, Job};
use serde::{Deserialize, Serialize};

/// The most points of one map: every pair counts at every step.
pub const MOST: usize = 500;
/// The fewest: with fewer no perplexity is worth the name.
pub const FEWEST: usize = 7;

/// The largest perplexity for so many points: a third of the others.
pub fn most_perplexity(points: usize) -> usize {
    points.saturating_sub(1) / 3
}

/// Lays vectors out on a plane.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LayOut {
    /// `[points, dim]`; only their directions count.
    pub vectors: Vec<f32>,
    /// Numbers per point.
    pub dim: usize,
    /// `[points]`: where each begins, between -1 and 1.
    pub start: Vec<[f32; 2]>,
    /// How many neighbours each point looks at, more or less.
    pub perplexity: f32,
    /// Steps.
    pub iterations: u32,
    /// Fixes by how much each begins off its place.
    pub seed: u64,
}

impl LayOut {
    /// Whether this can be laid out.
    ///
    /// # Errors
    /// A sentence that says what to change.
    pub fn validate(&self) -> Result<(), String> {
        let points = self.start.len();
        if self.dim == 0 || self.vectors.len() != points * self.dim {
            return Err(format!("{points} words do not fit {} numbers of {} each.", self.vectors.len(), self.dim));
        }
        if !(FEWEST..=MOST).contains(&points) {
            return Err(format!("A map by t-SNE takes {FEWEST} to {MOST} words; there are {points}."));
        }
        if !self.vectors.iter().chain(self.start.as_flattened()).all(|x| x.is_finite()) {
            return Err(
                "Some numbers of the vectors are no numbers: learn them anew, with a lower learning rate.".into()
            );
        }
        let most = most_perplexity(points);
        if !(2.0..=most as f32).contains(&self.perplexity) {
            return Err(format!("The perplexity is {}; with {points} words choose 2 to {most}.", self.perplexity));
        }
        if !(1..=5_000).contains(&self.iterations) {
            return Err(format!("The number of iterations is {}; choose 1 to 5,000.", self.iterations));
        }
        Ok(())
    }
}

/// The map at one moment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Laid {
    /// Steps done.
    pub iteration: u32,
    /// Its Kullback-Leibler divergence from the vectors, in nats.
    pub divergence: f32,
    /// The share of each point's nearest neighbours that are its nearest on the map too.
    pub kept: f32,
    /// `[points]`, between -1 and 1.
    pub map: Vec<[f32; 2]>,
}

impl Job for LayOut {
    const NAME: &'static str = "lay-out";
    const HOME: Home = Home::Plain;
    type Update = Laid;
    type Output = Laid;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn impossible_maps_get_a_sentence() {
        let job = LayOut {
            vectors: vec![0.5; 40],
            dim: 4,
            start: vec![[0.0; 2]; 10],
            perplexity: 3.0,
            iterations: 100,
            seed: 1,
        };
        assert_eq!(job.validate(), Ok(()));
        let says = |change: fn(&mut LayOut), word: &str| {
            let mut job = job.clone();
            change(&mut job);
            let why = job.validate().unwrap_err();
            assert!(why.contains(word), "{why}");
        };
        says(|job| job.perplexity = 4.0, "The perplexity is 4; with 10 words choose 2 to 3.");
        says(|job| job.perplexity = f32::NAN, "perplexity");
        says(|job| job.dim = 0, "do not fit");
        says(|job| job.vectors[3] = f32::INFINITY, "learning rate");
        says(|job| job.iterations = 0, "choose 1 to 5,000");
        says(|job| (job.start, job.vectors) = (vec![[0.0; 2]; 6], vec![0.5; 24]), "7 to 500 words; there are 6");
        says(|job| (job.start, job.vectors) = (vec![[0.0; 2]; 501], vec![0.5; 2_004]), "there are 501");
    }
}
