//! A second factor that is packed once and used again and again: the weights of a model that only runs.

use super::{Out, View, packed};

/// `b: [k, n]`, packed.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    k: usize,
    n: usize,
    strips: Vec<f32>,
}

impl Kept {
    /// Packs a matrix that is stored transposed, `[n, k]`, as a linear layer's weights are: a row for each output.
    ///
    /// # Panics
    /// If the slice has the wrong length.
    pub fn transposed(k: usize, n: usize, b: &[f32]) -> Self {
        assert_eq!(b.len(), k * n, "the factor has the wrong length");
        Self { k, n, strips: packed::keep(k, n, View { data: b, row: 1, column: k }) }
    }

    /// Terms in each sum.
    pub fn inputs(&self) -> usize {
        self.k
    }

    /// Columns of the result.
    pub fn outputs(&self) -> usize {
        self.n
    }

    /// What this takes in memory.
    pub fn bytes(&self) -> usize {
        size_of_val(self.strips.as_slice())
    }

    /// `out += a · b`, with `a: [m, k]` and `out: [m, n]`.
    ///
    /// # Panics
    /// If a slice has the wrong length.
    pub fn matmul_add(&self, a: &[f32], out: &mut [f32]) {
        let m = a.len() / self.k.max(1);
        assert!(a.len() == m * self.k && out.len() == m * self.n, "the slices have the wrong lengths");
        let a = View { data: a, row: self.k, column: 1 };
        packed::product_with_kept([m, self.k, self.n], a, &self.strips, Out { data: out, row: self.n, add: true });
    }
}
