//! Sixteen products at once in a browser's registers.

use super::LANES;
use std::arch::wasm32::*;

/// The products of two rows, in pieces, added up.
pub fn dot(a: &[[i8; LANES]], b: &[[i8; LANES]]) -> i32 {
    let mut sums = [i32x4_splat(0); 2];
    for (a, b) in a.iter().zip(b) {
        let (a, b) = (load(a), load(b));
        // Bytes are widened to sixteen bits; the instruction multiplies them and adds up neighbours in 32.
        let low = i32x4_dot_i16x8(i16x8_extend_low_i8x16(a), i16x8_extend_low_i8x16(b));
        let high = i32x4_dot_i16x8(i16x8_extend_high_i8x16(a), i16x8_extend_high_i8x16(b));
        sums = [i32x4_add(sums[0], low), i32x4_add(sums[1], high)];
    }
    let sum = i32x4_add(sums[0], sums[1]);
    i32x4_extract_lane::<0>(sum)
        + i32x4_extract_lane::<1>(sum)
        + i32x4_extract_lane::<2>(sum)
        + i32x4_extract_lane::<3>(sum)
}

/// Reads sixteen bytes; the compiler makes one instruction of it.
#[inline(always)]
fn load(&[a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p]: &[i8; LANES]) -> v128 {
    i8x16(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p)
}
