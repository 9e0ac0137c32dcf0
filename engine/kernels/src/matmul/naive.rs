//! The definition of a matrix product, one number after the other.

use super::{Layout, Shape};

// ANCHOR: naive
/// `out = a · b`: every result is the sum of `k` products.
///
/// # Panics
/// If a slice has the wrong length.
pub fn matmul(shape: Shape, a: &[f32], b: &[f32], out: &mut [f32]) {
    shape.check(a, b, out);
    let Shape { m, k, n, layout } = shape;
    for i in 0..m {
        for j in 0..n {
            let mut sum = 0.0;
            for p in 0..k {
                let left = if layout == Layout::Tn { a[p * m + i] } else { a[i * k + p] };
                let right = if layout == Layout::Nt { b[j * k + p] } else { b[p * n + j] };
                sum += left * right;
            }
            out[i * n + j] = sum;
        }
    }
}
// ANCHOR_END: naive
