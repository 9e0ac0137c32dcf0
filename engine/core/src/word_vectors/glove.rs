//! GloVe (Pennington, Socher, Manning 2014): count first which words stand near which, then find vectors whose dot
//! products are the logarithms of those counts.

use super::skip_gram::Settings;
use crate::rng::{Rng, Stream};
use std::collections::HashMap;

/// How often each word stands near each other one. A neighbour `n` words away counts `1/n`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Together(HashMap<(u32, u32), f32>);

impl Together {
    /// Counts one more sentence, both ways round.
    pub fn add(&mut self, sentence: &[u32], window: usize) {
        for (at, word) in sentence.iter().enumerate() {
            let from = at.saturating_sub(window);
            for (before, other) in sentence.iter().enumerate().take(at).skip(from) {
                let share = 1.0 / (at - before) as f32;
                *self.0.entry((*word, *other)).or_default() += share;
                *self.0.entry((*other, *word)).or_default() += share;
            }
        }
    }

    /// Pairs that were seen at all.
    pub fn pairs(&self) -> usize {
        self.0.len()
    }

    /// The count of one pair.
    pub fn count(&self, word: u32, other: u32) -> f32 {
        self.0.get(&(word, other)).copied().unwrap_or_default()
    }

    /// Every pair that was seen, in the order of its words, so that the same text gives the same order.
    fn sorted(self) -> Vec<Cell> {
        let mut cells: Vec<Cell> =
            self.0.into_iter().map(|((word, other), count)| Cell { word, other, count }).collect();
        cells.sort_unstable_by_key(|cell| (cell.word, cell.other));
        cells
    }
}

/// A pair that was seen, with its count.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Cell {
    word: u32,
    other: u32,
    count: f32,
}

/// A pair seen so often counts fully. The paper has 100 for texts of a billion words; ours are a thousandth of that.
pub const FULL_WEIGHT: f32 = 10.0;

// ANCHOR: weight
/// How much a pair's error counts: rare pairs are noise, and very frequent ones must not drown the rest.
pub fn weight(count: f32) -> f32 {
    libm::powf(count / FULL_WEIGHT, 0.75).min(1.0)
}

/// Half the weighted square of what is off: the dot product and the two biases should be `log(count)`.
pub fn loss(dot: f32, biases: f32, count: f32) -> f32 {
    let off = dot + biases - libm::logf(count);
    0.5 * weight(count) * off * off
}
// ANCHOR_END: weight

/// Numbers that are learned for each word in one role: its vector and its bias, with AdaGrad's sums.
struct Role {
    /// `[words, dim + 1]`: the bias stands last.
    values: Vec<f32>,
    /// The sum of squared gradients of each value; it begins at one, as in the authors' program.
    squares: Vec<f32>,
}

/// A training run that can be carried on a little at a time.
pub struct Glove {
    settings: Settings,
    cells: Vec<Cell>,
    words: Role,
    others: Role,
    rng: Rng,
    pass: u32,
    next: usize,
    done: u64,
}

impl Glove {
    /// A run that has learned nothing yet, for `words` words.
    pub fn new(settings: Settings, words: usize, together: Together) -> Self {
        let mut rng = Rng::new(settings.seed, Stream::Init);
        let mut role = || {
            let size = words * (settings.dim + 1);
            let values = (0..size).map(|_| ((rng.uniform() - 0.5) / settings.dim as f64) as f32).collect();
            Role { values, squares: vec![1.0; size] }
        };
        let (words, others) = (role(), role());
        let mut glove = Self {
            settings,
            cells: together.sorted(),
            words,
            others,
            rng: Rng::new(settings.seed, Stream::Batch(0)),
            pass: 0,
            next: 0,
            done: 0,
        };
        glove.shuffle();
        glove
    }

    /// Whether any pair was seen at all.
    pub fn can_learn(&self) -> bool {
        !self.cells.is_empty()
    }

    /// Pairs learned from so far.
    pub fn done(&self) -> u64 {
        self.done
    }

    /// Times every pair has been visited.
    pub fn passes(&self) -> u32 {
        self.pass
    }

    /// `[words, dim]`: the sum of the two vectors of each word, as the paper recommends.
    pub fn vectors(&self) -> Vec<f32> {
        let rows =
            |role: &Role| role.values.chunks_exact(self.settings.dim + 1).map(<[f32]>::to_vec).collect::<Vec<_>>();
        let both = rows(&self.words).into_iter().zip(rows(&self.others));
        both.flat_map(|(a, b)| a.into_iter().zip(b).take(self.settings.dim).map(|(a, b)| a + b).collect::<Vec<_>>())
            .collect()
    }

    /// Learns from the next `pairs` pairs, or from fewer where the run ends; answers the mean loss of those.
    pub fn learn(&mut self, pairs: u64) -> f64 {
        let pairs = pairs.min(self.settings.steps - self.done);
        let mut sum = 0.0;
        for _ in 0..pairs {
            if self.next == self.cells.len() {
                self.pass += 1;
                self.next = 0;
                self.rng = Rng::new(self.settings.seed, Stream::Batch(self.pass));
                self.shuffle();
            }
            let cell = self.cells[self.next];
            self.next += 1;
            self.done += 1;
            sum += f64::from(self.visit(cell));
        }
        sum / pairs.max(1) as f64
    }

