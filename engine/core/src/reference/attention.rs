//! One causal attention head, on slices (Vaswani et al. 2017, section 3.2.1).

#![allow(clippy::needless_range_loop, reason = "the indices are those of the formula")]

use super::softmax::softmax;

/// What one head computed: the weights are kept, because they are what one wants to see.
pub struct Attended {
    /// `[tokens, tokens]`; row `i` says how much query `i` takes from each key; rows sum to one.
    pub weights: Vec<Vec<f64>>,
    /// `[tokens, d_head]`: for each query, the values averaged by its weights.
    pub mixed: Vec<Vec<f64>>,
}

// ANCHOR: attention
/// Lets every token look at itself and at the tokens before it.
///
/// `q`, `k`, `v` are `[tokens, d_head]`.
///
/// ```
/// use engine_core::reference::attention::attention;
/// let out = attention(&[vec![1.0], vec![0.0]], &[vec![1.0], vec![1.0]], &[vec![2.0], vec![4.0]]);
/// assert_eq!(out.weights, [[1.0, 0.0], [0.5, 0.5]]);
/// assert_eq!(out.mixed, [[2.0], [3.0]]);
/// ```
pub fn attention(q: &[Vec<f64>], k: &[Vec<f64>], v: &[Vec<f64>]) -> Attended {
    let tokens = q.len();
    let d_head = q.first().map_or(1, Vec::len);
    let mut weights = Vec::new();
    let mut mixed = Vec::new();
    for i in 0..tokens {
        let scores: Vec<f64> = (0..tokens)
            .map(|j| {
                if j > i {
                    return f64::NEG_INFINITY; // the future is hidden
                }
                let dot: f64 = q[i].iter().zip(&k[j]).map(|(a, b)| a * b).sum();
                dot / (d_head as f64).sqrt()
            })
            .collect();
        let row = softmax(&scores);
        mixed.push((0..d_head).map(|c| row.iter().zip(v).map(|(w, v)| w * v[c]).sum()).collect());
        weights.push(row);
    }
    Attended { weights, mixed }
}
// ANCHOR_END: attention
