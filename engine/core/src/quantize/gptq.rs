//! GPTQ (Frantar, Ashkboos, Hoefler and Alistarh, 2022): what rounding one weight does to the outputs, the weights
//! that are not yet rounded make good.

use super::{Codes, Matrix, Quantized, Scheme, Share, Steps, layer, range::Step, solve};
use kernels::matmul::{Shape, matmul};

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
    let mut rounding = Rounding::new(weight, inputs, scheme)?;
    while rounding.next_row() {}
    Ok(rounding.quantized())
}

/// A layer on its way through GPTQ: rows do not depend on one another, so there may be pauses between them.
pub struct Rounding<'a> {
    weight: Matrix<'a>,
    pull: Vec<Vec<f64>>,
    steps: Steps,
    rows: Vec<Vec<i8>>,
}

impl<'a> Rounding<'a> {
    /// Nothing is rounded yet. See [`gptq`].
    ///
    /// # Errors
    /// As [`gptq`].
    pub fn new(weight: Matrix<'a>, inputs: Matrix, scheme: Scheme) -> Result<Self, String> {
        scheme.validate()?;
        layer::validate(weight, inputs)?;
        let pull = solve::inverse_factor(&second_moments(inputs));
        Ok(Self { weight, pull, steps: Steps::of(weight, scheme), rows: Vec::new() })
    }

    /// Rounds one more row; false once there is none.
    pub fn next_row(&mut self) -> bool {
        let row = self.rows.len();
        let Some(numbers) = self.weight.each_row().nth(row) else { return false };
        self.rows.push(round_row(row, numbers, &self.pull, &mut self.steps));
        true
    }

    /// The layer, of whose rows all have been rounded.
    ///
    /// # Panics
    /// If some have not.
    pub fn quantized(self) -> Quantized {
        assert_eq!(self.rows.len(), self.weight.rows(), "all rows are rounded");
        let codes = Codes::of_rows(self.steps.scheme.width, self.weight.columns, self.rows.into_iter());
        self.steps.with(codes)
    }
}

/// So many samples are added up in single precision before they join the sum in double precision.
const PIECE: usize = 64;

/// How inputs go together: `XᵀX` of `[samples, inputs]`, damped. The error of a row's outputs is this matrix between
/// the errors of its weights, twice.
pub fn second_moments(inputs: Matrix) -> Vec<Vec<f64>> {
    let size = inputs.columns;
    let mut sums = vec![vec![0.0; size]; size];
    let mut piece = vec![0.0; size * size];
    for samples in inputs.data.chunks(PIECE * size) {
        matmul(Shape::tn(size, samples.len() / size, size), samples, samples, &mut piece);
        for (sum, more) in sums.iter_mut().flatten().zip(&piece) {
            *sum += f64::from(*more);
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
