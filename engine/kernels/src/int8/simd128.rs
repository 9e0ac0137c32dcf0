//! A tile in a browser's registers, with products of sixteen bits.

use super::{Block, QUAD, Strip, inputs::Words, products::halves};
use crate::lanes::F32x4;
use std::arch::wasm32::*;

/// How bytes are multiplied: there is one way.
#[cfg(not(relaxed))]
#[derive(Clone, Copy)]
pub struct Way;

/// The way of this machine.
#[cfg(not(relaxed))]
pub fn way() -> Way {
    Way
}

/// The sums of a strip with `S` samples, but for the samples' scales: a step has `B` blocks, `x` are their inputs step by step, `totals`
/// what the inputs of each group add up to.
#[cfg(not(relaxed))]
#[inline]
pub fn tile<const B: usize, const S: usize>(
    _: Way,
    strip: Strip,
    x: &[[i32; S]],
    totals: &[[i32; S]],
) -> [[F32x4; 2]; S] {
    pairs::<B, S>(strip, x, totals)
}

/// The sums by products of sixteen bits, of which pairs are added up in 32.
pub fn pairs<const B: usize, const S: usize>(strip: Strip, x: &[[i32; S]], totals: &[[i32; S]]) -> [[F32x4; 2]; S] {
    let above = if B == 2 { 128 } else { 8 };
    let mut sums = [[F32x4::zero(); 2]; S];
    for (group, blocks) in strip.blocks.as_chunks::<B>().0.chunks(strip.in_group).enumerate() {
        let x = &x[group * strip.in_group..][..blocks.len()];
        let scales = halves(&strip.scales[group]);
        let zeros = zeros(strip, group, above);
        for half in 0..2 {
            // Two outputs to a register, two sums for each.
            let mut whole = [[i32x4_splat(0); 2]; S];
            for (step, x) in blocks.iter().zip(x) {
                let bytes = codes(step, half);
                let codes = [u16x8_extend_low_u8x16(bytes), u16x8_extend_high_u8x16(bytes)];
                for s in 0..S {
                    let x = i16x8_extend_low_i8x16(i32x4_splat(x[s]));
                    whole[s][0] = i32x4_add(whole[s][0], i32x4_dot_i16x8(x, codes[0]));
                    whole[s][1] = i32x4_add(whole[s][1], i32x4_dot_i16x8(x, codes[1]));
                }
            }
            for s in 0..S {
                let [first, second] = whole[s];
                let even = i32x4_shuffle::<0, 2, 4, 6>(first, second);
                let odd = i32x4_shuffle::<1, 3, 5, 7>(first, second);
                let low = i32x4_mul(zeros[half], i32x4_splat(totals[group][s]));
                let whole = i32x4_sub(i32x4_add(even, odd), low);
                sums[s][half] = sums[s][half] + scales[half] * F32x4::from_whole(whole);
            }
        }
    }
    sums
}

/// How far the bytes of a group stand above zero.
#[inline(always)]
pub fn zeros(strip: Strip, group: usize, above: i32) -> [v128; 2] {
    let above = i32x4_splat(above);
    match strip.zeros.get(group) {
        None => [above; 2],
        Some(&[a, b, c, d, e, f, g, h]) => {
            let eight = i16x8_extend_low_i8x16(i8x16(a, b, c, d, e, f, g, h, 0, 0, 0, 0, 0, 0, 0, 0));
            [i32x4_extend_low_i16x8(eight), i32x4_extend_high_i16x8(eight)].map(|zeros| i32x4_add(zeros, above))
        }
    }
}

/// Four inputs of each output of half a strip, a byte each.
#[inline(always)]
pub fn codes<const B: usize>(step: &[Block; B], half: usize) -> v128 {
    match (B, half) {
        (2, _) => load(&step[half]),
        (_, 0) => v128_and(load(&step[0]), u8x16_splat(15)),
        // Two bytes at once, which shifts four bits from one into the other.
        _ => v128_and(u16x8_shr(load(&step[0]), 4), u8x16_splat(15)),
    }
}

/// Reads sixteen bytes; the compiler makes one instruction of it.
#[inline(always)]
fn load(&[a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p]: &Block) -> v128 {
    u8x16(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p)
}

/// Rounds `x · inverse`, four numbers to a word, and adds them up. Numbers that are none become 0.
pub fn round(x: &[f32], inverse: f32, mut to: Words) -> i32 {
    let mut total = i32x4_splat(0);
    let (many, rest) = x.as_chunks::<16>();
    for x in many {
        round_sixteen(x, inverse, &mut total).into_iter().for_each(|word| to.put(word));
    }
    if !rest.is_empty() {
        let mut x = [0.0; 16];
        x[..rest.len()].copy_from_slice(rest);
        let words = round_sixteen(&x, inverse, &mut total);
        words.into_iter().take(rest.len().div_ceil(QUAD)).for_each(|word| to.put(word));
    }
    i32x4_extract_lane::<0>(total)
        + i32x4_extract_lane::<1>(total)
        + i32x4_extract_lane::<2>(total)
        + i32x4_extract_lane::<3>(total)
}

#[inline(always)]
fn round_sixteen(x: &[f32; 16], inverse: f32, total: &mut v128) -> [i32; 4] {
    let inverse = f32x4_splat(inverse);
    // Added to a small number, this leaves its nearest whole number in the lowest bits.
    let magic = f32x4_splat(12_582_912.0);
    let four = |at: usize| {
        let x = f32x4_mul(f32x4(x[at], x[at + 1], x[at + 2], x[at + 3]), inverse);
        let whole = i32x4_sub(f32x4_add(x, magic), magic);
        v128_and(whole, f32x4_eq(x, x))
    };
    let codes = i8x16_narrow_i16x8(i16x8_narrow_i32x4(four(0), four(4)), i16x8_narrow_i32x4(four(8), four(12)));
    *total = i32x4_add(*total, i32x4_extadd_pairwise_i16x8(i16x8_extadd_pairwise_i8x16(codes)));
    [
        i32x4_extract_lane::<0>(codes),
        i32x4_extract_lane::<1>(codes),
        i32x4_extract_lane::<2>(codes),
        i32x4_extract_lane::<3>(codes),
    ]
}

/// Four bytes of each of four outputs.
#[derive(Clone, Copy)]
pub struct Register(v128);

impl Register {
    /// Reads them.
    #[inline(always)]
    pub fn load(bytes: &Block) -> Self {
        Self(load(bytes))
    }

    /// Some of the bits of each output, as a number.
    #[inline(always)]
    pub fn part(self, shift: u32, mask: u32) -> F32x4 {
        F32x4::from_whole(v128_and(u32x4_shr(self.0, shift), u32x4_splat(mask)))
    }
}
