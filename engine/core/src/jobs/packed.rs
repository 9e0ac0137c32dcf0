//! How fast does this GPU multiply whole numbers, and how fast fractions? Measured on the shapes of a model's layers.

use crate::job::Job;
use serde::{Deserialize, Serialize};

/// How the weights of a product are kept on the GPU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kept {
    /// As `f32`.
    Float,
    /// As eight bits each, four to a word, one scale per row.
    Eight,
    /// As four bits each, eight to a word, one scale for 32 of them.
    Four,
}

impl Kept {
    /// In the order in which they are measured.
    pub const ALL: [Self; 3] = [Self::Float, Self::Eight, Self::Four];
}

/// Times products `x · wᵀ` on the GPU.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimePacked {
    /// `[rows, inputs, outputs]` of each product.
    pub shapes: Vec<[usize; 3]>,
    /// Fixes the numbers.
    pub seed: u64,
    /// Goes on measuring one product for so many milliseconds, and three times at least.
    pub budget_ms: f64,
}

impl TimePacked {
    /// The longest side of a product.
    pub const LONGEST: usize = 2048;
    /// Weights that share a scale of four bits.
    pub const GROUP: usize = 32;

    /// Whether this can be measured.
    ///
    /// # Errors
    /// A sentence that says what to change.
    pub fn validate(&self) -> Result<(), String> {
        if self.shapes.is_empty() {
            return Err("There is nothing to measure: choose at least one shape.".into());
        }
        for shape in &self.shapes {
            if shape.iter().any(|size| !(1..=Self::LONGEST).contains(size)) {
                return Err(format!(
                    "A product of {shape:?} cannot be measured; sizes go from 1 to {}.",
                    Self::LONGEST
                ));
            }
            if !shape[1].is_multiple_of(Self::GROUP) {
                return Err(format!(
                    "{} inputs cannot be cut into groups of {}; choose a multiple of it.",
                    shape[1],
                    Self::GROUP
                ));
            }
        }
        Ok(())
    }
}

/// One product, kept one way.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PackedTiming {
    /// `[rows, inputs, outputs]`.
    pub shape: [usize; 3],
    /// How its weights are kept.
    pub kept: Kept,
    /// Bytes of weights and scales.
    pub bytes: usize,
    /// Milliseconds for one product, the fastest of several.
    pub ms: f64,
    /// Products that were timed.
    pub products: u32,
    /// The largest difference from the definition in double precision, relative to the largest result.
    pub error: f32,
}

/// Everything measured so far.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PackedReport {
    /// Whether the device multiplies four bytes in one instruction, and not one after another.
    pub built_in: bool,
    /// In order.
    pub timings: Vec<PackedTiming>,
}

impl Job for TimePacked {
    const NAME: &'static str = "time-packed";
    type Update = PackedReport;
    type Output = PackedReport;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn impossible_requests_get_a_sentence() {
        let job = |shapes| TimePacked { shapes, seed: 1, budget_ms: 1.0 }.validate();
        assert_eq!(job(vec![[1, 32, 1]]), Ok(()));
        assert!(job(Vec::new()).unwrap_err().contains("nothing to measure"));
        assert!(job(vec![[1, 32, 0]]).unwrap_err().contains("from 1 to 2048"));
        assert!(job(vec![[1, 48, 8]]).unwrap_err().contains("groups of 32"));
    }
}
