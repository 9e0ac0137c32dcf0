//! word2vec's skip-gram with negative sampling (Mikolov et al. 2013, arXiv:1310.4546).
//!
//! Each word has two vectors: one for when it stands in the middle, one for when it is a neighbour. A step takes a
//! pair that was really seen and a few pairs that were drawn by chance, and learns to tell them apart.

use crate::rng::{Rng, Stream};

/// What fixes a training run, apart from the text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// Numbers per word.
    pub dim: usize,
    /// The farthest neighbour that counts, in words.
    pub window: usize,
    /// Pairs drawn by chance for each pair that was seen.
    pub negatives: usize,
    /// The length of the first step; it falls evenly to nearly nothing.
    pub learning_rate: f32,
    /// Pairs to learn from.
    pub steps: u64,
    /// Whether very frequent words are passed over now and then.
    pub thin: bool,
    /// Fixes the first vectors and every draw.
    pub seed: u64,
}

/// Above this share of a text, a word is passed over now and then (the paper's *t*).
const FREQUENT: f64 = 1e-3;

// ANCHOR: step
/// One step: the pair that was seen moves together, the pairs drawn by chance move apart.
///
/// `centre` is the middle word's vector, `others` the vectors of the true neighbour (first) and of the words
/// drawn by chance. Answers the loss before the step.
pub fn step(centre: &mut [f32], others: &mut [&mut [f32]], learning_rate: f32) -> f32 {
    let mut loss = 0.0;
    let mut pull = vec![0.0; centre.len()];
    for (place, other) in others.iter_mut().enumerate() {
        let label = if place == 0 { 1.0 } else { 0.0 };
        let score: f32 = centre.iter().zip(other.iter()).map(|(a, b)| a * b).sum();
        let guess = sigmoid(score);
        let right = if place == 0 { guess } else { 1.0 - guess };
        loss -= libm::logf(right.max(TINY));
        let error = guess - label; // the slope of the loss with respect to the score
        for ((pull, other), centre) in pull.iter_mut().zip(other.iter_mut()).zip(centre.iter()) {
            *pull += error * *other;
            *other -= learning_rate * error * centre;
        }
    }
    for (centre, pull) in centre.iter_mut().zip(pull) {
        *centre -= learning_rate * pull;
    }
    loss
}

/// Squeezes any number into a probability.
fn sigmoid(score: f32) -> f32 {
    1.0 / (1.0 + libm::expf(-score))
}
// ANCHOR_END: step

/// Keeps a logarithm finite.
const TINY: f32 = 1e-7;

/// A training run that can be carried on a little at a time.
pub struct SkipGram {
    settings: Settings,
    sentences: Vec<Vec<u32>>,
    /// `[words, dim]`: the vectors that are kept in the end.
    centres: Vec<f32>,
    /// `[words, dim]`: the vectors of words as neighbours.
    neighbours: Vec<f32>,
    /// For each word, the share of all draws that fall on it or on an earlier one.
    chances: Vec<f64>,
    /// For each word, how likely it is to be kept.
    keep: Vec<f64>,
    walk: Walk,
    done: u64,
    scratch: Vec<Vec<f32>>,
}

/// Where in the text the run is.
struct Walk {
    rng: Rng,
    pass: u32,
    sentence: usize,
    /// The sentence without the words that are passed over.
    thinned: Vec<u32>,
    middle: usize,
    /// Pairs of the middle word that are still to come.
    pairs: Vec<(u32, u32)>,
}

impl SkipGram {
    /// A run that has learned nothing yet. `counts` has one number per word; sentences hold only such words.
    pub fn new(settings: Settings, counts: &[u32], sentences: Vec<Vec<u32>>) -> Self {
        let mut rng = Rng::new(settings.seed, Stream::Init);
        let first = |rng: &mut Rng| ((rng.uniform() - 0.5) / settings.dim as f64) as f32;
        let centres = (0..counts.len() * settings.dim).map(|_| first(&mut rng)).collect();
        let weights = counts.iter().map(|count| libm::pow(f64::from(*count), 0.75));
        let all: f64 = weights.clone().sum();
        let chances = weights.scan(0.0, |sum, weight| {
            *sum += weight / all;
            Some(*sum)
        });
        let total: f64 = counts.iter().map(|count| f64::from(*count)).sum();
        let keep = counts.iter().map(|count| {
            let share = f64::from(*count) / total;
            if settings.thin { (libm::sqrt(share / FREQUENT) + 1.0) * FREQUENT / share } else { 1.0 }
        });
        Self {
            settings,
            centres,
            neighbours: vec![0.0; counts.len() * settings.dim],
            chances: chances.collect(),
            keep: keep.collect(),
            walk: Walk::new(settings.seed, 0),
            sentences,
            done: 0,
            scratch: vec![vec![0.0; settings.dim]; settings.negatives + 1],
        }
    }

