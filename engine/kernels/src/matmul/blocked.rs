//! The same sums in an order that caches like: blocks of rows of `b` that fit, used again and again.

use super::{Layout, Shape};

/// Rows and columns of `b` that are worked on together: 64 × 128 numbers, 32 KiB.
const K_BLOCK: usize = 64;
const N_BLOCK: usize = 128;

// ANCHOR: blocked
/// `out = a · b` for [`Layout::Nn`], block by block, with the inner loop running along rows.
///
/// # Panics
/// If a slice has the wrong length, or a factor is stored transposed.
pub fn matmul(shape: Shape, a: &[f32], b: &[f32], out: &mut [f32]) {
    shape.check(a, b, out);
    let Shape { m, k, n, layout } = shape;
    assert_eq!(layout, Layout::Nn, "this kernel knows no transposed factors");
    out.fill(0.0);
    for p0 in (0..k).step_by(K_BLOCK) {
        for j0 in (0..n).step_by(N_BLOCK) {
            let (p1, j1) = ((p0 + K_BLOCK).min(k), (j0 + N_BLOCK).min(n));
            for i in 0..m {
                let sums = &mut out[i * n + j0..i * n + j1];
                for p in p0..p1 {
                    let left = a[i * k + p];
                    for (sum, right) in sums.iter_mut().zip(&b[p * n + j0..p * n + j1]) {
                        *sum += left * right;
                    }
                }
            }
        }
    }
}
// ANCHOR_END: blocked
