//! The definitions, one number after another, in double precision.

use crate::int8::{Codes, Weights, naive::unpack};

/// See [`super::rows`]: the whole numbers, and the scales.
pub fn rows(x: &[f32], columns: usize) -> (Vec<i8>, Vec<f32>) {
    let (mut codes, mut scales) = (Vec::new(), Vec::new());
    for row in x.chunks(columns) {
        let far = row.iter().fold(0.0, |far: f64, x| far.max(f64::from(x.abs())));
        let scale = if far > 0.0 { ((far / 127.0) as f32).max(f32::MIN_POSITIVE) } else { 1.0 };
        codes.extend(row.iter().map(|x| (f64::from(*x) / f64::from(scale)).round_ties_even() as i8));
        scales.push(scale);
    }
    (codes, scales)
}

/// See [`super::read_back`].
pub fn read_back(weights: Weights) -> Vec<f32> {
    let Weights { inputs, group, codes, scales, zeros } = weights;
    let groups = inputs.div_ceil(group);
    let mut out = Vec::new();
    for output in 0..scales.len() / groups {
        for input in 0..inputs {
            let code = match codes {
                Codes::Eight(codes) => codes[output * inputs + input],
                Codes::Four(bytes) => unpack(bytes[output * inputs.div_ceil(2) + input / 2])[input % 2],
            };
            let at = output * groups + input / group;
            let zero = zeros.get(at).copied().unwrap_or(0);
            out.push((f64::from(scales[at]) * f64::from(i32::from(code) - i32::from(zero))) as f32);
        }
    }
    out
}
