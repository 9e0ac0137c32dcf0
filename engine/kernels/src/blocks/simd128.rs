//! A block at a time in a browser's registers.

use super::{BLOCK, LARGEST};
use crate::lanes::F32x4;
use std::arch::wasm32::*;

/// Weights that become sixteen bits each, in the order of [`super::Inputs`].
pub trait Unpack {
    /// The whole numbers of a block.
    fn unpack(&self) -> [v128; 4];
}

impl Unpack for [u8; BLOCK / 2] {
    #[inline(always)]
    fn unpack(&self) -> [v128; 4] {
        let low = u16x8_splat(15);
        // Two bytes are a lane of four halves: those of an even byte, then those of an odd one.
        let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = *self;
        let lanes = u8x16(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p);
        [
            v128_and(lanes, low),
            v128_and(u16x8_shr(lanes, 8), low),
            v128_and(u16x8_shr(lanes, 4), low),
            u16x8_shr(lanes, 12),
        ]
    }
}

impl Unpack for [i8; BLOCK] {
    #[inline(always)]
    fn unpack(&self) -> [v128; 4] {
        let (halves, _) = self.as_chunks::<16>();
        let [first, second] = [0, 1].map(|half| {
            let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = halves[half];
            i8x16(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p)
        });
        let even = |lanes| i16x8_shr(i16x8_shl(lanes, 8), 8);
        [even(first), i16x8_shr(first, 8), even(second), i16x8_shr(second, 8)]
    }
}

/// The products of a row with a few tokens, added up: each block's whole number times its scale.
///
/// Loops and no closures: a closure in here would be compiled for relaxed SIMD, and then not be inlined into the
/// standard library's functions, which are not.
#[inline(never)]
#[cfg_attr(relaxed, target_feature(enable = "relaxed-simd"))]
pub fn sums<C: Unpack, const T: usize>(codes: &[C], mut x: [&[[i16; BLOCK]]; T], mut scales: [&[f32]; T]) -> [f32; T] {
    // Of one length, which spares the loop every check.
    for t in 0..T {
        x[t] = &x[t][..codes.len()];
        scales[t] = &scales[t][..codes.len()];
    }
    let mut sums = [F32x4::zero(); T];
    for (block, codes) in codes.iter().enumerate() {
        let weights = codes.unpack();
        for t in 0..T {
            let x = parts(&x[t][block]);
            let dot = |part: usize| i32x4_dot_i16x8(weights[part], x[part]);
            let whole = i32x4_add(i32x4_add(dot(0), dot(1)), i32x4_add(dot(2), dot(3)));
            sums[t] = F32x4::from_whole(whole).madd(F32x4::splat(scales[t][block]), sums[t]);
        }
    }
    let mut out = [0.0; T];
    for t in 0..T {
        out[t] = sums[t].sum();
    }
    out
}

/// Reads a block of activations; the compiler makes four instructions of it.
#[inline(always)]
fn parts(block: &[i16; BLOCK]) -> [v128; 4] {
    let (parts, _) = block.as_chunks::<8>();
    std::array::from_fn(|part| {
        let [a, b, c, d, e, f, g, h] = parts[part];
        i16x8(a, b, c, d, e, f, g, h)
    })
}

/// The nearest whole numbers of `block · inverse` in the order of [`super::Inputs`], and their sum.
#[inline(always)]
pub fn whole(block: &[f32; BLOCK], inverse: f32, codes: &mut [i16; BLOCK]) -> i32 {
    let inverse = f32x4_splat(inverse);
    let (most, least) = (i16x8_splat(LARGEST), i16x8_splat(-LARGEST));
    let mut sum = i32x4_splat(0);
    for (part, codes) in block.as_chunks::<16>().0.iter().zip(codes.as_chunks_mut::<16>().0) {
        let four = |at: usize| {
            let x = f32x4(part[at], part[at + 1], part[at + 2], part[at + 3]);
            i32x4_trunc_sat_f32x4(f32x4_nearest(f32x4_mul(x, inverse)))
        };
        let eight = |at: usize| i16x8_max(i16x8_min(i16x8_narrow_i32x4(four(at), four(at + 4)), most), least);
        let (low, high) = (eight(0), eight(8));
        sum = i32x4_add(sum, i32x4_add(i32x4_extadd_pairwise_i16x8(low), i32x4_extadd_pairwise_i16x8(high)));
        let (even, odd) = codes.split_at_mut(8);
        put(i16x8_shuffle::<0, 2, 4, 6, 8, 10, 12, 14>(low, high), even);
        put(i16x8_shuffle::<1, 3, 5, 7, 9, 11, 13, 15>(low, high), odd);
    }
    i32x4_extract_lane::<0>(sum)
        + i32x4_extract_lane::<1>(sum)
        + i32x4_extract_lane::<2>(sum)
        + i32x4_extract_lane::<3>(sum)
}

/// Writes eight numbers.
#[inline(always)]
fn put(lanes: v128, to: &mut [i16]) {
    let eight = [
        i16x8_extract_lane::<0>(lanes),
        i16x8_extract_lane::<1>(lanes),
        i16x8_extract_lane::<2>(lanes),
        i16x8_extract_lane::<3>(lanes),
        i16x8_extract_lane::<4>(lanes),
        i16x8_extract_lane::<5>(lanes),
        i16x8_extract_lane::<6>(lanes),
        i16x8_extract_lane::<7>(lanes),
    ];
    to.copy_from_slice(&eight);
}
