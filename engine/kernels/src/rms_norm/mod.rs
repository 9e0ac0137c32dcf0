//! RMSNorm (Zhang and Sennrich 2019): each row over the root of its mean square, times a learned gain.

pub mod naive;

use crate::{
    lanes::{F32x4, fours, fours_mut},
    matmul::dot,
};

/// `out = x / √(mean(x²) + eps) · gain`, row by row; `x`, `out: [rows, d]`, `gain: [d]`.
///
/// # Panics
/// If the lengths do not fit.
pub fn forward(x: &[f32], gain: &[f32], eps: f32, out: &mut [f32]) {
    let d = gain.len();
    assert!(d > 0 && x.len() == out.len() && x.len().is_multiple_of(d), "rows as long as the gain");
    for (x, out) in x.chunks_exact(d).zip(out.chunks_exact_mut(d)) {
        let scale = 1.0 / (dot(x, x) / d as f32 + eps).sqrt();
        let ((x4, x), (gain4, gain), (out4, out)) = (fours(x), fours(gain), fours_mut(out));
        let scales = F32x4::splat(scale);
        for ((out, x), gain) in out4.iter_mut().zip(x4).zip(gain4) {
            (F32x4::load(x) * scales * F32x4::load(gain)).store(out);
        }
        for ((out, x), gain) in out.iter_mut().zip(x).zip(gain) {
            *out = x * scale * gain;
        }
    }
}
