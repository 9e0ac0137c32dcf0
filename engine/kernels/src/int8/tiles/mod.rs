//! Many samples at once: weights of eight bits, inputs of thirteen, and tiles of sums that stay in registers.
//!
//! Eight bits are enough for weights and too few for what flows through a model: of MiniLM's sentence vectors, inputs
//! of eight bits leave a cosine of 0.997 to the exact ones, thirteen one of 0.9994, which is the weights' own error.
//! Sixteen bits is what the registers multiply anyway, and with thirteen a sum of 4096 products still fits into 32.

pub mod naive;
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod portable;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod simd128;

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
use portable as register;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use simd128 as register;

use crate::lanes::{F32x4, fours, padded};

/// The largest whole number of an input.
pub const MOST: i16 = 4095;
/// The longest row of which every sum fits into 32 bits.
pub const LONGEST: usize = i32::MAX as usize / (128 * MOST as usize);

/// Samples of a tile.
const SAMPLES: usize = 4;
/// Outputs of a tile: two registers of sums.
const OUTPUTS: usize = 8;
/// Inputs that are multiplied and added up by one instruction.
const PAIR: usize = 2;

/// Two inputs of each output of a tile.
type Codes = [i8; OUTPUTS * PAIR];
/// Two inputs of each sample of a tile, as halves of a number.
type Pairs = [i32; SAMPLES];

/// A layer's weights `[outputs, inputs]`, each `scale · code`, in the order in which tiles read them.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    inputs: usize,
    outputs: usize,
    /// `[outputs / 8, inputs / 2]`, filled up with zeros.
    strips: Vec<Codes>,
    /// `[outputs]`, filled up to whole tiles.
    scales: Vec<f32>,
    /// The same.
    bias: Vec<f32>,
}

impl Weights {
    /// Lays out `codes: [outputs, inputs]` with their `scales` and `bias: [outputs]`.
    ///
    /// # Panics
    /// If the shapes do not fit, or rows are empty or longer than [`LONGEST`].
    pub fn new(inputs: usize, codes: &[i8], mut scales: Vec<f32>, mut bias: Vec<f32>) -> Self {
        let outputs = scales.len();
        assert!((1..=LONGEST).contains(&inputs), "between 1 and {LONGEST} inputs");
        assert!(codes.len() == inputs * outputs && bias.len() == outputs, "a scale and a bias for each row");
        let pairs = inputs.div_ceil(PAIR);
        let mut strips = Vec::with_capacity(outputs.div_ceil(OUTPUTS) * pairs);
        for rows in codes.chunks(inputs * OUTPUTS) {
            strips.extend((0..pairs).map(|pair| {
                let code = |at: usize| {
                    let (output, input) = (at / PAIR, pair * PAIR + at % PAIR);
                    let row = rows.chunks_exact(inputs).nth(output);
                    row.and_then(|row| row.get(input)).copied().unwrap_or(0)
                };
                std::array::from_fn(code)
            }));
        }
        for padded in [&mut scales, &mut bias] {
            padded.resize(outputs.next_multiple_of(OUTPUTS), 0.0);
        }
        Self { inputs, outputs, strips, scales, bias }
    }

    /// How many inputs a row has.
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// How many outputs there are.
    pub fn outputs(&self) -> usize {
        self.outputs
    }

    /// What this takes in memory.
    pub fn bytes(&self) -> usize {
        size_of_val(self.strips.as_slice()) + size_of_val(self.scales.as_slice()) * 2
    }
}

/// Samples as whole numbers, each sample with a scale of its own, in the order in which tiles read them.
#[derive(Debug, Clone, Default)]
pub struct Inputs {
    inputs: usize,
    samples: usize,
    /// `[samples / 4, inputs / 2]`, filled up with zeros.
    strips: Vec<Pairs>,
    /// `[samples]`.
    scales: Vec<f32>,
}

