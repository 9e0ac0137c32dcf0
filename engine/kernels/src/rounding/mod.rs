//! Between floats and whole numbers: rows of inputs rounded to eight bits while a model runs, and weights read back.

pub mod naive;

use crate::{
    int8::{Codes, Weights},
    lanes::{F32x4, fours, padded},
};

/// The largest whole number of eight bits that is used; the grid reaches equally far to both sides.
const MOST: f32 = 127.0;

// ANCHOR: rows
/// Rounds each row of `x` to whole numbers from -127 to 127, with a scale of its own that reaches to the number furthest
/// from zero. A row of zeros gets a scale of 1; numbers that are none become 0.
///
/// # Shapes
/// - `x` and `codes`: `[rows, columns]`
/// - `scales`: `[rows]`
///
/// # Panics
/// If the shapes do not fit.
pub fn rows(x: &[f32], codes: &mut [i8], scales: &mut [f32]) {
    assert_eq!(x.len(), codes.len(), "a whole number for each number");
    assert!(!scales.is_empty() && x.len().is_multiple_of(scales.len()), "a scale for each row");
    let columns = (x.len() / scales.len()).max(1);
    for ((x, codes), scale) in x.chunks_exact(columns).zip(codes.chunks_exact_mut(columns)).zip(scales) {
        let (all, rest) = fours(x);
        let far = all.iter().fold(padded(rest, 0.0).abs(), |far, four| far.max(F32x4::load(four).abs())).largest();
        // Smaller scales would have lost digits of their own.
        *scale = if far > 0.0 { (far / MOST).max(f32::MIN_POSITIVE) } else { 1.0 };
        for (x, code) in x.iter().zip(codes) {
            // Casting keeps to the ends of eight bits; the lowest of them cannot be reached.
            *code = (x / *scale).round_ties_even() as i8;
        }
    }
}
// ANCHOR_END: rows

/// The numbers that quantized weights stand for: `[outputs, inputs]`.
///
/// # Panics
/// If the shapes do not fit.
pub fn read_back(weights: Weights, out: &mut [f32]) {
    let Weights { inputs, group, codes, scales, zeros } = weights;
    assert!(inputs > 0 && group > 0, "inputs, and groups that are not empty");
    let groups = inputs.div_ceil(group);
    assert_eq!(out.len() / inputs * groups, scales.len(), "a scale for each group of each output");
    for (output, row) in out.chunks_exact_mut(inputs).enumerate() {
        match codes {
            Codes::Eight(codes) => {
                let codes = &codes[output * inputs..][..inputs];
                row.iter_mut().zip(codes).for_each(|(x, code)| *x = f32::from(*code));
            }
            Codes::Four(bytes) => {
                let length = inputs.div_ceil(2);
                let bytes = &bytes[output * length..][..length];
                for (pair, byte) in row.chunks_mut(2).zip(bytes) {
                    let both = crate::int8::naive::unpack(*byte);
                    pair.iter_mut().zip(both).for_each(|(x, code)| *x = f32::from(code));
                }
            }
        }
        for (at, numbers) in row.chunks_mut(group).enumerate() {
            let at = output * groups + at;
            let zero = zeros.get(at).map_or(0.0, |zero| f32::from(*zero));
            numbers.iter_mut().for_each(|x| *x = scales[at] * (*x - zero));
        }
    }
}
