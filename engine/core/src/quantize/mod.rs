//! Weights in 8 or 4 bits: whole numbers, and a scale that many of them share.
//!
//! Start with [`quantize`] and [`Quantized::values`], its way back. [`scheme`] has what can be chosen and what it costs
//! in bytes, [`range`] how far a scale reaches, [`errors`] what was lost. [`gptq`] and [`awq`] choose better whole
//! numbers for one layer by looking at what it is given; [`layer`] measures whether they did. The product of quantized
//! numbers is [`reference::quantized`](crate::reference::quantized).
//!
//! A matrix here is `[outputs, inputs]`, row-major: a row is what one output is made of, and the numbers that are added
//! up lie side by side. (A layer of our models keeps `[inputs, outputs]`; [`Matrix::transposed`] turns it.)

pub mod awq;
pub mod blocks;
pub mod codes;
pub mod errors;
pub mod gptq;
pub mod histogram;
pub mod layer;
pub mod range;
pub mod scheme;
mod solve;
#[cfg(test)]
mod tests;

use codes::Codes;
use range::Step;
pub use scheme::{Calibration, Grid, Scheme, Share, Width};

/// Numbers in rows, row-major.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Matrix<'a> {
    /// How many numbers a row has.
    pub columns: usize,
    /// All of them: `[rows, columns]`.
    pub data: &'a [f32],
}

impl<'a> Matrix<'a> {
    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.data.len() / self.columns.max(1)
    }

    /// The rows, from the first on.
    pub fn each_row(&self) -> impl ExactSizeIterator<Item = &'a [f32]> {
        self.data.chunks_exact(self.columns.max(1))
    }

    /// The same numbers with rows for columns: `[columns, rows]`.
    pub fn transposed(&self) -> Vec<f32> {
        (0..self.columns).flat_map(|column| self.each_row().map(move |row| row[column])).collect()
    }

    /// Whether this can be quantized.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the numbers.
    pub fn validate(&self) -> Result<(), String> {
        if self.columns == 0 || self.data.is_empty() || !self.data.len().is_multiple_of(self.columns) {
            let (numbers, columns) = (self.data.len(), self.columns);
            return Err(format!("{numbers} numbers cannot be rows of {columns}: nothing can be quantized."));
        }
        match self.data.iter().position(|x| !x.is_finite()) {
            Some(at) => Err(format!(
                "Row {}, column {} holds {}, which whole numbers cannot stand for: train the model again, or load one \
                 without such numbers.",
                at / self.columns + 1,
                at % self.columns + 1,
                self.data[at]
            )),
            None => Ok(()),
        }
    }
}

/// A matrix as whole numbers with shared scales.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantized {
    /// How it was made.
    pub scheme: Scheme,
    /// How many numbers a row has.
    pub columns: usize,
    /// The whole numbers: `[rows, columns]`.
    pub codes: Codes,
    /// What one step is worth, for each group of numbers; the groups of a row stand together.
    pub scales: Vec<f32>,
    /// Which whole number stands for zero, for each group. Empty where it is 0 everywhere: symmetric grids.
    pub zeros: Vec<i8>,
}

/// Rounds each number of a matrix to the nearest step of its group.
///
/// # Errors
/// A sentence, if the scheme is impossible or a number is not finite.
///
/// ```
/// use engine_core::quantize::{Matrix, Scheme, quantize};
/// let matrix = Matrix { columns: 3, data: &[-1.27, 0.5, 0.004] };
/// let quantized = quantize(matrix, Scheme::INT8)?;
/// assert_eq!(quantized.codes.row(0), [-127, 50, 0]);
/// assert!((quantized.scales[0] - 0.01).abs() < 1e-9);
/// # Ok::<(), String>(())
/// ```
pub fn quantize(matrix: Matrix, scheme: Scheme) -> Result<Quantized, String> {
    scheme.validate()?;
    matrix.validate()?;
    let steps = Steps::of(matrix, scheme);
    let whole = matrix.each_row().enumerate().map(|(row, numbers)| {
        numbers.iter().enumerate().map(|(column, x)| steps.at(row, column).code(f64::from(*x))).collect()
    });
    let codes = Codes::of_rows(scheme.width, matrix.columns, whole);
    Ok(steps.with(codes))
}

impl Quantized {
    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.codes.rows()
    }

    /// The step of the group that a place is in.
    pub fn step(&self, row: usize, column: usize) -> Step {
        let group = self.scheme.share.group_of(row, column, self.columns);
        let zero = self.zeros.get(group).copied().unwrap_or(0);
        Step { scale: self.scales[group], zero, width: self.scheme.width, grid: self.scheme.grid }
    }

    /// The numbers that the whole numbers stand for: `[rows, columns]`.
    pub fn values(&self) -> Vec<f32> {
        let row = |row| {
            let codes = self.codes.row(row).into_iter().enumerate();
            codes.map(move |(column, code)| self.step(row, column).value(code))
        };
        (0..self.rows()).flat_map(row).collect()
    }

    /// What this takes in memory.
    pub fn bytes(&self) -> scheme::Bytes {
        scheme::Bytes {
            codes: self.codes.bytes(),
            scales: size_of_val(self.scales.as_slice()),
            zeros: self.zeros.len(),
        }
    }
}

/// The steps of all groups of a matrix, before anything is rounded.
struct Steps {
    scheme: Scheme,
    columns: usize,
    steps: Vec<Step>,
}

impl Steps {
    /// The steps that `scheme` gives to `matrix`.
    fn of(matrix: Matrix, scheme: Scheme) -> Self {
        let step = |numbers: &[f32]| Step::of(numbers, scheme);
        let steps = match scheme.share {
            Share::Tensor => vec![step(matrix.data)],
            Share::Row => matrix.each_row().map(step).collect(),
            Share::Group(size) => matrix.each_row().flat_map(|row| row.chunks(size).map(step)).collect(),
        };
        Self { scheme, columns: matrix.columns, steps }
    }

    fn at(&self, row: usize, column: usize) -> Step {
        self.steps[self.scheme.share.group_of(row, column, self.columns)]
    }

    fn with(self, codes: Codes) -> Quantized {
        let zeros = match self.scheme.grid {
            Grid::Symmetric => Vec::new(),
            Grid::Affine => self.steps.iter().map(|step| step.zero).collect(),
        };
        let scales = self.steps.iter().map(|step| step.scale).collect();
        Quantized { scheme: self.scheme, columns: self.columns, codes, scales, zeros }
    }
}
