//! Softmax over one row.

// ANCHOR: softmax
/// Turns `logits: [n]` into probabilities `[n]` that sum to one. Masked entries are `-inf`.
///
/// ```
/// let p = engine_core::reference::softmax::softmax(&[0.0, 0.0]);
/// assert_eq!(p, [0.5, 0.5]);
/// ```
pub fn softmax(logits: &[f64]) -> Vec<f64> {
    // Subtracting the largest changes nothing but keeps exp from overflowing.
    let max = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let exps: Vec<f64> = logits.iter().map(|x| libm::exp(x - max)).collect();
    let sum: f64 = exps.iter().sum();
    exps.iter().map(|e| e / sum).collect()
}
// ANCHOR_END: softmax