    /// One step of AdaGrad on one pair; answers its loss before the step.
    fn visit(&mut self, cell: Cell) -> f32 {
        let (dim, rate) = (self.settings.dim, self.settings.learning_rate);
        let row = |id: u32| id as usize * (dim + 1)..(id as usize + 1) * (dim + 1);
        let (a, a_squares) = (&mut self.words.values[row(cell.word)], &mut self.words.squares[row(cell.word)]);
        let (b, b_squares) = (&mut self.others.values[row(cell.other)], &mut self.others.squares[row(cell.other)]);
        let dot: f32 = a.iter().zip(b.iter()).take(dim).map(|(a, b)| a * b).sum();
        let biases = a[dim] + b[dim];
        let error = weight(cell.count) * (dot + biases - libm::logf(cell.count));
        for i in 0..=dim {
            // A bias is a number of its own: its slope is the error itself.
            let (slope_a, slope_b) = if i < dim { (error * b[i], error * a[i]) } else { (error, error) };
            a[i] -= rate * slope_a / a_squares[i].sqrt();
            b[i] -= rate * slope_b / b_squares[i].sqrt();
            a_squares[i] += slope_a * slope_a;
            b_squares[i] += slope_b * slope_b;
        }
        loss(dot, biases, cell.count)
    }

    /// Puts the pairs in an order of chance (Fisher and Yates).
    fn shuffle(&mut self) {
        for last in (1..self.cells.len()).rev() {
            self.cells.swap(last, self.rng.below(last + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::word_vectors::space::cosine;

    /// The definition, word by word: `[words, words]`.
    fn naive(sentences: &[Vec<u32>], words: usize, window: usize) -> Vec<f32> {
        let mut matrix = vec![0.0; words * words];
        for sentence in sentences {
            for i in 0..sentence.len() {
                for j in 0..sentence.len() {
                    if i != j && i.abs_diff(j) <= window {
                        matrix[sentence[i] as usize * words + sentence[j] as usize] += 1.0 / i.abs_diff(j) as f32;
                    }
                }
            }
        }
        matrix
    }

    #[test]
    fn counts_are_those_of_the_naive_twin() {
        let mut rng = Rng::new(9, Stream::Init);
        for (words, window) in [(1, 1), (5, 2), (13, 7), (13, 100)] {
            let sentences: Vec<Vec<u32>> =
                [0, 1, 2, 7, 40].map(|length| (0..length).map(|_| rng.below(words) as u32).collect()).to_vec();
            let mut together = Together::default();
            sentences.iter().for_each(|sentence| together.add(sentence, window));
            let expected = naive(&sentences, words, window);
            for (at, expected) in expected.iter().enumerate() {
                let found = together.count((at / words) as u32, (at % words) as u32);
                // The two add the same thirds and fifths in another order.
                assert!((found - expected).abs() < 1e-4, "{words} words, window {window}: {found} for {expected}");
            }
            assert_eq!(together.pairs(), expected.iter().filter(|count| **count > 0.0).count());
        }
    }

    #[test]
    fn the_weight_is_that_of_the_paper() {
        assert_eq!((weight(FULL_WEIGHT), weight(1e6), weight(0.0)), (1.0, 1.0, 0.0));
        assert!((weight(FULL_WEIGHT / 16.0) - 0.125).abs() < 1e-6, "a sixteenth to the power of three quarters");
    }

    #[test]
    fn a_step_goes_down_the_gradient_that_finite_differences_find() {
        let settings =
            Settings { dim: 3, window: 2, negatives: 1, learning_rate: 1e-3, steps: 10, thin: false, seed: 4 };
        let mut together = Together::default();
        together.add(&[0, 1, 2, 1, 0], 2);
        let mut glove = Glove::new(settings, 3, together);
        let cell = glove.cells[0];
        let (a, b) = (cell.word as usize * 4, cell.other as usize * 4);
        let (words, others) = (glove.words.values.clone(), glove.others.values.clone());
        glove.visit(cell);
        let value = |words: &[f32], others: &[f32]| {
            let dot: f64 = (0..3).map(|i| f64::from(words[a + i]) * f64::from(others[b + i])).sum();
            let off = dot + f64::from(words[a + 3]) + f64::from(others[b + 3]) - f64::from(cell.count).ln();
            0.5 * f64::from(weight(cell.count)) * off * off
        };
        for i in 0..4 {
            let nudged = |by: f32| {
                let mut copy = words.clone();
                copy[a + i] += by;
                value(&copy, &others)
            };
            let slope = (nudged(1e-3) - nudged(-1e-3)) / 2e-3;
            let moved = f64::from(words[a + i] - glove.words.values[a + i]) / 1e-3;
            assert!((slope - moved).abs() < 1e-3, "value {i}: {slope} against {moved}");
        }
    }

    #[test]
    fn words_that_stand_in_the_same_places_end_up_together() {
        let mut together = Together::default();
        for _ in 0..40 {
            for sentence in [[0, 1, 2], [0, 3, 2], [4, 5, 6], [4, 5, 6]] {
                together.add(&sentence, 2);
            }
        }
        let settings =
            Settings { dim: 6, window: 2, negatives: 1, learning_rate: 0.1, steps: 20_000, thin: false, seed: 1 };
        let mut glove = Glove::new(settings, 7, together);
        let first = glove.learn(10);
        let last = glove.learn(u64::MAX);
        assert!(glove.done() == 20_000 && last < first / 10.0, "{first} then {last}");
        let vectors = glove.vectors();
        let row = |id: usize| &vectors[id * 6..(id + 1) * 6];
        assert!(cosine(row(1), row(3)) > 0.9, "{}", cosine(row(1), row(3)));
        assert!(cosine(row(1), row(5)) < cosine(row(1), row(3)) - 0.3);
    }
}
