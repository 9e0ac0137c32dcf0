//! The innermost loop: a tile of 4 × 8 results that never leaves the registers.

use super::Out;
use crate::lanes::F32x4;

/// Rows of a tile.
pub(super) const ROWS: usize = 4;
/// Columns of a tile: two registers.
pub(super) const COLUMNS: usize = 8;

/// A tile of results, row by row, each row in two registers.
pub(super) type Tile = [[F32x4; 2]; ROWS];

// ANCHOR: micro
/// The sums of one tile. `a` holds four rows, their first numbers, then their second and so on;
/// `b` holds eight columns in the same way. Larger tiles need more registers than there are.
#[inline]
#[cfg_attr(relaxed, target_feature(enable = "relaxed-simd"))]
pub(super) fn tile(a: &[f32], b: &[f32]) -> Tile {
    let mut sums = [[F32x4::zero(); 2]; ROWS];
    for (a, b) in a.as_chunks::<ROWS>().0.iter().zip(b.as_chunks::<COLUMNS>().0) {
        let left = F32x4::load(&[b[0], b[1], b[2], b[3]]);
        let right = F32x4::load(&[b[4], b[5], b[6], b[7]]);
        for (sum, &a) in sums.iter_mut().zip(a) {
            let a = F32x4::splat(a);
            sum[0] = a.madd(left, sum[0]);
            sum[1] = a.madd(right, sum[1]);
        }
    }
    sums
}
// ANCHOR_END: micro

/// Puts the part of a tile that lies inside the result at row `i`, column `j`.
#[inline]
#[cfg_attr(relaxed, target_feature(enable = "relaxed-simd"))]
pub(super) fn put(tile: Tile, out: &mut Out, add: bool, i: usize, j: usize, rows: usize, columns: usize) {
    for (r, [left, right]) in tile.into_iter().enumerate().take(rows) {
        let start = (i + r) * out.row + j;
        let row = &mut out.data[start..start + columns];
        if let Ok(row) = <&mut [f32; COLUMNS]>::try_from(&mut *row) {
            let (fours, _) = row.as_chunks_mut::<4>();
            for (to, x) in fours.iter_mut().zip([left, right]) {
                let sum = if add { F32x4::load(to) + x } else { x };
                sum.store(to);
            }
        } else {
            let both = [left.to_array(), right.to_array()];
            for (to, x) in row.iter_mut().zip(both.as_flattened()) {
                *to = if add { *to + x } else { *x };
            }
        }
    }
}
