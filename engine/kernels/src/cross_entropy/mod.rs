//! Softmax and cross-entropy in one: the mean of `-ln p(target)`, in nats, and its gradient.

pub mod naive;

use crate::{
    lanes::{F32x4, fours_mut},
    softmax::softmax,
};

/// Returns the mean loss of predicting `targets: [rows]` by `logits: [rows, vocab]`, which are
/// turned into probabilities in place.
///
/// # Panics
/// If the lengths do not fit, or a target lies outside the vocabulary.
pub fn forward(logits: &mut [f32], targets: &[u32]) -> f32 {
    let vocab = logits.len() / targets.len();
    assert_eq!(logits.len(), vocab * targets.len(), "cross-entropy: lengths");
    let mut sum = 0.0f64;
    for (row, &target) in logits.chunks_exact_mut(vocab).zip(targets) {
        let right = row[target as usize];
        sum += f64::from(softmax(row, 1.0) - right);
    }
    (sum / targets.len() as f64) as f32
}

/// Turns probabilities into the gradient of the logits, in place: `(p - [1 at the target]) / rows`,
/// times `grad`, the gradient of the loss.
pub fn backward(probabilities: &mut [f32], targets: &[u32], grad: f32) {
    let vocab = probabilities.len() / targets.len();
    let scale = grad / targets.len() as f32;
    for (row, &target) in probabilities.chunks_exact_mut(vocab).zip(targets) {
        let (many, rest) = fours_mut(row);
        for four in many {
            (F32x4::load(four) * F32x4::splat(scale)).store(four);
        }
        for x in rest {
            *x *= scale;
        }
        row[target as usize] -= scale;
    }
}