    /// Whether any window holds two words at all.
    pub fn can_learn(&self) -> bool {
        self.sentences.iter().any(|sentence| sentence.len() > 1)
    }

    /// Pairs learned from so far.
    pub fn done(&self) -> u64 {
        self.done
    }

    /// `[words, dim]`: the vectors as they are now.
    pub fn vectors(&self) -> Vec<f32> {
        self.centres.clone()
    }

    /// Times the whole text has been read.
    pub fn passes(&self) -> u32 {
        self.walk.pass
    }

    /// Learns from the next `pairs` pairs, or from fewer where the run ends; answers the mean loss of those.
    pub fn learn(&mut self, pairs: u64) -> f64 {
        let pairs = pairs.min(self.settings.steps - self.done);
        let mut loss = 0.0;
        for _ in 0..pairs {
            let (centre, neighbour) = self.next_pair();
            loss += f64::from(self.learn_pair(centre, neighbour));
            self.done += 1;
        }
        loss / pairs.max(1) as f64
    }

    fn learn_pair(&mut self, centre: u32, neighbour: u32) -> f32 {
        let Settings { dim, negatives, learning_rate, steps, .. } = self.settings;
        let left = 1.0 - self.done as f32 / steps as f32;
        let rate = learning_rate * left.max(1e-4);
        let mut ids = vec![neighbour];
        for _ in 0..negatives {
            let draw = self.walk.rng.uniform();
            let id = self.chances.partition_point(|sum| *sum <= draw).min(self.chances.len() - 1) as u32;
            // Drawn by chance, but true: it teaches nothing to push a pair apart that belongs together.
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        let row = |id: u32| id as usize * dim..(id as usize + 1) * dim;
        for (copy, id) in self.scratch.iter_mut().zip(&ids) {
            copy.copy_from_slice(&self.neighbours[row(*id)]);
        }
        let mut others: Vec<&mut [f32]> = self.scratch.iter_mut().take(ids.len()).map(Vec::as_mut_slice).collect();
        let loss = step(&mut self.centres[row(centre)], &mut others, rate);
        for (copy, id) in self.scratch.iter().zip(&ids) {
            self.neighbours[row(*id)].copy_from_slice(copy);
        }
        loss
    }

    /// The next pair of middle word and neighbour; the text starts over at its end.
    fn next_pair(&mut self) -> (u32, u32) {
        loop {
            if let Some(pair) = self.walk.pairs.pop() {
                return pair;
            }
            self.walk.advance(&self.sentences, &self.keep, &self.settings);
        }
    }
}

impl Walk {
    fn new(seed: u64, pass: u32) -> Self {
        let rng = Rng::new(seed, Stream::Batch(pass));
        Self { rng, pass, sentence: 0, thinned: Vec::new(), middle: 0, pairs: Vec::new() }
    }

