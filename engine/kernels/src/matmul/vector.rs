//! One to three rows against a matrix that is read once: writing a text token by token.

use super::Out;
use crate::lanes::{F32x4, fours};

/// Columns that are summed together: eight registers.
const COLUMNS: usize = 32;

/// `a · b` with `a: [rows, k]` and `b: [k, n]`: rows of `b`, weighted and added.
#[cfg_attr(relaxed, target_feature(enable = "relaxed-simd"))]
pub(super) fn times_rows(a: &[f32], b: &[f32], k: usize, n: usize, out: Out) {
    if k == 0 || n == 0 {
        if !out.add {
            out.data.fill(0.0);
        }
        return;
    }
    for (a, out_row) in a.chunks_exact(k).zip(out.data.chunks_exact_mut(n)) {
        let (blocks, rest) = out_row.as_chunks_mut::<COLUMNS>();
        let done = blocks.len() * COLUMNS;
        for (block, to) in blocks.iter_mut().enumerate() {
            let mut sums = [F32x4::zero(); COLUMNS / 4];
            for (&x, row) in a.iter().zip(b.chunks_exact(n)) {
                let x = F32x4::splat(x);
                let (row, _) = row[block * COLUMNS..][..COLUMNS].as_chunks::<4>();
                for (sum, four) in sums.iter_mut().zip(row) {
                    *sum = x.madd(F32x4::load(four), *sum);
                }
            }
            for (to, sum) in to.as_chunks_mut::<4>().0.iter_mut().zip(sums) {
                let old = if out.add { F32x4::load(to) } else { F32x4::zero() };
                (old + sum).store(to);
            }
        }
        let mut sums = [0.0; COLUMNS];
        for (&x, row) in a.iter().zip(b.chunks_exact(n)) {
            for (sum, y) in sums.iter_mut().zip(&row[done..]) {
                *sum += x * y;
            }
        }
        for (to, sum) in rest.iter_mut().zip(sums) {
            *to = if out.add { *to + sum } else { sum };
        }
    }
}

/// `a · b` with `a: [rows, k]` and `b: [n, k]`: one inner product per result.
#[cfg_attr(relaxed, target_feature(enable = "relaxed-simd"))]
pub(super) fn times_columns(a: &[f32], b: &[f32], k: usize, out: Out) {
    if k == 0 || out.row == 0 {
        if !out.add {
            out.data.fill(0.0);
        }
        return;
    }
    for (a, out_row) in a.chunks_exact(k).zip(out.data.chunks_exact_mut(out.row)) {
        for (to, b) in out_row.iter_mut().zip(b.chunks_exact(k)) {
            let sum = dot(a, b);
            *to = if out.add { *to + sum } else { sum };
        }
    }
}

/// The inner product of two vectors, four sums of four side by side.
#[inline]
#[cfg_attr(relaxed, target_feature(enable = "relaxed-simd"))]
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [F32x4::zero(); 4];
    let ((many_a, a), (many_b, b)) = (a.as_chunks::<16>(), b.as_chunks::<16>());
    for (a, b) in many_a.iter().zip(many_b) {
        for ((sum, a), b) in sums.iter_mut().zip(a.as_chunks::<4>().0).zip(b.as_chunks::<4>().0) {
            *sum = F32x4::load(a).madd(F32x4::load(b), *sum);
        }
    }
    let ((fours_a, a), (fours_b, b)) = (fours(a), fours(b));
    for (a, b) in fours_a.iter().zip(fours_b) {
        sums[0] = F32x4::load(a).madd(F32x4::load(b), sums[0]);
    }
    let rest: f32 = a.iter().zip(b).map(|(a, b)| a * b).sum();
    ((sums[0] + sums[2]) + (sums[1] + sums[3])).sum() + rest
}
