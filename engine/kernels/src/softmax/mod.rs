//! Softmax of a row: `exp(xᵢ - max) / Σ exp(xⱼ - max)`.

pub mod naive;

use crate::lanes::{F32x4, fours, fours_mut, padded};

/// Turns scores into probabilities, in place, after multiplying them by `scale`. Returns the
/// natural logarithm of `Σ exp(scale · x)`.
///
/// Taking the largest score away first changes nothing but keeps the exponentials finite.
#[cfg_attr(relaxed, target_feature(enable = "relaxed-simd"))]
pub fn softmax(row: &mut [f32], scale: f32) -> f32 {
    let largest = largest(row) * scale;
    let (scales, shift) = (F32x4::splat(scale), F32x4::splat(-largest));
    let mut sums = F32x4::zero();
    let (many, rest) = fours_mut(row);
    for four in many {
        let e = F32x4::load(four).madd(scales, shift).exp();
        sums = sums + e;
        e.store(four);
    }
    let mut sum = sums.sum();
    if !rest.is_empty() {
        let e = padded(rest, 0.0).madd(scales, shift).exp().to_array();
        rest.copy_from_slice(&e[..rest.len()]);
        sum += rest.iter().sum::<f32>();
    }
    let factor = 1.0 / sum;
    let factors = F32x4::splat(factor);
    let (many, rest) = fours_mut(row);
    for four in many {
        (F32x4::load(four) * factors).store(four);
    }
    for x in rest {
        *x *= factor;
    }
    largest + sum.ln()
}

/// The largest number of a row; NaN if there is one in the first place of a lane.
fn largest(row: &[f32]) -> f32 {
    let (many, rest) = fours(row);
    let mut most = F32x4::splat(f32::NEG_INFINITY);
    for four in many {
        most = F32x4::load(four).max(most);
    }
    rest.iter().fold(most.largest(), |a, &b| a.max(b))
}
