//! A linear layer most of whose weights are zero: only the others are kept, each with its place, and multiplied.
//!
//! A dense product does four multiply-adds for each number it loads; this one does one, and has to look up where. So it
//! pays only when most weights are gone.

pub mod naive;

use crate::lanes::F32x4;

/// So many samples are computed at once: their inputs lie side by side, so that one weight serves them all.
const SAMPLES: usize = 4 * F32x4::LANES;
/// With fewer samples than this, laying their inputs side by side costs more than it saves.
const FEW: usize = 4;

/// The weights that are not zero, output after output.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rows {
    /// How many inputs there are, at most 65,536.
    inputs: usize,
    /// Where each output's weights begin, and where the last one's end: `[outputs + 1]`.
    starts: Vec<u32>,
    /// The input that each weight belongs to, rising within an output.
    places: Vec<u16>,
    /// The weights.
    values: Vec<f32>,
}

impl Rows {
    /// Those of `weight`, `[inputs, outputs]`, that are not zero.
    ///
    /// # Panics
    /// If the length does not fit, or there are more inputs than two bytes can count.
    pub fn of(weight: &[f32], inputs: usize) -> Self {
        assert!((1..=1 << 16).contains(&inputs) && weight.len().is_multiple_of(inputs), "whole columns of inputs");
        let outputs = weight.len() / inputs;
        let mut rows = Self { inputs, starts: vec![0], ..Self::default() };
        for output in 0..outputs {
            for input in 0..inputs {
                let value = weight[input * outputs + output];
                if value != 0.0 {
                    rows.places.push(input as u16);
                    rows.values.push(value);
                }
            }
            rows.starts.push(u32::try_from(rows.values.len()).expect("a layer has fewer than 2^32 weights"));
        }
        rows
    }

    /// How many outputs there are.
    pub fn outputs(&self) -> usize {
        self.starts.len() - 1
    }

    /// How many weights are kept.
    pub fn kept(&self) -> usize {
        self.values.len()
    }

    /// What this takes in memory: four bytes for each weight, two for its place, four for each output's start.
    pub fn bytes(&self) -> usize {
        size_of_val(self.values.as_slice()) + size_of_val(self.places.as_slice()) + size_of_val(self.starts.as_slice())
    }

    /// The places and the weights of one output.
    fn row(&self, output: usize) -> (&[u16], &[f32]) {
        let own = self.starts[output] as usize..self.starts[output + 1] as usize;
        (&self.places[own.clone()], &self.values[own])
    }
}

/// `out = x · weight + bias`.
///
/// # Shapes
/// - `x`: `[samples, inputs]`
/// - `bias`: `[outputs]`
/// - `out`: `[samples, outputs]`
///
/// # Panics
/// If a slice has the wrong length.
pub fn forward(weights: &Rows, x: &[f32], bias: &[f32], out: &mut [f32]) {
    let (inputs, outputs) = (weights.inputs, weights.outputs());
    let samples = x.len() / inputs;
    assert_eq!((x.len(), bias.len()), (samples * inputs, outputs), "an input for each place, a bias for each output");
    assert_eq!(out.len(), samples * outputs, "a place for each result");
    if outputs == 0 {
        return;
    }
    if samples < FEW {
        for (x, out) in x.chunks_exact(inputs).zip(out.chunks_exact_mut(outputs)) {
            one(weights, x, bias, out);
        }
        return;
    }
    let mut beside = vec![[[0.0; F32x4::LANES]; SAMPLES / F32x4::LANES]; inputs];
    for (x, out) in x.chunks(SAMPLES * inputs).zip(out.chunks_mut(SAMPLES * outputs)) {
        for (sample, x) in x.chunks_exact(inputs).enumerate() {
            for (beside, x) in beside.iter_mut().zip(x) {
                beside[sample / F32x4::LANES][sample % F32x4::LANES] = *x;
            }
        }
        many(weights, &beside, bias, out);
    }
}

/// One sample: each weight fetches its own input.
#[cfg_attr(relaxed, target_feature(enable = "relaxed-simd"))]
fn one(weights: &Rows, x: &[f32], bias: &[f32], out: &mut [f32]) {
    for (output, (out, bias)) in out.iter_mut().zip(bias).enumerate() {
        let (places, values) = weights.row(output);
        let ((places, few_places), (values, few_values)) = (places.as_chunks::<4>(), values.as_chunks::<4>());
        let mut sums = F32x4::zero();
        for (places, values) in places.iter().zip(values) {
            sums = F32x4::load(values).madd(F32x4::load(&places.map(|place| x[usize::from(place)])), sums);
        }
        let rest: f32 = few_places.iter().zip(few_values).map(|(place, value)| x[usize::from(*place)] * value).sum();
        *out = bias + (sums.sum() + rest);
    }
}

/// Up to [`SAMPLES`] samples, whose inputs lie side by side: `beside` is `[inputs, SAMPLES]`.
#[cfg_attr(relaxed, target_feature(enable = "relaxed-simd"))]
fn many(weights: &Rows, beside: &[[[f32; 4]; SAMPLES / 4]], bias: &[f32], out: &mut [f32]) {
    let outputs = bias.len();
    for (output, bias) in bias.iter().enumerate() {
        let (places, values) = weights.row(output);
        let mut sums = [F32x4::splat(*bias); SAMPLES / 4];
        for (place, value) in places.iter().zip(values) {
            let value = F32x4::splat(*value);
            for (sum, x) in sums.iter_mut().zip(&beside[usize::from(*place)]) {
                *sum = F32x4::load(x).madd(value, *sum);
            }
        }
        let sums = sums.map(F32x4::to_array);
        for (out, sum) in out.iter_mut().skip(output).step_by(outputs).zip(sums.as_flattened()) {
            *out = *sum;
        }
    }
}
