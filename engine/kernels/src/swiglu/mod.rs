//! SwiGLU (Shazeer 2020): each number is let through as far as its gate is open.

pub mod naive;

use crate::lanes::{F32x4, fours, fours_mut, padded};

/// `gate ← gate · σ(gate) · up`, number by number.
///
/// # Panics
/// If the lengths differ.
#[cfg_attr(relaxed, target_feature(enable = "relaxed-simd"))]
pub fn forward(gate: &mut [f32], up: &[f32]) {
    assert_eq!(gate.len(), up.len(), "a gate for each number");
    let ((gates, gate), (ups, up)) = (fours_mut(gate), fours(up));
    for (gate, up) in gates.iter_mut().zip(ups) {
        four(F32x4::load(gate), F32x4::load(up)).store(gate);
    }
    let rest = four(padded(gate, 0.0), padded(up, 0.0)).to_array();
    gate.copy_from_slice(&rest[..up.len()]);
}

#[inline]
#[cfg_attr(relaxed, target_feature(enable = "relaxed-simd"))]
fn four(gate: F32x4, up: F32x4) -> F32x4 {
    gate * up / (F32x4::splat(1.0) + (F32x4::zero() - gate).exp())
}
