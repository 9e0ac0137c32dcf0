//! Weights of four or eight bits in blocks of 32, as a GGUF file keeps them, times activations of sixteen bits.
//!
//! The activations become whole numbers too, each block of 32 with a scale of its own, of which the largest is
//! [`LARGEST`]: fine enough that a model's logits stay within a few thousandths of those in `f32`. Products of whole
//! numbers are added up without rounding, so every variant of this crate finds the same sums.

mod inputs;
pub mod naive;
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod portable;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod simd128;

pub use inputs::Inputs;
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
use portable as register;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use simd128 as register;

use crate::matmul::dot;

/// Numbers in a block.
pub const BLOCK: usize = 32;

/// The largest whole number of an activation: all that sixteen bits hold. The sum of a block's products, 32 of them by
/// eight bits, fits into 32 bits with room to spare.
pub const LARGEST: i16 = i16::MAX;

/// So many tokens share the unpacking of a block.
const TOKENS: usize = 4;

/// The whole numbers of the weights: `[outputs, blocks]`.
#[derive(Debug, Clone, Copy)]
pub enum Codes<'a> {
    /// 0 to 15; the first sixteen of a block are the low halves of its bytes.
    Four(&'a [[u8; BLOCK / 2]]),
    /// -128 to 127.
    Eight(&'a [[i8; BLOCK]]),
}

/// A matrix `[outputs, inputs]`, each number `scale · code + least`.
#[derive(Debug, Clone, Copy)]
pub struct Weights<'a> {
    /// Blocks in a row: `inputs / 32`.
    pub blocks: usize,
    /// The whole numbers.
    pub codes: Codes<'a>,
    /// `[outputs, blocks]`, as bits of half precision (IEEE 754 binary16), finite.
    pub scales: &'a [u16],
    /// `[outputs, blocks]` likewise, or empty where all are zero.
    pub least: &'a [u16],
}

/// `inputs · weightsᵀ` into `out: [tokens, outputs]`.
///
/// # Panics
/// If the shapes do not fit.
pub fn forward(weights: Weights, inputs: &Inputs, out: &mut [f32]) {
    let Weights { blocks, codes, scales, least } = weights;
    assert_eq!(inputs.blocks(), blocks, "as many inputs as the weights have");
    let outputs = scales.len() / blocks;
    assert!(scales.len() == outputs * blocks && (least.is_empty() || least.len() == scales.len()), "scales");
    assert_eq!(out.len(), inputs.tokens() * outputs, "a place for each result");
    match codes {
        Codes::Four(codes) => all(codes, weights, inputs, out),
        Codes::Eight(codes) => all(codes, weights, inputs, out),
    }
}

fn all<C: register::Unpack>(codes: &[C], weights: Weights, inputs: &Inputs, out: &mut [f32]) {
    let Weights { blocks, scales, least, .. } = weights;
    let outputs = scales.len() / blocks;
    assert_eq!(codes.len(), scales.len(), "a scale for each block");
    let mut row =
        Row { codes: &[], scales: vec![0.0; blocks], least: vec![0.0; blocks], products: vec![0.0; TOKENS * blocks] };
    for output in 0..outputs {
        let part = output * blocks..(output + 1) * blocks;
        singles(&scales[part.clone()], &mut row.scales);
        if !least.is_empty() {
            singles(&least[part.clone()], &mut row.least);
        }
        row.codes = &codes[part];
        let mut put = |token: usize, sum: f32| out[token * outputs + output] = sum;
        let mut token = 0;
        while token < inputs.tokens() {
            if inputs.tokens() - token >= TOKENS {
                row.times::<TOKENS>(inputs, token, &mut put);
                token += TOKENS;
            } else {
                row.times::<1>(inputs, token, &mut put);
                token += 1;
            }
        }
    }
}

/// One row of the weights, and room for what becomes of it with a few tokens.
struct Row<'a, C> {
    /// `[blocks]`, as the next two.
    codes: &'a [C],
    scales: Vec<f32>,
    least: Vec<f32>,
    /// Scales of the weights times those of the activations: `[tokens, blocks]`.
    products: Vec<f32>,
}

impl<C: register::Unpack> Row<'_, C> {
    /// The row times `T` tokens from `token` on.
    #[inline(always)]
    fn times<const T: usize>(&mut self, inputs: &Inputs, token: usize, put: &mut impl FnMut(usize, f32)) {
        let blocks = self.codes.len();
        for (t, products) in self.products.chunks_exact_mut(blocks).take(T).enumerate() {
            for ((product, a), b) in products.iter_mut().zip(&self.scales).zip(inputs.scales(token + t)) {
                *product = a * b;
            }
        }
        let x: [&[[i16; BLOCK]]; T] = std::array::from_fn(|t| inputs.codes(token + t));
        let products: [&[f32]; T] = std::array::from_fn(|t| &self.products[t * blocks..][..blocks]);
        for (t, sum) in register::sums(self.codes, x, products).into_iter().enumerate() {
            put(token + t, sum + dot(&self.least, inputs.sums(token + t)));
        }
    }
}

/// Numbers of half precision in single precision, as [`single`].
fn singles(halves: &[u16], out: &mut [f32]) {
    for (out, half) in out.iter_mut().zip(halves) {
        *out = single(*half);
    }
}

/// A finite number of half precision, exactly.
///
/// Its bits go where a single has them; the exponent is then too small by 112.
#[inline(always)]
pub fn single(half: u16) -> f32 {
    let bits = (i32::from(half.cast_signed()) << 13) & 0x8fff_ffff_u32.cast_signed();
    f32::from_bits(bits.cast_unsigned()) * f32::from_bits((127 + 112) << 23)
}
