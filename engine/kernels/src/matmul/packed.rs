//! Blocks for the caches, strips for the registers.

use super::{
    Out, View,
    micro::{self, COLUMNS, ROWS},
    pack,
};
use std::cell::RefCell;

/// Terms summed before results are put down: a strip of `b` (8 KiB) stays in the first-level cache.
const K_BLOCK: usize = 256;
/// Rows of `a` packed at a time (96 KiB): they stay in the second-level cache.
const M_BLOCK: usize = 96;

thread_local! {
    /// Room for packed factors, kept from one product to the next.
    static ROOM: RefCell<[Vec<f32>; 2]> = const { RefCell::new([Vec::new(), Vec::new()]) };
}

/// `out = a · b`, sizes `[m, k, n]`.
pub(super) fn product([m, k, n]: [usize; 3], a: View, b: View, mut out: Out) {
    if k == 0 && !out.add {
        for i in 0..m {
            out.data[i * out.row..i * out.row + n].fill(0.0);
        }
    }
    ROOM.with_borrow_mut(|[room_a, room_b]| {
        let deep = k.min(K_BLOCK);
        grow(room_a, m.min(M_BLOCK).next_multiple_of(ROWS) * deep);
        grow(room_b, n.next_multiple_of(COLUMNS) * deep);
        for p0 in (0..k).step_by(K_BLOCK) {
            let deep = K_BLOCK.min(k - p0);
            // Of `b`, columns become strips: seen transposed, they are rows.
            let columns = View { data: b.data, row: b.column, column: b.row };
            pack::strips::<COLUMNS>(columns, [0, p0], [n, deep], room_b);
            let add = out.add || p0 > 0;
            for i0 in (0..m).step_by(M_BLOCK) {
                let rows = M_BLOCK.min(m - i0);
                pack::strips::<ROWS>(a, [i0, p0], [rows, deep], room_a);
                block(room_a, room_b, [i0, rows, deep, n], &mut out, add);
            }
        }
    });
}

/// All of `b: [k, n]` as [`product`] packs it, block after block.
pub(super) fn keep(k: usize, n: usize, b: View) -> Vec<f32> {
    let columns = View { data: b.data, row: b.column, column: b.row };
    let wide = n.next_multiple_of(COLUMNS);
    let mut all = vec![0.0; k * wide];
    for p0 in (0..k).step_by(K_BLOCK) {
        let deep = K_BLOCK.min(k - p0);
        pack::strips::<COLUMNS>(columns, [0, p0], [n, deep], &mut all[p0 * wide..]);
    }
    all
}

/// `out = a · b`, sizes `[m, k, n]`, for a `b` from [`keep`].
pub(super) fn product_with_kept([m, k, n]: [usize; 3], a: View, b: &[f32], mut out: Out) {
    let wide = n.next_multiple_of(COLUMNS);
    ROOM.with_borrow_mut(|[room_a, _]| {
        grow(room_a, m.min(M_BLOCK).next_multiple_of(ROWS) * k.min(K_BLOCK));
        for p0 in (0..k).step_by(K_BLOCK) {
            let deep = K_BLOCK.min(k - p0);
            let add = out.add || p0 > 0;
            for i0 in (0..m).step_by(M_BLOCK) {
                let rows = M_BLOCK.min(m - i0);
                pack::strips::<ROWS>(a, [i0, p0], [rows, deep], room_a);
                block(room_a, &b[p0 * wide..][..deep * wide], [i0, rows, deep, n], &mut out, add);
            }
        }
    });
}

/// `out += a · b` for `a: [m, k]` and `out: [m, n]`, where `strip` writes each eight columns of `b`: `[k, 8]`, filled up with
/// anything. Of `b`, no more than that is ever there as floats.
pub(crate) fn by_strips([m, k, n]: [usize; 3], a: &[f32], out: &mut [f32], mut strip: impl FnMut(usize, &mut [f32])) {
    let (a, mut out) = (View { data: a, row: k, column: 1 }, Out { data: out, row: n, add: true });
    ROOM.with_borrow_mut(|[room_a, room_b]| {
        grow(room_a, m.min(M_BLOCK).next_multiple_of(ROWS) * k);
        grow(room_b, k * COLUMNS);
        for i0 in (0..m).step_by(M_BLOCK) {
            let rows = M_BLOCK.min(m - i0);
            pack::strips::<ROWS>(a, [i0, 0], [rows, k], room_a);
            for j in (0..n).step_by(COLUMNS) {
                let b = &mut room_b[..k * COLUMNS];
                strip(j / COLUMNS, b);
                column(room_a, b, [i0, rows, k, n], j, &mut out, true);
            }
        }
    });
}

/// All tiles of `rows` rows, beginning with row `i0`.
#[cfg_attr(relaxed, target_feature(enable = "relaxed-simd"))]
fn block(a: &[f32], b: &[f32], [i0, rows, deep, n]: [usize; 4], out: &mut Out, add: bool) {
    for (j, b) in (0..n).step_by(COLUMNS).zip(b.chunks_exact(deep * COLUMNS)) {
        column(a, b, [i0, rows, deep, n], j, out, add);
    }
}

/// The same of one strip of columns, beginning with column `j`.
#[inline]
#[cfg_attr(relaxed, target_feature(enable = "relaxed-simd"))]
fn column(a: &[f32], b: &[f32], [i0, rows, deep, n]: [usize; 4], j: usize, out: &mut Out, add: bool) {
    let columns = COLUMNS.min(n - j);
    for (i, a) in (0..rows).step_by(ROWS).zip(a.chunks_exact(deep * ROWS)) {
        let tile = micro::tile(a, b);
        micro::put(tile, out, add, i0 + i, j, ROWS.min(rows - i), columns);
    }
}

fn grow(room: &mut Vec<f32>, length: usize) {
    if room.len() < length {
        room.resize(length, 0.0);
    }
}
