//! AWQ (Lin, Tang, Tang, Yang, Dang and Han, 2023): weights that meet large inputs are made larger before they are
//! rounded, and their inputs smaller by as much, so that their error counts less.

use super::{Matrix, Quantized, Scheme, layer, quantize};

/// So many strengths are tried between none and the whole, as in the paper.
const TRIED: u32 = 20;
/// Inputs smaller than this, to the power of the strength, count as this.
const LEAST: f64 = 1e-4;

/// A layer quantized for what it is given.
#[derive(Debug, Clone, PartialEq)]
pub struct Awq {
    /// The weights times [`input_scales`](Self::input_scales), quantized: `[outputs, inputs]`.
    pub weight: Quantized,
    /// What each input is divided by; the layer before can take this over, so that it costs nothing: `[inputs]`.
    pub input_scales: Vec<f32>,
    /// The strength that did best: input scales are the inputs' mean sizes to this power.
    pub strength: f64,
    /// How far off the outputs are on the inputs that the strength was chosen by ([`layer::output_error`]).
    pub error: f64,
}

impl Awq {
    /// The weights that the layer now computes with: `[outputs, inputs]`.
    pub fn values(&self) -> Vec<f32> {
        let mut values = self.weight.values();
        for row in values.chunks_exact_mut(self.weight.columns) {
            row.iter_mut().zip(&self.input_scales).for_each(|(x, scale)| *x /= scale);
        }
        values
    }
}

// ANCHOR: awq
/// Tries strengths from 0 (plain rounding) to 1, and keeps the one whose outputs are nearest. The paper's search for
/// ranges to cut off is left to the scheme's percentile.
///
/// # Shapes
/// - `weight`: `[outputs, inputs]`
/// - `inputs`: `[samples, inputs]`, what comes into the layer
///
/// # Errors
/// A sentence, if the scheme is impossible or the numbers do not fit.
pub fn awq(weight: Matrix, inputs: Matrix, scheme: Scheme) -> Result<Awq, String> {
    let mut search = Search::new(weight, inputs, scheme)?;
    while search.next_strength() {}
    Ok(search.best)
}

/// The search for a strength, with room for a pause between two of them.
pub struct Search<'a> {
    /// The best so far.
    pub best: Awq,
    weight: Matrix<'a>,
    inputs: Matrix<'a>,
    scheme: Scheme,
    sizes: Vec<f64>,
    tried: u32,
}

impl<'a> Search<'a> {
    /// Only plain rounding has been tried. See [`awq`].
    ///
    /// # Errors
    /// As [`awq`].
    pub fn new(weight: Matrix<'a>, inputs: Matrix<'a>, scheme: Scheme) -> Result<Self, String> {
        layer::validate(weight, inputs)?;
        let sizes = mean_sizes(inputs);
        let best = attempt(weight, inputs, scheme, &sizes, 0.0)?;
        Ok(Self { best, weight, inputs, scheme, sizes, tried: 0 })
    }

    /// Tries one more strength; false once all have been.
    pub fn next_strength(&mut self) -> bool {
        if self.tried == TRIED {
            return false;
        }
        self.tried += 1;
        let strength = f64::from(self.tried) / f64::from(TRIED);
        // Scales that make a weight infinite are no candidate.
        if let Ok(now) = attempt(self.weight, self.inputs, self.scheme, &self.sizes, strength)
            && now.error < self.best.error
        {
            self.best = now;
        }
        true
    }
}
// ANCHOR_END: awq

/// The layer, quantized with one strength.
fn attempt(weight: Matrix, inputs: Matrix, scheme: Scheme, sizes: &[f64], strength: f64) -> Result<Awq, String> {
    let powers: Vec<f64> = sizes.iter().map(|size| libm::pow(*size, strength).max(LEAST)).collect();
    let (least, most) = powers.iter().fold((f64::INFINITY, 0.0f64), |(low, high), x| (low.min(*x), high.max(*x)));
    // Only the differences between inputs count: the scales lie around 1.
    let middle = (least * most).sqrt();
    let input_scales: Vec<f32> = powers.iter().map(|power| (power / middle) as f32).collect();
    let scaled: Vec<f32> =
        weight.each_row().flat_map(|row| row.iter().zip(&input_scales).map(|(x, scale)| x * scale)).collect();
    let quantized = quantize(Matrix { data: &scaled, ..weight }, scheme)?;
    let mut awq = Awq { weight: quantized, input_scales, strength, error: 0.0 };
    awq.error = layer::output_error(weight, &awq.values(), inputs);
    Ok(awq)
}

/// How large each input is in the mean: `[inputs]`.
fn mean_sizes(inputs: Matrix) -> Vec<f64> {
    let mut sums = vec![0.0; inputs.columns];
    for sample in inputs.each_row() {
        sums.iter_mut().zip(sample).for_each(|(sum, x)| *sum += f64::from(x.abs()));
    }
    sums.into_iter().map(|sum| sum / inputs.rows() as f64).collect()
}
