//! The definitions, one number after another: whole numbers in 64 bits, the others in double precision.

use super::{Codes, Weights};

/// See [`super::forward`].
pub fn forward(weights: Weights, x: &[i8], x_scales: &[f32]) -> Vec<f64> {
    let Weights { inputs, group, scales, .. } = weights;
    let groups = inputs.div_ceil(group);
    let mut out = Vec::new();
    for (x, scale) in x.chunks(inputs).zip(x_scales) {
        for output in 0..scales.len() / groups {
            let sum: f64 = x.iter().enumerate().map(|(input, x)| weight(weights, output, input) * f64::from(*x)).sum();
            out.push(sum * f64::from(*scale));
        }
    }
    out
}

/// The numbers that the whole numbers stand for, `[outputs, inputs]`.
pub fn read_back(weights: Weights) -> Vec<f32> {
    let outputs = weights.scales.len() / weights.inputs.div_ceil(weights.group);
    let row = |output| (0..weights.inputs).map(move |input| weight(weights, output, input) as f32);
    (0..outputs).flat_map(row).collect()
}

/// The number that one whole number stands for.
fn weight(weights: Weights, output: usize, input: usize) -> f64 {
    let Weights { inputs, group, codes, scales, zeros } = weights;
    let code = match codes {
        Codes::Eight(codes) => codes[output * inputs + input],
        Codes::Four(bytes) => unpack(bytes[output * inputs.div_ceil(2) + input / 2])[input % 2],
    };
    let at = output * inputs.div_ceil(group) + input / group;
    let zero = zeros.get(at).copied().unwrap_or(0);
    f64::from(scales[at]) * f64::from(i32::from(code) - i32::from(zero))
}

/// Each row of `x` rounded to whole numbers from -127 to 127, and the scale of each row: see [`super::Layer::add_rounded`].
pub fn round(x: &[f32], columns: usize) -> (Vec<i8>, Vec<f32>) {
    let (mut codes, mut scales) = (Vec::new(), Vec::new());
    for row in x.chunks(columns) {
        let far = row.iter().fold(0.0, |far: f64, x| far.max(f64::from(x.abs())));
        let scale = if far > 0.0 { ((far / 127.0) as f32).max(f32::MIN_POSITIVE) } else { 1.0 };
        codes.extend(row.iter().map(|x| (f64::from(*x) / f64::from(scale)).round_ties_even() as i8));
        scales.push(scale);
    }
    (codes, scales)
}

/// The two whole numbers of a byte, the first from the bits that count less.
pub fn unpack(byte: u8) -> [i8; 2] {
    // Shifting a signed number down copies its highest bit, the sign.
    [(byte << 4).cast_signed() >> 4, byte.cast_signed() >> 4]
}
