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
/// So many rows share the reading of one token's activations.
const ROWS: usize = 2;

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

/// What a few rows and tokens need, kept from one to the next.
struct Room {
    /// `[rows, blocks]`, in single precision.
    scales: Vec<f32>,
    /// `[rows, blocks]`, or empty.
    least: Vec<f32>,
    /// The scales of a tile, `[rows, tokens, blocks]`: those of the weights times those of the activations.
    products: Vec<f32>,
}

fn all<C: register::Unpack>(codes: &[C], weights: Weights, inputs: &Inputs, out: &mut [f32]) {
    let Weights { blocks, scales, least, .. } = weights;
    let outputs = scales.len() / blocks;
    assert_eq!(codes.len(), scales.len(), "a scale for each block");
    let least_room = if least.is_empty() { 0 } else { ROWS * blocks };
    let mut room = Room {
        scales: vec![0.0; ROWS * blocks],
        least: vec![0.0; least_room],
        products: vec![0.0; ROWS * TOKENS * blocks],
    };
    let mut row = 0;
    while row < outputs {
        let many = ROWS.min(outputs - row);
        let part = row * blocks..(row + many) * blocks;
        singles(&scales[part.clone()], &mut room.scales);
        if !least.is_empty() {
            singles(&least[part.clone()], &mut room.least);
        }
        let mut put = |token: usize, row_of_tile: usize, sum: f32| out[token * outputs + row + row_of_tile] = sum;
        if many == ROWS {
            rows::<C, ROWS>(&codes[part], &mut room, inputs, &mut put);
        } else {
            rows::<C, 1>(&codes[part], &mut room, inputs, &mut put);
        }
        row += many;
    }
}

/// A few rows with all tokens.
#[inline(always)]
fn rows<C: register::Unpack, const R: usize>(
    codes: &[C],
    room: &mut Room,
    inputs: &Inputs,
    put: &mut impl FnMut(usize, usize, f32),
) {
    let mut token = 0;
    while token < inputs.tokens() {
        if inputs.tokens() - token >= TOKENS {
            tile::<C, R, TOKENS>(codes, room, inputs, token, put);
            token += TOKENS;
        } else {
            tile::<C, R, 1>(codes, room, inputs, token, put);
            token += 1;
        }
    }
}

/// A few rows with a few tokens from `token` on.
#[inline(always)]
fn tile<C: register::Unpack, const R: usize, const T: usize>(
    codes: &[C],
    room: &mut Room,
    inputs: &Inputs,
    token: usize,
    put: &mut impl FnMut(usize, usize, f32),
) {
    let blocks = inputs.blocks();
    let mut tiles = room.products.chunks_exact_mut(blocks);
    for scales in room.scales.chunks_exact(blocks).take(R) {
        for t in 0..T {
            let products = tiles.next().expect("there is room for a whole tile");
            for ((product, a), b) in products.iter_mut().zip(scales).zip(inputs.scales(token + t)) {
                *product = a * b;
            }
        }
    }
    let codes: [&[C]; R] = std::array::from_fn(|r| &codes[r * blocks..][..blocks]);
    let x: [&[[i16; BLOCK]]; T] = std::array::from_fn(|t| &inputs.codes(token + t)[..blocks]);
    let products: [[&[f32]; T]; R] =
        std::array::from_fn(|r| std::array::from_fn(|t| &room.products[(r * T + t) * blocks..][..blocks]));
    let sums = register::sums(codes, x, products);
    for (r, sums) in sums.into_iter().enumerate() {
        for (t, sum) in sums.into_iter().enumerate() {
            let least = room.least.get(r * blocks..(r + 1) * blocks);
            put(token + t, r, sum + least.map_or(0.0, |least| dot(least, inputs.sums(token + t))));
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
