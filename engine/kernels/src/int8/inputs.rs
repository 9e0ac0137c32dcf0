//! What flows into a layer as whole numbers of eight bits, in the order of its weights.

use super::{Layer, QUAD, register};
use crate::lanes::{F32x4, fours, padded};

/// The largest whole number that is used; the grid reaches equally far to both sides.
const MOST: f32 = 127.0;

/// Samples of a tile. What is left over after the last whole tile goes one by one.
pub(super) const SAMPLES: usize = 4;

/// Samples in whole numbers, each with a scale of its own.
#[derive(Default)]
pub(super) struct Inputs {
    /// Four bytes to a word: `[tiles, steps, 4]`, and for what is left over `[samples, steps]`; filled up with zeros where the
    /// weights are.
    words: Vec<i32>,
    /// `[samples]`.
    pub(super) scales: Vec<f32>,
    /// What the whole numbers of each group add up to: `[tiles, groups, 4]`, and for what is left over `[samples, groups]`.
    totals: Vec<i32>,
    /// Steps and groups of a sample.
    sizes: [usize; 2],
}

impl Inputs {
    /// Rounds each row of `x: [samples, inputs]` to whole numbers from -127 to 127, with a scale that reaches to the number
    /// furthest from zero. A row of zeros gets a scale of 1; numbers that are none become 0.
    pub(super) fn round(&mut self, layer: &Layer, x: &[f32]) {
        self.clear(layer, x.len() / layer.inputs());
        for (sample, x) in x.chunks_exact(layer.inputs()).enumerate() {
            let scale = scale(x);
            self.scales[sample] = scale;
            self.put(layer, sample, x, |x, put| register::round(x, 1.0 / scale, put));
        }
    }

    /// Takes whole numbers as they are: `codes: [samples, inputs]` and `scales: [samples]`.
    pub(super) fn take(&mut self, layer: &Layer, codes: &[i8], scales: &[f32]) {
        self.clear(layer, scales.len());
        self.scales.copy_from_slice(scales);
        for (sample, codes) in codes.chunks_exact(layer.inputs()).enumerate() {
            self.put(layer, sample, codes, |codes, mut to| {
                for codes in codes.chunks(QUAD) {
                    let bytes = std::array::from_fn(|at| codes.get(at).map_or(0, |code| code.cast_unsigned()));
                    to.put(i32::from_le_bytes(bytes));
                }
                codes.iter().map(|x| i32::from(*x)).sum()
            });
        }
    }

    /// The words of a tile of `S` samples, beginning with `sample`, step by step; and what the whole numbers of each group
    /// add up to.
    pub(super) fn tile<const S: usize>(&self, sample: usize) -> [&[[i32; S]]; 2] {
        let [words, totals] = self.sizes.map(|size| sample * size..(sample + S) * size);
        [&self.words[words], &self.totals[totals]].map(|numbers| numbers.as_chunks().0)
    }

    fn clear(&mut self, layer: &Layer, samples: usize) {
        self.sizes = [layer.steps(), layer.groups()];
        self.words.clear();
        self.words.resize(samples * self.sizes[0], 0);
        self.totals.resize(samples * self.sizes[1], 0);
        self.scales.resize(samples, 0.0);
    }

    /// Puts a sample into its place; `whole` hands over the words of a group, and answers what they add up to.
    fn put<T>(&mut self, layer: &Layer, sample: usize, row: &[T], whole: impl Fn(&[T], Words) -> i32) {
        let lone = sample >= self.scales.len() / SAMPLES * SAMPLES;
        let (first, every) = if lone { (sample, 1) } else { (sample / SAMPLES * SAMPLES, SAMPLES) };
        let [words, totals] = self.sizes.map(|size| first * size + sample - first);
        for (group, row) in row.chunks(layer.group()).enumerate() {
            let to = &mut self.words[words + group * layer.in_group() * every..];
            self.totals[totals + group * every] = whole(row, Words { to, every, at: 0 });
        }
    }
}

/// Where the words of a sample go.
pub(super) struct Words<'a> {
    to: &'a mut [i32],
    every: usize,
    at: usize,
}

impl Words<'_> {
    /// Puts the next.
    #[inline(always)]
    pub(super) fn put(&mut self, word: i32) {
        self.to[self.at] = word;
        self.at += self.every;
    }
}

/// What one step is worth in a row.
fn scale(x: &[f32]) -> f32 {
    let (all, rest) = fours(x);
    let far = all.iter().fold(padded(rest, 0.0).abs(), |far, four| far.max(F32x4::load(four).abs())).largest();
    // Smaller scales would have lost digits of their own.
    if far > 0.0 { (far / MOST).max(f32::MIN_POSITIVE) } else { 1.0 }
}
