//! The definitions, one number after another: whole numbers in 64 bits, the others in double precision.

use super::{Codes, Weights};

/// See [`super::dot`].
pub fn dot(a: &[i8], b: &[i8]) -> i64 {
    let mut sum = 0;
    for i in 0..a.len() {
        sum += i64::from(a[i]) * i64::from(b[i]);
    }
    sum
}

/// See [`super::forward`].
pub fn forward(weights: Weights, x: &[i8], x_scales: &[f32]) -> Vec<f64> {
    let Weights { inputs, group, codes, scales, zeros } = weights;
    let groups = inputs.div_ceil(group);
    let weight = |output: usize, input: usize| {
        let code = match codes {
            Codes::Eight(codes) => codes[output * inputs + input],
            Codes::Four(bytes) => unpack(bytes[output * inputs.div_ceil(2) + input / 2])[input % 2],
        };
        let at = output * groups + input / group;
        let zero = zeros.get(at).copied().unwrap_or(0);
        f64::from(scales[at]) * f64::from(i32::from(code) - i32::from(zero))
    };
    let mut out = Vec::new();
    for (x, scale) in x.chunks(inputs).zip(x_scales) {
        for output in 0..scales.len() / groups {
            let sum: f64 = x.iter().enumerate().map(|(input, x)| weight(output, input) * f64::from(*x)).sum();
            out.push(sum * f64::from(*scale));
        }
    }
    out
}

/// The two whole numbers of a byte, the first from the bits that count less.
pub fn unpack(byte: u8) -> [i8; 2] {
    // Shifting a signed number down copies its highest bit, the sign.
    [(byte << 4).cast_signed() >> 4, byte.cast_signed() >> 4]
}
