//! How well a quantized layer does its work: measured on what comes out of it, not on its weights.

use super::Matrix;
use kernels::matmul::{Shape, matmul};

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
