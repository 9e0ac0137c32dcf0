//! Causal self-attention (Vaswani et al. 2017, section 3.2) and its gradient, without transposed copies.
//!
//! Queries, keys and values are read where the linear layer left them, side by side in one row per
//! token. Rows are worked on [`ROWS`] at a time, so that the half of the scores that the mask hides
//! is hardly ever computed.

pub mod cached;
pub mod fused;
pub mod naive;
pub mod open;
pub mod whole;

use crate::{
    lanes::{F32x4, fours, fours_mut},
    matmul::{Out, View, product_of_views},
    softmax::softmax,
};

/// Queries that are worked on together.
const ROWS: usize = 32;

/// The sizes of one attention layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Sequences.
    pub batch: usize,
    /// Tokens of a sequence.
    pub tokens: usize,
    /// Heads.
    pub n_heads: usize,
    /// Width of one head.
    pub d_head: usize,
}

impl Shape {
    /// Width of the stream: all heads side by side.
    pub fn d_model(&self) -> usize {
        self.n_heads * self.d_head
    }

    /// Numbers in `[batch, tokens, 3 · d_model]`.
    pub fn qkv_len(&self) -> usize {
        3 * self.mixed_len()
    }

    /// Numbers in `[batch, tokens, d_model]`.
    pub fn mixed_len(&self) -> usize {
        self.batch * self.tokens * self.d_model()
    }

    /// Numbers in `[batch, n_heads, tokens, tokens]`.
    pub fn weights_len(&self) -> usize {
        self.batch * self.n_heads * self.tokens * self.tokens
    }

    /// Every head of every sequence: where it begins in `qkv`, in `mixed` and in `weights`.
    fn heads(self) -> impl Iterator<Item = [usize; 3]> {
        let each = move |i: usize| {
            let (sequence, head) = (i / self.n_heads, i % self.n_heads);
            let first = sequence * self.tokens * self.d_model();
            let column = head * self.d_head;
            [3 * first + column, first + column, i * self.tokens * self.tokens]
        };
        (0..self.batch * self.n_heads).map(each)
    }

    /// Blocks of queries: the first and the end.
    fn blocks(self) -> impl Iterator<Item = (usize, usize)> {
        (0..self.tokens).step_by(ROWS).map(move |first| (first, (first + ROWS).min(self.tokens)))
    }

    fn scale(&self) -> f32 {
        1.0 / (self.d_head as f32).sqrt()
    }
}

/// `mixed[i] = Σⱼ≤ᵢ weights[i, j] · value[j]`, head by head, with `weights[i] = softmax(query[i] · key[j] / √d_head)`.
///
/// `qkv: [batch, tokens, 3 · d_model]` (queries, keys, values); `mixed: [batch, tokens, d_model]`;
/// `weights: [batch, n_heads, tokens, tokens]`, zero above the diagonal.
///
/// # Panics
/// If a slice has the wrong length.
pub fn forward(shape: Shape, qkv: &[f32], mixed: &mut [f32], weights: &mut [f32]) {
    assert_eq!(qkv.len(), shape.qkv_len(), "attention: qkv");
    assert_eq!(mixed.len(), shape.mixed_len(), "attention: mixed");
    assert_eq!(weights.len(), shape.weights_len(), "attention: weights");
    let (d, d_head, tokens) = (shape.d_model(), shape.d_head, shape.tokens);
    for [at_qkv, at_mixed, at_weights] in shape.heads() {
        let weights = &mut weights[at_weights..][..tokens * tokens];
        for (first, end) in shape.blocks() {
            let rows = end - first;
            let query = by_row(&qkv[at_qkv + first * 3 * d..], 3 * d);
            let key = by_column(&qkv[at_qkv + d..], 3 * d);
            let scores = Out { data: &mut weights[first * tokens..], row: tokens, add: false };
            product_of_views([rows, d_head, end], query, key, scores);
            for i in first..end {
                let (seen, hidden) = weights[i * tokens..][..tokens].split_at_mut(i + 1);
                softmax(seen, shape.scale());
                hidden.fill(0.0);
            }
            let weights = by_row(&weights[first * tokens..], tokens);
            let value = by_row(&qkv[at_qkv + 2 * d..], 3 * d);
            let out = Out { data: &mut mixed[at_mixed + first * d..], row: d, add: false };
            product_of_views([rows, end, d_head], weights, value, out);
        }
    }
}

