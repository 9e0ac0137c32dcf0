//! One causal head without a matrix of scores: tile after tile, with a running maximum and sum for each query
//! (Milakov and Gimelshein 2018; Dao et al. 2022).

use crate::{
    lanes::{F32x4, fours_mut},
    matmul::{Shape, matmul, matmul_add},
};

/// Queries that are worked on together.
pub const QUERIES: usize = 32;
/// Keys of one tile.
pub const KEYS: usize = 64;

/// What is kept beside the input and the output, however long the text.
pub struct Room {
    /// The scores of one tile.
    scores: [f32; QUERIES * KEYS],
    /// For each query, the largest scaled score so far.
    largest: [f32; QUERIES],
    /// For each query, the sum of `e^(score - largest)` so far.
    sums: [f32; QUERIES],
}

impl Default for Room {
    fn default() -> Self {
        Self { scores: [0.0; QUERIES * KEYS], largest: [0.0; QUERIES], sums: [0.0; QUERIES] }
    }
}

/// What is looked at: keys and values of the whole text, `[tokens, d_head]` each.
#[derive(Clone, Copy)]
pub struct Seen<'a> {
    /// Width of the head.
    pub d_head: usize,
    /// What each token can be found by.
    pub keys: &'a [f32],
    /// What each token hands over.
    pub values: &'a [f32],
}

// ANCHOR: fused
/// `out = softmax(queries · keysᵀ / √d_head) · values` for up to [`QUERIES`] queries, the first of which is that of
/// token `first`. Each sees itself and the tokens before it. `queries` and `out`: `[rows, d_head]`.
///
/// # Panics
/// If there are more queries, or a slice has the wrong length.
pub fn rows(seen: Seen, first: usize, queries: &[f32], out: &mut [f32], room: &mut Room) {
    let Seen { d_head, keys, values } = seen;
    let count = queries.len() / d_head;
    let scale = 1.0 / (d_head as f32).sqrt();
    let Room { scores, largest, sums } = room;
    largest[..count].fill(f32::NEG_INFINITY);
    sums[..count].fill(0.0);
    out.fill(0.0);
    // Tiles that the mask hides altogether are never computed.
    for from in (0..first + count).step_by(KEYS) {
        let to = (from + KEYS).min(first + count);
        let width = to - from;
        let tile = &mut scores[..count * width];
        matmul(Shape::nt(count, d_head, width), queries, &keys[from * d_head..to * d_head], tile);
        for (row, tile) in tile.chunks_exact_mut(width).enumerate() {
            let (visible, hidden) = tile.split_at_mut((first + row + 1).saturating_sub(from).min(width));
            hidden.fill(0.0);
            let highest = visible.iter().fold(largest[row], |a, b| a.max(b * scale));
            // What was summed under a smaller maximum shrinks to what it would be under the new one.
            let shrink = if largest[row] == f32::NEG_INFINITY { 0.0 } else { (largest[row] - highest).exp() };
            sums[row] = sums[row] * shrink + exponentials(visible, scale, highest);
            largest[row] = highest;
            for x in &mut out[row * d_head..][..d_head] {
                *x *= shrink;
            }
        }
        matmul_add(Shape::nn(count, width, d_head), tile, &values[from * d_head..to * d_head], out);
    }
    for (row, out) in out.chunks_exact_mut(d_head).enumerate() {
        for x in out {
            *x /= sums[row];
        }
    }
}
// ANCHOR_END: fused

/// Turns each score into `e^(scale · score - largest)`, in place, and answers the sum.
#[cfg_attr(relaxed, target_feature(enable = "relaxed-simd"))]
fn exponentials(scores: &mut [f32], scale: f32, largest: f32) -> f32 {
    let (scales, shift) = (F32x4::splat(scale), F32x4::splat(-largest));
    let mut sums = F32x4::zero();
    let (many, rest) = fours_mut(scores);
    for four in many {
        let e = F32x4::load(four).madd(scales, shift).exp();
        sums = sums + e;
        e.store(four);
    }
    let mut sum = sums.sum();
    for x in rest {
        *x = (*x * scale - largest).exp();
        sum += *x;
    }
    sum
}
