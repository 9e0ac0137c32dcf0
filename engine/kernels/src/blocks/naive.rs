//! The definitions, one number after another in double precision.

use super::{BLOCK, Codes, Weights};

/// See [`super::forward`]; `x: [tokens, inputs]` as numbers.
pub fn forward(weights: Weights, x: &[f64]) -> Vec<f64> {
    let Weights { blocks, codes, scales, least } = weights;
    let inputs = blocks * BLOCK;
    let weight = |output: usize, input: usize| {
        let (at, place) = (output * blocks + input / BLOCK, input % BLOCK);
        let code = match codes {
            Codes::Four(bytes) if place < BLOCK / 2 => i32::from(bytes[at][place] & 15),
            Codes::Four(bytes) => i32::from(bytes[at][place - BLOCK / 2] >> 4),
            Codes::Eight(codes) => i32::from(codes[at][place]),
        };
        single(scales[at]) * f64::from(code) + least.get(at).copied().map_or(0.0, single)
    };
    let mut out = Vec::new();
    for x in x.chunks(inputs) {
        for output in 0..scales.len() / blocks {
            out.push((0..inputs).map(|input| weight(output, input) * x[input]).sum());
        }
    }
    out
}

/// A finite number of half precision: sign, five bits of exponent, ten of mantissa.
pub fn single(half: u16) -> f64 {
    let (exponent, mantissa) = (i32::from(half >> 10 & 31), f64::from(half & 1023));
    let size = if exponent == 0 {
        mantissa / 1024.0 * 2f64.powi(-14)
    } else {
        (1.0 + mantissa / 1024.0) * 2f64.powi(exponent - 15)
    };
    if half >> 15 == 1 { -size } else { size }
}
