//! What a matrix with zeros takes up, in four ways to write it down.

use serde::{Deserialize, Serialize};

/// Bytes of the same matrices, written in each way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bytes {
    /// Every number, the zeros too: four bytes each.
    pub dense: usize,
    /// A bit for each number that says whether it is there, then those that are.
    pub bitmap: usize,
    /// Each number that is not zero with its place, as [`kernels::sparse::Rows`] has them.
    pub indexed: usize,
}

impl Bytes {
    /// Those of a matrix `[inputs, outputs]`.
    pub fn of(weight: &[f32], outputs: usize) -> Self {
        let kept = weight.iter().filter(|w| **w != 0.0).count();
        let number = size_of::<f32>();
        Self {
            dense: size_of_val(weight),
            bitmap: kept * number + weight.len().div_ceil(8),
            indexed: kept * (number + size_of::<u16>()) + (outputs + 1) * size_of::<u32>(),
        }
    }

    /// These, with `more` numbers beside them that have no zeros.
    #[must_use]
    pub fn beside(self, more: usize) -> Self {
        let more = more * size_of::<f32>();
        Self { dense: self.dense + more, bitmap: self.bitmap + more, indexed: self.indexed + more }
    }
}

impl std::ops::Add for Bytes {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            dense: self.dense + other.dense,
            bitmap: self.bitmap + other.bitmap,
            indexed: self.indexed + other.indexed,
        }
    }
}
