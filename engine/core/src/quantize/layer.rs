//! How well a quantized layer does its work: measured on what comes out of it, not on its weights.

use super::{Grid, Matrix, Quantized, Share};
use kernels::{
    int8,
    matmul::{Shape, matmul},
};

/// What a layer without bias makes of its inputs: `[samples, outputs]`.
///
/// # Shapes
/// - `weight`: `[outputs, inputs]`
/// - `inputs`: `[samples, inputs]`
///
/// # Panics
/// If the two do not have rows of one length.
pub fn outputs(weight: Matrix, inputs: Matrix) -> Vec<f32> {
    assert_eq!(weight.columns, inputs.columns, "a weight for each input");
    let mut out = vec![0.0; inputs.rows() * weight.rows()];
    matmul(Shape::nt(inputs.rows(), inputs.columns, weight.rows()), inputs.data, weight.data, &mut out);
    out
}

/// A quantized layer as the kernels compute with it, of any scheme: with a scale for each row or group.
///
/// It takes the bytes of [`Quantized::bytes`], and a little more where all rows share a scale, where the rows are no
/// multiple of eight, and where the groups are no multiple of four.
pub fn ready(weight: &Quantized) -> int8::Layer {
    let (inputs, rows) = (weight.columns, weight.rows());
    let group = match weight.scheme.share {
        Share::Tensor | Share::Row => inputs,
        Share::Group(size) => size,
    };
    let times = if weight.scheme.share == Share::Tensor { rows } else { 1 };
    let (scales, zeros) = (weight.scales.repeat(times), weight.zeros.repeat(times));
    let codes = weight.codes.as_kernel();
    int8::Layer::new(int8::Weights { inputs, group, codes, scales: &scales, zeros: &zeros })
}

/// What a quantized layer makes of quantized inputs, by the integer kernel: `[samples, outputs]`. The twin in
/// [`reference::quantized`](crate::reference::quantized::product) takes every scheme for both.
///
/// # Shapes
/// - `weight`: `[outputs, inputs]`, of any scheme
/// - `inputs`: `[samples, inputs]`, of [`Scheme::ACTIVATIONS`](super::Scheme::ACTIVATIONS)
///
/// # Panics
/// If the shapes do not fit, the inputs have another scheme, or rows are longer than [`int8::LONGEST`].
pub fn quantized_outputs(weight: &Quantized, inputs: &Quantized) -> Vec<f32> {
    assert_eq!(weight.columns, inputs.columns, "a weight for each input");
    let int8::Codes::Eight(x) = inputs.codes.as_kernel() else { panic!("inputs have eight bits") };
    assert!(inputs.scheme.share == Share::Row && inputs.scheme.grid == Grid::Symmetric, "inputs have a scale per row");
    let mut out = vec![0.0; inputs.rows() * weight.rows()];
    ready(weight).add_whole(x, &inputs.scales, &mut out);
    out
}

/// How far off the outputs are if `found` stands in for the weights: the length of all differences over that of all
/// outputs.
///
/// # Shapes
/// - `weight` and `found`: `[outputs, inputs]`
/// - `inputs`: `[samples, inputs]`
///
/// # Panics
/// If the shapes do not fit.
pub fn output_error(weight: Matrix, found: &[f32], inputs: Matrix) -> f64 {
    assert_eq!(weight.data.len(), found.len(), "a number for each weight");
    // What the differences alone make of the inputs: subtracting two outputs would lose digits.
    let off: Vec<f32> = weight.data.iter().zip(found).map(|(a, b)| a - b).collect();
    let power = |numbers: Vec<f32>| numbers.into_iter().map(|x| f64::from(x).powi(2)).sum::<f64>();
    let noise = power(outputs(Matrix { data: &off, ..weight }, inputs));
    if noise == 0.0 { 0.0 } else { libm::sqrt(noise / power(outputs(weight, inputs))) }
}

/// Whether a layer can be tried on `inputs`.
///
/// # Errors
/// A sentence that says what does not fit.
pub(super) fn validate(weight: Matrix, inputs: Matrix) -> Result<(), String> {
    weight.validate()?;
    inputs.validate()?;
    if weight.columns == inputs.columns {
        return Ok(());
    }
    Err(format!(
        "The layer takes {} numbers, and the examples have {} each: take examples from the place before this layer.",
        weight.columns, inputs.columns
    ))
}
