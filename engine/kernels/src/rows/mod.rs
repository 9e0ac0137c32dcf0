//! Two rows of numbers multiplied, or one added to another: what the small models of the lessons spend their time in.
//!
//! Plain Rust that a compiler turns into SIMD: the same operations in the same order, and so the same bits, in every
//! variant of this crate.

pub mod naive;

/// So many products are added up side by side, so that a processor can do them at once.
const LANES: usize = 8;

/// The product of two rows of one length: Σᵢ aᵢ·bᵢ.
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    let (a, b) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest: f32 = a.remainder().iter().zip(b.remainder()).map(|(a, b)| a * b).sum();
    let mut lanes = [0.0f32; LANES];
    for (a, b) in a.zip(b) {
        for lane in 0..LANES {
            lanes[lane] += a[lane] * b[lane];
        }
    }
    lanes.iter().sum::<f32>() + rest
}

/// Adds `scale · from` to `to`, number by number.
pub fn add_scaled(to: &mut [f32], scale: f32, from: &[f32]) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to += scale * from);
}

/// Adds `x · weight` to `y`: a row `[x.len()]` by a matrix `[x.len(), y.len()]`.
pub fn add_product(y: &mut [f32], x: &[f32], weight: &[f32]) {
    for (x, weights) in x.iter().zip(weight.chunks_exact(y.len().max(1))) {
        add_scaled(y, *x, weights);
    }
}

/// Adds the outer product of `x` and `y` to `to`, `[x.len(), y.len()]`.
pub fn add_outer(to: &mut [f32], x: &[f32], y: &[f32]) {
    for (x, to) in x.iter().zip(to.chunks_exact_mut(y.len().max(1))) {
        add_scaled(to, *x, y);
    }
}

/// Puts the product of `y` with each row of `weight`, `[out.len(), y.len()]`, into `out`.
pub fn dots(out: &mut [f32], weight: &[f32], y: &[f32]) {
    for (out, weights) in out.iter_mut().zip(weight.chunks_exact(y.len().max(1))) {
        *out = dot(weights, y);
    }
}
