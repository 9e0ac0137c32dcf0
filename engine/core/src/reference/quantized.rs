//! Computing with whole numbers: the product of two quantized matrices, four bits read back, and GPTQ as its paper
//! derives it.

use crate::quantize::{Quantized, range::Step};

/// So many products of two eight-bit numbers, each up to 255 from its zero, fit into 32 bits.
pub const SAFE: usize = i32::MAX as usize / (255 * 255);

// ANCHOR: product
/// `inputs · weightᵀ`: whole numbers are multiplied and added up in 32 bits, and each sum is rescaled once.
///
/// A sum ends where a scale does. A matrix by a vector is the same with a single sample.
///
/// # Shapes
/// - `weight`: `[outputs, inputs]`
/// - `inputs`: `[samples, inputs]`
/// - result: `[samples, outputs]`
///
/// # Panics
/// If the two do not have rows of one length.
pub fn product(weight: &Quantized, inputs: &Quantized) -> Vec<f64> {
    assert_eq!(weight.columns, inputs.columns, "a weight for each input");
    let mut out = Vec::with_capacity(inputs.rows() * weight.rows());
    for sample in 0..inputs.rows() {
        for output in 0..weight.rows() {
            let (x, w) = (inputs.codes.row(sample), weight.codes.row(output));
            let mut sum = 0.0;
            let mut begin = 0;
            while begin < x.len() {
                let steps = |column| (inputs.step(sample, column), weight.step(output, column));
                let (step_x, step_w) = steps(begin);
                let same = (begin..x.len()).take(SAFE).take_while(|column| steps(*column) == (step_x, step_w)).count();
                let mut whole = 0i32;
                for column in begin..begin + same {
                    let x = i32::from(x[column]) - i32::from(step_x.zero);
                    let w = i32::from(w[column]) - i32::from(step_w.zero);
                    whole += x * w;
                }
                sum += f64::from(step_x.scale) * f64::from(step_w.scale) * f64::from(whole);
                begin += same;
            }
            out.push(sum);
        }
    }
    out
}
// ANCHOR_END: product

// ANCHOR: packed
/// The numbers of one row that is packed two to a byte, with a scale for each group of `group` of them: `[columns]`.
///
/// # Panics
/// If there are fewer scales than groups.
pub fn packed_row(bytes: &[u8], columns: usize, group: usize, scales: &[f64]) -> Vec<f64> {
    let mut numbers = Vec::new();
    for column in 0..columns {
        let byte = bytes[column / 2];
        let four_bits = if column % 2 == 0 { byte & 0b1111 } else { byte >> 4 };
        // From 8 on the highest of the four bits is set: those stand for -8 to -1.
        let code = if four_bits < 8 { f64::from(four_bits) } else { f64::from(four_bits) - 16.0 };
        numbers.push(scales[column / group] * code);
    }
    numbers
}
// ANCHOR_END: packed

/// Rounds one row of weights column by column, solving anew after each for the weights that are left (Frantar et al.
/// 2022, equation 2): what `quantize::gptq` does faster.
///
/// # Shapes
/// - `weights` and `steps`: `[inputs]`
/// - `moments`: `[inputs, inputs]`, symmetric and positive definite
pub fn gptq_row(weights: &[f64], moments: &[Vec<f64>], steps: &[Step]) -> Vec<i8> {
    let mut rest = weights.to_vec();
    let mut codes = Vec::new();
    for column in 0..rest.len() {
        let left: Vec<Vec<f64>> = moments[column..].iter().map(|row| row[column..].to_vec()).collect();
        let inverse = inverse(left);
        let code = steps[column].code(rest[column]);
        let off = (rest[column] - f64::from(steps[column].value(code))) / inverse[0][0];
        for (rest, pull) in rest[column..].iter_mut().zip(&inverse[0]) {
            *rest -= off * pull;
        }
        codes.push(code);
    }
    codes
}

/// The inverse of a positive definite matrix, by elimination (Gauss and Jordan).
fn inverse(mut matrix: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    let size = matrix.len();
    for (i, row) in matrix.iter_mut().enumerate() {
        row.extend((0..size).map(|j| f64::from(i == j)));
    }
    for pivot in 0..size {
        let scale = matrix[pivot][pivot];
        matrix[pivot].iter_mut().for_each(|x| *x /= scale);
        let taken = matrix[pivot].clone();
        for (i, row) in matrix.iter_mut().enumerate() {
            let times = row[pivot];
            if i != pivot {
                row.iter_mut().zip(&taken).for_each(|(x, y)| *x -= times * y);
            }
        }
    }
    matrix.into_iter().map(|row| row[size..].to_vec()).collect()
}
