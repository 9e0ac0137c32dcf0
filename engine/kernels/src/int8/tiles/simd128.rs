//! A tile in a browser's registers: eight hold its sums, three what is multiplied.

use super::{Codes, MOST, OUTPUTS, Pairs, SAMPLES};
use crate::lanes::F32x4;
use std::arch::wasm32::*;

/// The sums of a tile, each a whole number: four samples by eight outputs.
#[inline]
pub fn tile(x: &[Pairs], codes: &[Codes]) -> [[F32x4; OUTPUTS / 4]; SAMPLES] {
    let mut sums = [[i32x4_splat(0); OUTPUTS / 4]; SAMPLES];
    for (x, codes) in x.iter().zip(codes) {
        let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = *codes;
        let codes = i8x16(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p);
        let (left, right) = (i16x8_extend_low_i8x16(codes), i16x8_extend_high_i8x16(codes));
        for (sums, x) in sums.iter_mut().zip(x) {
            // The instruction multiplies pairs of sixteen bits and adds the two products up in 32.
            let x = i32x4_splat(*x);
            sums[0] = i32x4_add(sums[0], i32x4_dot_i16x8(x, left));
            sums[1] = i32x4_add(sums[1], i32x4_dot_i16x8(x, right));
        }
    }
    sums.map(|sums| sums.map(F32x4::from_whole))
}

/// The nearest whole numbers of `x · factors · inverse`, in pairs.
#[inline(always)]
pub fn round(x: &[f32; 8], factors: &[f32; 8], inverse: f32) -> [i32; 4] {
    let inverse = f32x4_splat(inverse);
    let four = |at: usize| {
        let x = f32x4(x[at], x[at + 1], x[at + 2], x[at + 3]);
        let factors = f32x4(factors[at], factors[at + 1], factors[at + 2], factors[at + 3]);
        i32x4_trunc_sat_f32x4(f32x4_nearest(f32x4_mul(f32x4_mul(x, factors), inverse)))
    };
    let eight = i16x8_narrow_i32x4(four(0), four(4));
    let pairs = i16x8_max(i16x8_min(eight, i16x8_splat(MOST)), i16x8_splat(-MOST));
    [
        i32x4_extract_lane::<0>(pairs),
        i32x4_extract_lane::<1>(pairs),
        i32x4_extract_lane::<2>(pairs),
        i32x4_extract_lane::<3>(pairs),
    ]
}
