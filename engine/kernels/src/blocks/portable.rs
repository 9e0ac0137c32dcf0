//! A block at a time where there is no such register: the same sums in the same order.

use super::{BLOCK, LARGEST};
use crate::lanes::F32x4;

/// Weights that become sixteen bits each, in the order of [`super::Inputs`].
pub trait Unpack {
    /// The whole numbers of a block.
    fn unpack(&self) -> [i16; BLOCK];
}

impl Unpack for [u8; BLOCK / 2] {
    #[inline(always)]
    fn unpack(&self) -> [i16; BLOCK] {
        let mut out = [0; BLOCK];
        // Two bytes at once, as the registers do it: a compiler makes SIMD of that.
        for (at, two) in self.as_chunks::<2>().0.iter().enumerate() {
            let lane = u16::from_le_bytes(*two);
            let part = |shift: u16| (lane >> shift & 15).cast_signed();
            (out[at], out[8 + at], out[16 + at], out[24 + at]) = (part(0), part(8), part(4), part(12));
        }
        out
    }
}

impl Unpack for [i8; BLOCK] {
    #[inline(always)]
    fn unpack(&self) -> [i16; BLOCK] {
        let mut out = [0; BLOCK];
        for (half, part) in self.as_chunks::<16>().0.iter().enumerate() {
            for (at, [even, odd]) in part.as_chunks::<2>().0.iter().enumerate() {
                out[16 * half + at] = i16::from(*even);
                out[16 * half + 8 + at] = i16::from(*odd);
            }
        }
        out
    }
}

/// The products of a row with a few tokens, added up: each block's whole number times its scale.
#[inline(always)]
pub fn sums<C: Unpack, const T: usize>(codes: &[C], x: [&[[i16; BLOCK]]; T], scales: [&[f32]; T]) -> [f32; T] {
    let mut sums = [F32x4::zero(); T];
    for (block, codes) in codes.iter().enumerate() {
        let weights = codes.unpack();
        for t in 0..T {
            sums[t] = F32x4::load(&dot(&weights, &x[t][block])).madd(F32x4::splat(scales[t][block]), sums[t]);
        }
    }
    sums.map(F32x4::sum)
}

/// Four sums, each of a quarter of the products.
#[inline(always)]
fn dot(weights: &[i16; BLOCK], x: &[i16; BLOCK]) -> [f32; 4] {
    let mut sums = [0i32; 4];
    for (weights, x) in weights.as_chunks::<8>().0.iter().zip(x.as_chunks::<8>().0) {
        for (lane, sum) in sums.iter_mut().enumerate() {
            let product = |at: usize| i32::from(weights[at]) * i32::from(x[at]);
            *sum += product(2 * lane) + product(2 * lane + 1);
        }
    }
    sums.map(|sum| sum as f32)
}

/// The nearest whole numbers of `block · inverse` in the order of [`super::Inputs`], and their sum.
#[inline(always)]
pub fn whole(block: &[f32; BLOCK], inverse: f32, codes: &mut [i16; BLOCK]) -> i32 {
    let mut sum = 0;
    for (half, part) in block.as_chunks::<16>().0.iter().enumerate() {
        for (at, x) in part.iter().enumerate() {
            let code = ((x * inverse).round_ties_even() as i16).clamp(-LARGEST, LARGEST);
            codes[16 * half + at / 2 + at % 2 * 8] = code;
            sum += i32::from(code);
        }
    }
    sum
}
