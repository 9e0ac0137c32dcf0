//! A tile in a browser's registers, with four bytes multiplied and added up by one instruction.
//!
//! Of the second of its factors only seven bits mean the same on every machine. What the eighth means, a machine is asked
//! by doing one: some take it for a sign, some do not, and both are exact once the inputs are subtracted as often as the
//! bytes stand above zero. Those that build the instruction out of others, with sums of sixteen bits in between that
//! overflow, are faster with the products of sixteen bits of [`super::simd128`].

use super::{
    Block, Strip,
    products::halves,
    simd128::{codes, pairs, zeros},
};
use crate::lanes::F32x4;
use std::{arch::wasm32::*, hint::black_box};

/// What this machine makes of a byte whose highest bit is set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Way {
    /// A number below zero.
    Signed,
    /// A number from 128 to 255.
    Unsigned,
    /// Sums that overflow: another instruction is better.
    Pairs,
}

/// The way of this machine.
#[target_feature(enable = "relaxed-simd")]
pub fn way() -> Way {
    if dot(i8::MIN, 128) == 4 * 128 * 128 {
        Way::Signed
    } else if dot(i8::MAX, 255) == 4 * 127 * 255 {
        Way::Unsigned
    } else {
        Way::Pairs
    }
}

/// Four equal products, added up.
#[target_feature(enable = "relaxed-simd")]
fn dot(a: i8, b: u8) -> i32 {
    let [a, b] = [i8x16_splat(black_box(a)), u8x16_splat(black_box(b))];
    i32x4_extract_lane::<0>(i32x4_relaxed_dot_i8x16_i7x16_add(a, b, i32x4_splat(0)))
}

/// The sums of a strip with `S` samples, but for the samples' scales: a step has `B` blocks, `x` are their inputs step by step, `totals`
/// what the inputs of each group add up to.
#[inline]
#[target_feature(enable = "relaxed-simd")]
pub fn tile<const B: usize, const S: usize>(
    way: Way,
    strip: Strip,
    x: &[[i32; S]],
    totals: &[[i32; S]],
) -> [[F32x4; 2]; S] {
    match (way, S) {
        (Way::Pairs, _) => pairs::<B, S>(strip, x, totals),
        // A sum waits for the one before it: one sample alone needs more of them side by side.
        (_, 1) => fours::<B, S, 4>(way, strip, x, totals),
        _ => fours::<B, S, 1>(way, strip, x, totals),
    }
}

/// The sums by products of eight bits, of which four are added up in 32; `K` steps are added up side by side.
#[target_feature(enable = "relaxed-simd")]
fn fours<const B: usize, const S: usize, const K: usize>(
    way: Way,
    strip: Strip,
    x: &[[i32; S]],
    totals: &[[i32; S]],
) -> [[F32x4; 2]; S] {
    let (above, flip) = match (B, way) {
        (2, Way::Signed) => (0, u8x16_splat(128)),
        (2, _) => (128, u8x16_splat(0)),
        _ => (8, u8x16_splat(0)),
    };
    let mut sums = [[F32x4::zero(); 2]; S];
    for (group, blocks) in strip.blocks.as_chunks::<B>().0.chunks(strip.in_group).enumerate() {
        let x = &x[group * strip.in_group..][..blocks.len()];
        let zeros = zeros(strip, group, above);
        let mut whole = [[[i32x4_splat(0); 2]; S]; K];
        for s in 0..S {
            let minus = i32x4_splat(-totals[group][s]);
            whole[0][s] = [i32x4_mul(zeros[0], minus), i32x4_mul(zeros[1], minus)];
        }
        let ((many, rest), (many_x, rest_x)) = (blocks.as_chunks::<K>(), x.as_chunks::<K>());
        for (blocks, x) in many.iter().zip(many_x) {
            for k in 0..K {
                step(&blocks[k], &x[k], flip, &mut whole[k]);
            }
        }
        for (blocks, x) in rest.iter().zip(rest_x) {
            step(blocks, x, flip, &mut whole[0]);
        }
        let scales = halves(&strip.scales[group]);
        for s in 0..S {
            for half in 0..2 {
                let mut all = whole[0][s][half];
                for k in 1..K {
                    all = i32x4_add(all, whole[k][s][half]);
                }
                sums[s][half] = sums[s][half] + scales[half] * F32x4::from_whole(all);
            }
        }
    }
    sums
}

/// Adds the products of one step.
#[inline]
#[target_feature(enable = "relaxed-simd")]
fn step<const B: usize, const S: usize>(blocks: &[Block; B], x: &[i32; S], flip: v128, whole: &mut [[v128; 2]; S]) {
    let codes = [v128_xor(codes(blocks, 0), flip), v128_xor(codes(blocks, 1), flip)];
    for s in 0..S {
        let x = i32x4_splat(x[s]);
        whole[s][0] = i32x4_relaxed_dot_i8x16_i7x16_add(x, codes[0], whole[s][0]);
        whole[s][1] = i32x4_relaxed_dot_i8x16_i7x16_add(x, codes[1], whole[s][1]);
    }
}
