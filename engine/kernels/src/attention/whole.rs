//! One causal head with its whole matrix of scores: as the formula stands, with `tokens · tokens` numbers kept.
//!
//! Three passes over rows of queries, so that a caller can look up in between. The half that the mask hides is
//! computed all the same and thrown away, as a program does that multiplies whole matrices.

use crate::{
    matmul::{Shape, matmul},
    softmax::softmax,
};

// ANCHOR: whole
/// First pass: `scores = queries · keysᵀ`; `queries: [rows, d_head]`, `keys: [tokens, d_head]`, `scores: [rows, tokens]`.
///
/// # Panics
/// If a slice has the wrong length.
pub fn scores(d_head: usize, queries: &[f32], keys: &[f32], scores: &mut [f32]) {
    matmul(Shape::nt(queries.len() / d_head, d_head, keys.len() / d_head), queries, keys, scores);
}

/// Second pass: softmax of each row over the tokens that it may see, in place. The first row is that of token `first`.
pub fn weights(d_head: usize, first: usize, tokens: usize, scores: &mut [f32]) {
    let scale = 1.0 / (d_head as f32).sqrt();
    for (row, scores) in scores.chunks_exact_mut(tokens).enumerate() {
        let (seen, hidden) = scores.split_at_mut(first + row + 1);
        softmax(seen, scale);
        hidden.fill(0.0);
    }
}

/// Third pass: `out = weights · values`; `values: [tokens, d_head]`, `out: [rows, d_head]`.
///
/// # Panics
/// If a slice has the wrong length.
pub fn mix(d_head: usize, weights: &[f32], values: &[f32], out: &mut [f32]) {
    let (rows, tokens) = (out.len() / d_head, values.len() / d_head);
    matmul(Shape::nn(rows, tokens, d_head), weights, values, out);
}
// ANCHOR_END: whole
