//! GELU (Hendrycks and Gimpel 2016): `x · Φ(x)`, where `Φ` is the normal distribution's function.
//!
//! `Φ` comes from formula 7.1.26 of Abramowitz and Stegun, to 1.5e-7. Its exponential is also that of
//! the density, which the gradient needs: `Φ(x) + x · φ(x)`.

pub mod naive;

use crate::lanes::{F32x4, fours, fours_mut, padded};
use std::f32::consts::FRAC_1_SQRT_2;

/// `out = gelu(x)`, number by number.
///
/// # Panics
/// If the lengths differ.
#[cfg_attr(relaxed, target_feature(enable = "relaxed-simd"))]
pub fn forward(x: &[f32], out: &mut [f32]) {
    assert_eq!(x.len(), out.len(), "gelu: lengths");
    let ((x4, x), (o4, o)) = (fours(x), fours_mut(out));
    for (x, out) in x4.iter().zip(o4) {
        let x = F32x4::load(x);
        let (below, _) = normal(x);
        (x * below).store(out);
    }
    if !x.is_empty() {
        let x4 = padded(x, 0.0);
        let (below, _) = normal(x4);
        o.copy_from_slice(&(x4 * below).to_array()[..x.len()]);
    }
}

/// `out = gelu(x)` in the approximation by a hyperbolic tangent that GPT-2 was trained with ("gelu_new").
///
/// # Panics
/// If the lengths differ.
#[cfg_attr(relaxed, target_feature(enable = "relaxed-simd"))]
pub fn forward_tanh(x: &[f32], out: &mut [f32]) {
    assert_eq!(x.len(), out.len(), "gelu: lengths");
    let ((x4, x), (o4, o)) = (fours(x), fours_mut(out));
    for (x, out) in x4.iter().zip(o4) {
        by_tanh(F32x4::load(x)).store(out);
    }
    if !x.is_empty() {
        o.copy_from_slice(&by_tanh(padded(x, 0.0)).to_array()[..x.len()]);
    }
}

/// `x/2 · (1 + tanh u)` with `u = √(2/π) · (x + 0.044715·x³)`, which is `x / (1 + e^(-2u))`.
#[inline]
#[cfg_attr(relaxed, target_feature(enable = "relaxed-simd"))]
fn by_tanh(x: F32x4) -> F32x4 {
    let s = F32x4::splat;
    let cubic = (x * x).madd(s(0.044_715), s(1.0)) * x;
    x / (s(1.0) + (cubic * s(-1.595_769)).exp())
}

/// `grad_x = grad_out · (Φ(x) + x · φ(x))`.
///
/// # Panics
/// If the lengths differ.
#[cfg_attr(relaxed, target_feature(enable = "relaxed-simd"))]
pub fn backward(x: &[f32], grad_out: &[f32], grad_x: &mut [f32]) {
    assert!(x.len() == grad_out.len() && x.len() == grad_x.len(), "gelu: lengths");
    let ((x4, x), (d4, d), (to4, to)) = (fours(x), fours(grad_out), fours_mut(grad_x));
    for ((x, d), to) in x4.iter().zip(d4).zip(to4) {
        let x = F32x4::load(x);
        let (below, density) = normal(x);
        (F32x4::load(d) * x.madd(density, below)).store(to);
    }
    if !x.is_empty() {
        let x4 = padded(x, 0.0);
        let (below, density) = normal(x4);
        to.copy_from_slice(&(padded(d, 0.0) * x4.madd(density, below)).to_array()[..x.len()]);
    }
}

/// The normal distribution at `x`: the share below, `Φ(x)`, and the density, `φ(x)`.
#[inline]
#[cfg_attr(relaxed, target_feature(enable = "relaxed-simd"))]
fn normal(x: F32x4) -> (F32x4, F32x4) {
    let s = F32x4::splat;
    let z = x.abs() * s(FRAC_1_SQRT_2);
    let t = s(1.0) / z.madd(s(0.327_591_1), s(1.0));
    let mut p = s(1.061_405_4);
    for c in [-1.453_152_1, 1.421_413_8, -0.284_496_74, 0.254_829_6] {
        p = p.madd(t, s(c));
    }
    let e = (s(0.0) - z * z).exp();
    let erf = (s(1.0) - p * t * e).with_sign_of(x);
    (erf.madd(s(0.5), s(0.5)), e * s(0.398_942_3))
}
