//! How a loss grows with the queries, keys and values of one causal attention head.

#![allow(clippy::needless_range_loop, reason = "the indices are those of the formula")]

use super::attention::attention;

/// The gradients of one head's inputs, each `[tokens, d_head]`.
pub struct Gradients {
    /// Of the queries.
    pub q: Vec<Vec<f64>>,
    /// Of the keys.
    pub k: Vec<Vec<f64>>,
    /// Of the values.
    pub v: Vec<Vec<f64>>,
}

// ANCHOR: attention_backward
/// Takes the gradient of what one causal head computes back to its queries, keys and values.
///
/// `q`, `k`, `v` and `d_mixed`, the gradient of the result, are `[tokens, d_head]`.
///
/// ```
/// use engine_core::reference::attention_backward::attention_backward;
/// let one = |x| vec![vec![x], vec![x]];
/// let back = attention_backward(&one(1.0), &one(1.0), &one(3.0), &one(1.0));
/// assert_eq!(back.v, [[1.5], [0.5]]); // both tokens read the first value, in shares 1 and 0.5
/// assert_eq!(back.q, [[0.0], [0.0]]); // equal values: it does not matter which is read
/// ```
pub fn attention_backward(q: &[Vec<f64>], k: &[Vec<f64>], v: &[Vec<f64>], d_mixed: &[Vec<f64>]) -> Gradients {
    let tokens = q.len();
    let d_head = q.first().map_or(1, Vec::len);
    let weights = attention(q, k, v).weights;
    let zeros = vec![vec![0.0; d_head]; tokens];
    let mut d = Gradients { q: zeros.clone(), k: zeros.clone(), v: zeros };
    for i in 0..tokens {
        // How the loss grows with each weight of this row.
        let d_weights: Vec<f64> = (0..=i).map(|j| d_mixed[i].iter().zip(&v[j]).map(|(g, v)| g * v).sum()).collect();
        let mean: f64 = d_weights.iter().zip(&weights[i]).map(|(g, w)| g * w).sum();
        for j in 0..=i {
            let d_score = weights[i][j] * (d_weights[j] - mean) / (d_head as f64).sqrt();
            for c in 0..d_head {
                d.v[j][c] += weights[i][j] * d_mixed[i][c];
                d.q[i][c] += d_score * k[j][c];
                d.k[j][c] += d_score * q[i][c];
            }
        }
    }
    d
}
// ANCHOR_END: attention_backward
