//! GPTQ (Frantar, Ashkboos, Hoefler and Alistarh, 2022): what rounding one weight does to the outputs, the weights
//! that are not yet rounded make good.

use super::{Codes, Matrix, Quantized, Scheme, Share, Steps, layer, range::Step, solve};

/// This share of the mean of its diagonal is added to the inputs' matrix, so that it has an inverse: the paper's 1 %.
pub const DAMPING: f64 = 0.01;

/// Rounds the weights of a layer column by column, looking at what it is given.
///
/// The grids are those of round-to-nearest; only the choice of the whole numbers differs. Groups take their grid when
/// their first column is reached, from the weights as they are by then. Columns go from left to right.
///
/// # Shapes
/// - `weight`: `[outputs, inputs]`
/// - `inputs`: `[samples, inputs]`, what comes into the layer
///
/// # Errors
/// A sentence, if the scheme is impossible or the numbers do not fit.
pub fn gptq(weight: Matrix, inputs: Matrix, scheme: Scheme) -> Result<Quantized, String> {
    scheme.validate()?;
    layer::validate(weight, inputs)?;
    let pull = solve::inverse_factor(&second_moments(inputs));
    let mut steps = Steps::of(weight, scheme);
    let rounded = |(row, numbers)| round_row(row, numbers, &pull, &mut steps);
    let rows: Vec<Vec<i8>> = weight.each_row().enumerate().map(rounded).collect();
    let codes = Codes::of_rows(scheme.width, weight.columns, rows.into_iter());
    Ok(steps.with(codes))
}

/// How inputs go together: `XᵀX` of `[samples, inputs]`, damped. The error of a row's outputs is this matrix between
/// the errors of its weights, twice.
pub fn second_moments(inputs: Matrix) -> Vec<Vec<f64>> {
    let size = inputs.columns;
    let mut sums = vec![vec![0.0; size]; size];
    for sample in inputs.each_row() {
        for (sums, x) in sums.iter_mut().zip(sample) {
            for (sum, y) in sums.iter_mut().zip(sample) {
                *sum += f64::from(*x) * f64::from(*y);
            }
        }
    }
    let mean = (0..size).map(|i| sums[i][i]).sum::<f64>() / size as f64;
    // Inputs that are all zero leave every choice alike: then each weight is for itself.
    let damping = if mean > 0.0 { DAMPING * mean } else { 1.0 };
    for (i, sums) in sums.iter_mut().enumerate() {
        sums[i] += damping;
    }
    sums
}

// ANCHOR: gptq
/// Rounds one output's weights; `pull` says how strongly a later weight answers to an earlier one's error.
fn round_row(row: usize, numbers: &[f32], pull: &[Vec<f64>], steps: &mut Steps) -> Vec<i8> {
    let mut rest: Vec<f64> = numbers.iter().map(|x| f64::from(*x)).collect();
    let mut codes = Vec::with_capacity(rest.len());
    for column in 0..rest.len() {
        if let Share::Group(size) = steps.scheme.share
            && column % size == 0
        {
            let end = (column + size).min(rest.len());
            let now: Vec<f32> = rest[column..end].iter().map(|x| *x as f32).collect();
            let group = steps.scheme.share.group_of(row, column, steps.columns);
            steps.steps[group] = Step::of(&now, steps.scheme);
        }
        let step = steps.at(row, column);
        let code = step.code(rest[column]);
        let off = (rest[column] - f64::from(step.value(code))) / pull[column][column];
        for later in column + 1..rest.len() {
            rest[later] -= off * pull[column][later];
        }
        codes.push(code);
    }
    codes
}
// ANCHOR_END: gptq
