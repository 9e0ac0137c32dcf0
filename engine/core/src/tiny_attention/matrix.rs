//! A small table of numbers.

/// Rows and columns of double-precision numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Matrix {
    /// How many rows.
    pub rows: usize,
    /// How many numbers in each.
    pub columns: usize,
    numbers: Vec<f64>,
}

impl Matrix {
    /// The table whose number at `(row, column)` is `number(row, column)`.
    ///
    /// ```
    /// let m = engine_core::tiny_attention::Matrix::of(2, 2, |row, column| (10 * row + column) as f64);
    /// assert_eq!(m.at(1, 0), 10.0);
    /// ```
    pub fn of(rows: usize, columns: usize, number: impl Fn(usize, usize) -> f64) -> Self {
        let number = &number;
        let numbers = (0..rows).flat_map(|row| (0..columns).map(move |column| number(row, column))).collect();
        Self { rows, columns, numbers }
    }

    /// A table of zeros.
    pub fn zeros(rows: usize, columns: usize) -> Self {
        Self { rows, columns, numbers: vec![0.0; rows * columns] }
    }

    /// The number at a place.
    ///
    /// # Panics
    /// If there is no such place.
    pub fn at(&self, row: usize, column: usize) -> f64 {
        assert!(column < self.columns, "column {column} of {}", self.columns);
        self.numbers[row * self.columns + column]
    }

    /// Adds to the number at a place.
    ///
    /// # Panics
    /// If there is no such place.
    pub fn add(&mut self, row: usize, column: usize, more: f64) {
        assert!(column < self.columns, "column {column} of {}", self.columns);
        self.numbers[row * self.columns + column] += more;
    }

    /// Puts a number in a place.
    ///
    /// # Panics
    /// If there is no such place.
    pub fn set(&mut self, row: usize, column: usize, number: f64) {
        assert!(column < self.columns, "column {column} of {}", self.columns);
        self.numbers[row * self.columns + column] = number;
    }

    /// Adds `factor · other`, number by number.
    pub fn add_scaled(&mut self, other: &Self, factor: f64) {
        debug_assert_eq!((self.rows, self.columns), (other.rows, other.columns), "tables of one shape");
        for (mine, more) in self.numbers.iter_mut().zip(&other.numbers) {
            *mine += factor * more;
        }
    }

    /// One row.
    pub fn row(&self, row: usize) -> &[f64] {
        &self.numbers[row * self.columns..(row + 1) * self.columns]
    }

    /// All numbers, row by row.
    pub fn numbers(&self) -> &[f64] {
        &self.numbers
    }

    /// All places, row by row.
    pub fn places(&self) -> impl Iterator<Item = (usize, usize)> + use<> {
        let (rows, columns) = (self.rows, self.columns);
        (0..rows).flat_map(move |row| (0..columns).map(move |column| (row, column)))
    }
}