    /// Goes on to the next middle word and gathers its pairs.
    fn advance(&mut self, sentences: &[Vec<u32>], keep: &[f64], settings: &Settings) {
        if self.middle >= self.thinned.len() {
            if self.sentence >= sentences.len() {
                *self = Self::new(settings.seed, self.pass + 1);
            }
            let kept = |id: &u32| self.rng.uniform() < keep[*id as usize];
            self.thinned = sentences.get(self.sentence).into_iter().flatten().copied().filter(kept).collect();
            self.sentence += 1;
            self.middle = 0;
            return;
        }
        // A window of random width counts near neighbours more often than far ones.
        let reach = 1 + self.rng.below(settings.window);
        let (from, to) = (self.middle.saturating_sub(reach), (self.middle + reach + 1).min(self.thinned.len()));
        let centre = self.thinned[self.middle];
        self.pairs.extend((from..to).filter(|at| *at != self.middle).map(|at| (centre, self.thinned[at])));
        self.middle += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::word_vectors::space::cosine;

    /// The same loss in double precision, by the formula of the paper.
    fn loss(centre: &[f64], others: &[Vec<f64>]) -> f64 {
        let score = |other: &[f64]| centre.iter().zip(other).map(|(a, b)| a * b).sum::<f64>();
        let sigmoid = |x: f64| 1.0 / (1.0 + (-x).exp());
        let first = -sigmoid(score(&others[0])).ln();
        first - others[1..].iter().map(|other| sigmoid(-score(other)).ln()).sum::<f64>()
    }

    #[test]
    fn a_step_goes_down_the_gradient_that_finite_differences_find() {
        let mut rng = Rng::new(5, Stream::Init);
        let mut vector = || (0..7).map(|_| rng.normal()).collect::<Vec<f32>>();
        let (mut centre, mut others) = (vector(), vec![vector(), vector(), vector()]);
        let wide = |row: &[f32]| row.iter().map(|x| f64::from(*x)).collect::<Vec<f64>>();
        let before: Vec<Vec<f64>> = std::iter::once(&centre).chain(&others).map(|row| wide(row)).collect();
        let rate = 1e-3;
        let mut refs: Vec<&mut [f32]> = others.iter_mut().map(Vec::as_mut_slice).collect();
        let found = step(&mut centre, &mut refs, rate);
        assert!((f64::from(found) - loss(&before[0], &before[1..])).abs() < 1e-5);
        let after: Vec<Vec<f64>> = std::iter::once(&centre).chain(&others).map(|row| wide(row)).collect();
        for row in 0..4 {
            for column in 0..7 {
                let nudged = |by: f64| {
                    let mut rows = before.clone();
                    rows[row][column] += by;
                    loss(&rows[0], &rows[1..])
                };
                let slope = (nudged(1e-6) - nudged(-1e-6)) / 2e-6;
                let moved = (before[row][column] - after[row][column]) / f64::from(rate);
                // The step is taken in single precision: a thousandth of it is a few bits of the vector.
                assert!((slope - moved).abs() < 1e-3, "row {row}, column {column}: {slope} against {moved}");
            }
        }
    }

    /// "a x b" and "a y b" alike, "c z d" apart.
    fn interchangeable() -> (Vec<u32>, Vec<Vec<u32>>) {
        let (a, x, b, y, c, z, d) = (0, 1, 2, 3, 4, 5, 6);
        let block = [vec![a, x, b], vec![a, y, b], vec![c, z, d], vec![c, z, d]];
        (vec![2, 1, 2, 1, 2, 2, 2], block.iter().cycle().take(400).cloned().collect())
    }

    const SETTINGS: Settings =
        Settings { dim: 8, window: 2, negatives: 3, learning_rate: 0.1, steps: 20_000, thin: false, seed: 3 };

    #[test]
    fn words_that_stand_in_the_same_places_end_up_together() {
        let (counts, sentences) = interchangeable();
        let mut run = SkipGram::new(SETTINGS, &counts, sentences);
        let first = run.learn(1);
        assert!((first - 4.0 * std::f64::consts::LN_2).abs() < 0.7, "a coin is tossed for each pair at first: {first}");
        let last = run.learn(u64::MAX);
        assert_eq!(run.done(), 20_000);
        assert!(last < first);
        let vectors = run.vectors();
        let row = |id: usize| &vectors[id * 8..(id + 1) * 8];
        let (same, other) = (cosine(row(1), row(3)), cosine(row(1), row(5)));
        assert!(same > 0.95 && other < 0.6, "x and y {same}, x and z {other}");
    }

    #[test]
    fn a_seed_fixes_every_bit_and_pieces_make_no_difference() {
        let (counts, sentences) = interchangeable();
        let whole = |seed, piece| {
            let settings = Settings { seed, steps: 3_000, thin: true, ..SETTINGS };
            let mut run = SkipGram::new(settings, &counts, sentences.clone());
            while run.done() < 3_000 {
                run.learn(piece);
            }
            run.vectors()
        };
        assert_eq!(whole(1, 7), whole(1, 3_000));
        assert_ne!(whole(1, 7), whole(2, 7));
    }

    #[test]
    fn single_words_teach_nothing() {
        assert!(!SkipGram::new(SETTINGS, &[2], vec![vec![0], vec![0]]).can_learn());
    }
}
