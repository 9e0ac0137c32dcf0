//! Activations as whole numbers.

use super::{BLOCK, LARGEST, register};
use crate::lanes::F32x4;

/// Rows of activations in blocks of whole numbers, one row for each token.
///
/// In a block the even places come before the odd ones within each half: 0, 2 … 14, 1, 3 … 15, 16, 18 … 30, 17, 19 … 31.
/// That is the order in which the weights are unpacked with the fewest steps.
#[derive(Debug, Clone, Default)]
pub struct Inputs {
    blocks: usize,
    codes: Vec<[i16; BLOCK]>,
    scales: Vec<f32>,
    sums: Vec<f32>,
}

impl Inputs {
    /// Takes other activations, `x: [tokens, width]`, in the place of those before.
    ///
    /// # Panics
    /// If `width` is no multiple of [`BLOCK`], or `x` holds no whole rows.
    #[cfg_attr(relaxed, target_feature(enable = "relaxed-simd"))]
    pub fn read(&mut self, x: &[f32], width: usize) {
        assert!(
            width > 0 && width.is_multiple_of(BLOCK) && x.len().is_multiple_of(width),
            "whole rows of whole blocks"
        );
        self.blocks = width / BLOCK;
        let (blocks, _) = x.as_chunks::<BLOCK>();
        self.codes.resize(blocks.len(), [0; BLOCK]);
        self.scales.resize(blocks.len(), 0.0);
        self.sums.resize(blocks.len(), 0.0);
        let rest = self.scales.iter_mut().zip(&mut self.sums);
        for ((block, codes), (scale, sum)) in blocks.iter().zip(&mut self.codes).zip(rest) {
            let (mut largest, mut odd) = (F32x4::zero(), F32x4::zero());
            for four in block.as_chunks::<4>().0 {
                let four = F32x4::load(four);
                largest = largest.max(four.abs());
                // Nothing, unless a number is infinite or none.
                odd = odd + four * F32x4::zero();
            }
            let largest = largest.largest();
            // A block of zeros, or of numbers too small to divide by, counts as zero.
            let inverse = f32::from(LARGEST) / largest;
            let inverse = if inverse.is_finite() { inverse } else { 0.0 };
            *scale = largest / f32::from(LARGEST) + odd.sum();
            *sum = *scale * register::whole(block, inverse, codes) as f32;
        }
    }

    /// Rows.
    pub fn tokens(&self) -> usize {
        self.codes.len().checked_div(self.blocks).unwrap_or(0)
    }

    /// Blocks in a row.
    pub fn blocks(&self) -> usize {
        self.blocks
    }

    /// The number at a place of a token's row, as it was taken.
    pub fn number(&self, token: usize, place: usize) -> f32 {
        let (half, rest) = (place % BLOCK / 16 * 16, place % 16);
        let at = token * self.blocks + place / BLOCK;
        f32::from(self.codes[at][half + rest / 2 + rest % 2 * 8]) * self.scales[at]
    }

    pub(super) fn codes(&self, token: usize) -> &[[i16; BLOCK]] {
        &self.codes[token * self.blocks..][..self.blocks]
    }

    pub(super) fn scales(&self, token: usize) -> &[f32] {
        &self.scales[token * self.blocks..][..self.blocks]
    }

    /// What the numbers of each block add up to.
    pub(super) fn sums(&self, token: usize) -> &[f32] {
        &self.sums[token * self.blocks..][..self.blocks]
    }
}