/// The gradient of `qkv`, from that of `mixed` and the `weights` of the forward pass.
///
/// With `P` the weights and `dO` the gradient of `mixed`: `dV = Pᵀ · dO`, `dP = dO · Vᵀ`,
/// `dS = P · (dP - Σⱼ P · dP) / √d_head`, `dQ = dS · K`, `dK = dSᵀ · Q`.
///
/// # Panics
/// If a slice has the wrong length.
pub fn backward(shape: Shape, qkv: &[f32], weights: &[f32], grad_mixed: &[f32], grad_qkv: &mut [f32]) {
    assert!(qkv.len() == shape.qkv_len() && grad_qkv.len() == qkv.len(), "attention: qkv");
    assert_eq!(grad_mixed.len(), shape.mixed_len(), "attention: mixed");
    assert_eq!(weights.len(), shape.weights_len(), "attention: weights");
    let (d, d_head, tokens) = (shape.d_model(), shape.d_head, shape.tokens);
    let mut grads = vec![0.0; ROWS * tokens];
    grad_qkv.fill(0.0);
    for [at_qkv, at_mixed, at_weights] in shape.heads() {
        for (first, end) in shape.blocks() {
            let rows = end - first;
            let p = &weights[at_weights + first * tokens..][..rows * tokens];
            let (query, key, value) = (at_qkv + first * 3 * d, at_qkv + d, at_qkv + 2 * d);
            let d_out = &grad_mixed[at_mixed + first * d..];

            let to = Out { data: &mut grad_qkv[value..], row: 3 * d, add: true };
            product_of_views([end, rows, d_head], by_column(p, tokens), by_row(d_out, d), to);

            let to = Out { data: &mut grads, row: tokens, add: false };
            product_of_views([rows, d_head, end], by_row(d_out, d), by_column(&qkv[value..], 3 * d), to);
            for (p, grad) in p.chunks_exact(tokens).zip(grads.chunks_exact_mut(tokens)) {
                grad_of_scores(&p[..end], &mut grad[..end], shape.scale());
            }

            let to = Out { data: &mut grad_qkv[query..], row: 3 * d, add: false };
            product_of_views([rows, end, d_head], by_row(&grads, tokens), by_row(&qkv[key..], 3 * d), to);
            let to = Out { data: &mut grad_qkv[key..], row: 3 * d, add: true };
            product_of_views([end, rows, d_head], by_column(&grads, tokens), by_row(&qkv[query..], 3 * d), to);
        }
    }
}

/// `grad = p · (grad - Σ p · grad) · scale`: through softmax and scaling, row by row.
#[cfg_attr(relaxed, target_feature(enable = "relaxed-simd"))]
fn grad_of_scores(p: &[f32], grad: &mut [f32], scale: f32) {
    let ((p4, p1), (g4, g1)) = (fours(p), fours(grad));
    let mut sums = F32x4::zero();
    for (p, g) in p4.iter().zip(g4) {
        sums = F32x4::load(p).madd(F32x4::load(g), sums);
    }
    let sum = sums.sum() + p1.iter().zip(g1).map(|(p, g)| p * g).sum::<f32>();
    let (g4, g1) = fours_mut(grad);
    for (p, g) in p4.iter().zip(g4) {
        (F32x4::load(p) * (F32x4::load(g) - F32x4::splat(sum)) * F32x4::splat(scale)).store(g);
    }
    for (p, g) in p1.iter().zip(g1) {
        *g = p * (*g - sum) * scale;
    }
}

fn by_row(data: &[f32], row: usize) -> View<'_> {
    View { data, row, column: 1 }
}

/// The same numbers seen transposed.
fn by_column(data: &[f32], row: usize) -> View<'_> {
    View { data, row: 1, column: row }
}
