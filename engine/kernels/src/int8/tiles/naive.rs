//! The definition, one number after another: whole numbers in 64 bits, the others in double precision.

use super::MOST;

/// A layer as it is given to [`super::Weights::new`], with the factors of its inputs.
#[derive(Debug, Clone, Copy)]
pub struct Layer<'a> {
    /// `[outputs, inputs]`.
    pub codes: &'a [i8],
    /// `[outputs]`.
    pub scales: &'a [f32],
    /// `[outputs]`.
    pub bias: &'a [f32],
    /// `[inputs]`.
    pub factors: &'a [f32],
}

/// See [`super::forward`]: `x: [samples, inputs]`, result `[samples, outputs]`.
pub fn forward(layer: Layer, x: &[f32]) -> Vec<f64> {
    let mut out = Vec::new();
    for x in x.chunks(layer.factors.len()) {
        let scaled: Vec<f32> = x.iter().zip(layer.factors).map(|(x, factor)| x * factor).collect();
        let largest = scaled.iter().fold(0.0f32, |most, x| most.max(x.abs()));
        let inverse = if largest > 0.0 { f32::from(MOST) / largest } else { 0.0 };
        let whole: Vec<i64> = scaled.iter().map(|x| (x * inverse).round_ties_even() as i64).collect();
        for (output, row) in layer.codes.chunks(whole.len()).enumerate() {
            let sum: i64 = row.iter().zip(&whole).map(|(code, x)| i64::from(*code) * x).sum();
            let step = f64::from(layer.scales[output]) * f64::from(largest) / f64::from(MOST);
            out.push(sum as f64 * step + f64::from(layer.bias[output]));
        }
    }
    out
}
