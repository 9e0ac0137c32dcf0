//! What a student is charged for one token, slowly and in double precision.

use super::softmax::softmax;

/// What a student's logits cost, in nats, and the slope of the mixture.
#[derive(Debug, Clone, PartialEq)]
pub struct Cost {
    /// `soft · T² · KL + (1 − soft) · cross-entropy`.
    pub mixed: f64,
    /// Cross-entropy with the token that really came.
    pub hard: f64,
    /// `T² · KL(teacher ‖ student)` at the temperature `T`.
    pub soft: f64,
    /// How the mixture changes with each of the student's logits.
    pub gradient: Vec<f64>,
}

// ANCHOR: cost
/// The chances at a temperature: the higher it is, the more alike they are.
pub fn softened(logits: &[f64], temperature: f64) -> Vec<f64> {
    let cooled: Vec<f64> = logits.iter().map(|logit| logit / temperature).collect();
    softmax(&cooled)
}

/// What one token costs a student (Hinton, Vinyals and Dean 2015).
///
/// # Panics
/// If the two models have different vocabularies, or the target is not in them.
pub fn cost(student: &[f64], teacher: &[f64], target: usize, temperature: f64, soft: f64) -> Cost {
    assert_eq!(student.len(), teacher.len(), "both models know the same tokens");
    let (p, q) = (softened(teacher, temperature), softened(student, temperature));
    let divergence: f64 = p.iter().zip(&q).map(|(p, q)| if *p > 0.0 { p * (p / q).ln() } else { 0.0 }).sum();
    let soft_cost = temperature.powi(2) * divergence;
    let plain = softmax(student);
    let hard_cost = -plain[target].ln();
    let slope = |token: usize| {
        let came = if token == target { 1.0 } else { 0.0 };
        soft * temperature * (q[token] - p[token]) + (1.0 - soft) * (plain[token] - came)
    };
    Cost {
        mixed: soft * soft_cost + (1.0 - soft) * hard_cost,
        hard: hard_cost,
        soft: soft_cost,
        gradient: (0..student.len()).map(slope).collect(),
    }
}
// ANCHOR_END: cost
