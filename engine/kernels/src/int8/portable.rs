//! A tile where there is no such register: the same sums side by side.

use super::{Block, OUTPUTS, QUAD, Strip, inputs::Words};
use crate::lanes::F32x4;

/// How bytes are multiplied: there is one way.
#[derive(Clone, Copy)]
pub struct Way;

/// The way of this machine.
pub fn way() -> Way {
    Way
}

/// The sums of a strip with `S` samples, but for the samples' scales: a step has `B` blocks, `x` are their inputs step by step, `totals`
/// what the inputs of each group add up to.
#[inline]
pub fn tile<const B: usize, const S: usize>(
    _: Way,
    strip: Strip,
    x: &[[i32; S]],
    totals: &[[i32; S]],
) -> [[F32x4; 2]; S] {
    let above = if B == 2 { 128 } else { 8 };
    let mut sums = [[0.0; OUTPUTS]; S];
    for (group, blocks) in strip.blocks.as_chunks::<B>().0.chunks(strip.in_group).enumerate() {
        let zeros = strip.zeros.get(group).copied().unwrap_or_default();
        for s in 0..S {
            let x = &x[group * strip.in_group..];
            let mut whole = zeros.map(|zero| (i32::from(zero) + above) * -totals[group][s]);
            for (step, x) in blocks.iter().zip(x) {
                let x = x[s].to_le_bytes().map(|x| i32::from(x.cast_signed()));
                for (output, whole) in whole.iter_mut().enumerate() {
                    let (half, bytes) = (output / 4, output % 4 * QUAD..output % 4 * QUAD + QUAD);
                    let code = |byte: u8| i32::from(if B == 2 { byte } else { byte >> (4 * half) & 15 });
                    *whole += step[half % B][bytes].iter().zip(x).map(|(byte, x)| code(*byte) * x).sum::<i32>();
                }
            }
            for ((sum, whole), scale) in sums[s].iter_mut().zip(whole).zip(&strip.scales[group]) {
                *sum += scale * whole as f32;
            }
        }
    }
    sums.map(|sums| super::products::halves(&sums))
}

/// Rounds `x · inverse`, four numbers to a word, and adds them up. Numbers that are none become 0.
pub fn round(x: &[f32], inverse: f32, mut to: Words) -> i32 {
    let mut total = 0;
    for x in x.chunks(QUAD) {
        let mut four = [0; QUAD];
        for (x, four) in x.iter().zip(&mut four) {
            let code = (x * inverse).round_ties_even() as i8;
            total += i32::from(code);
            *four = code.cast_unsigned();
        }
        to.put(i32::from_le_bytes(four));
    }
    total
}

/// Four bytes of each of four outputs.
#[derive(Clone, Copy)]
pub struct Register([u32; 4]);

impl Register {
    /// Reads them.
    #[inline(always)]
    pub fn load(bytes: &Block) -> Self {
        let (fours, _) = bytes.as_chunks::<4>();
        Self(std::array::from_fn(|lane| u32::from_le_bytes(fours[lane])))
    }

    /// Some of the bits of each output, as a number.
    #[inline(always)]
    pub fn part(self, shift: u32, mask: u32) -> F32x4 {
        F32x4::load(&self.0.map(|lane| (lane >> shift & mask) as f32))
    }
}