impl Inputs {
    /// Rounds `x · factors` for `x: [samples, inputs]` and `factors: [inputs]`, in place of what was here.
    ///
    /// # Panics
    /// If the shapes do not fit.
    pub fn round(&mut self, x: &[f32], factors: &[f32]) {
        self.inputs = factors.len();
        assert!(self.inputs > 0 && x.len().is_multiple_of(self.inputs), "a factor for each input");
        self.samples = x.len() / self.inputs;
        let pairs = self.inputs.div_ceil(PAIR);
        self.strips.clear();
        self.strips.resize(self.samples.div_ceil(SAMPLES) * pairs, [0; SAMPLES]);
        self.scales.clear();
        for (sample, x) in x.chunks_exact(self.inputs).enumerate() {
            let largest = largest(x, factors);
            let inverse = if largest > 0.0 { f32::from(MOST) / largest } else { 0.0 };
            self.scales.push(largest / f32::from(MOST));
            let to = &mut self.strips[sample / SAMPLES * pairs..][..pairs];
            row(x, factors, inverse, sample % SAMPLES, to);
        }
    }

    /// How many samples there are.
    pub fn samples(&self) -> usize {
        self.samples
    }
}

/// One sample's pairs, put into their column of a strip.
fn row(x: &[f32], factors: &[f32], inverse: f32, column: usize, to: &mut [Pairs]) {
    const EIGHT: usize = 8;
    let ((x, rest_x), (factors, rest_f)) = (x.as_chunks::<EIGHT>(), factors.as_chunks::<EIGHT>());
    let (to, rest_to) = to.split_at_mut(x.len() * EIGHT / PAIR);
    for ((x, f), to) in x.iter().zip(factors).zip(to.chunks_exact_mut(EIGHT / PAIR)) {
        for (to, pair) in to.iter_mut().zip(register::round(x, f, inverse)) {
            to[column] = pair;
        }
    }
    if !rest_x.is_empty() {
        let (mut x, mut f) = ([0.0; EIGHT], [0.0; EIGHT]);
        x[..rest_x.len()].copy_from_slice(rest_x);
        f[..rest_f.len()].copy_from_slice(rest_f);
        for (to, pair) in rest_to.iter_mut().zip(register::round(&x, &f, inverse)) {
            to[column] = pair;
        }
    }
}

/// The largest of `|x · factors|`.
fn largest(x: &[f32], factors: &[f32]) -> f32 {
    let ((x4, x), (f4, f)) = (fours(x), fours(factors));
    let mut most = (padded(x, 0.0) * padded(f, 0.0)).abs();
    for (x, f) in x4.iter().zip(f4) {
        most = (F32x4::load(x) * F32x4::load(f)).abs().max(most);
    }
    most.largest()
}

/// `inputs · weightsᵀ + bias` into `out: [samples, outputs]`.
///
/// # Panics
/// If the shapes do not fit.
#[cfg_attr(relaxed, target_feature(enable = "relaxed-simd"))]
pub fn forward(weights: &Weights, inputs: &Inputs, out: &mut [f32]) {
    assert_eq!(weights.inputs, inputs.inputs, "as many inputs as the weights have");
    assert_eq!(out.len(), inputs.samples * weights.outputs, "a place for each result");
    let pairs = weights.inputs.div_ceil(PAIR);
    let strips = weights.strips.chunks_exact(pairs).zip(weights.scales.as_chunks::<OUTPUTS>().0);
    for (strip, ((codes, scales), bias)) in strips.zip(weights.bias.as_chunks::<OUTPUTS>().0).enumerate() {
        let column = strip * OUTPUTS;
        let columns = OUTPUTS.min(weights.outputs - column);
        let (scales, bias) = (halves(scales), halves(bias));
        for (tile, x) in inputs.strips.chunks_exact(pairs).enumerate() {
            let sums = register::tile(x, codes);
            let samples = inputs.scales.iter().enumerate().skip(tile * SAMPLES);
            for ((sample, x_scale), sums) in samples.zip(sums) {
                let x_scale = F32x4::splat(*x_scale);
                let [left, right] = [0, 1].map(|half| sums[half].madd(scales[half] * x_scale, bias[half]));
                let to = &mut out[sample * weights.outputs + column..][..columns];
                if let Ok(to) = <&mut [f32; OUTPUTS]>::try_from(&mut *to) {
                    let (fours, _) = to.as_chunks_mut::<4>();
                    for (to, x) in fours.iter_mut().zip([left, right]) {
                        x.store(to);
                    }
                } else {
                    let both = [left.to_array(), right.to_array()];
                    to.copy_from_slice(&both.as_flattened()[..columns]);
                }
            }
        }
    }
}

/// Eight numbers in two registers.
fn halves(&[a, b, c, d, e, f, g, h]: &[f32; OUTPUTS]) -> [F32x4; 2] {
    [F32x4::load(&[a, b, c, d]), F32x4::load(&[e, f, g, h])]
}
