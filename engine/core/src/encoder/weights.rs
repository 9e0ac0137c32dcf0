//! The numbers of an encoder, once they have been read.

use super::EncoderConfig;
use crate::reference::gpt;
use std::collections::BTreeMap;

/// A matrix as its file keeps it.
#[derive(Debug, Clone, PartialEq)]
pub enum Matrix {
    /// `[rows, columns]`.
    Float(Vec<f32>),
    /// Whole numbers `[rows, columns]`, each worth its row's scale, `[rows]`.
    Whole {
        /// The whole numbers.
        codes: Vec<i8>,
        /// What one is worth, for each row.
        scales: Vec<f32>,
    },
}

/// All numbers of an encoder by name.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    /// Sizes of the model.
    pub config: EncoderConfig,
    /// Biases, gains, sentence types; in a file of whole numbers also the factors of layers' inputs.
    pub vectors: BTreeMap<String, Vec<f32>>,
    /// Tables and layers.
    pub matrices: BTreeMap<String, Matrix>,
    /// The text of `vocab.txt`, if the file has it.
    pub vocabulary: Option<String>,
}

impl Matrix {
    /// Row `row` of `columns` numbers; none if there is no such row.
    pub fn row(&self, row: usize, columns: usize) -> Option<Vec<f32>> {
        let from = row.checked_mul(columns)?;
        let place = from..from.checked_add(columns)?;
        match self {
            Self::Float(numbers) => numbers.get(place).map(<[f32]>::to_vec),
            Self::Whole { codes, scales } => {
                let scale = scales.get(row)?;
                Some(codes.get(place)?.iter().map(|code| f32::from(*code) * scale).collect())
            }
        }
    }

    /// All numbers, of rows of `columns`, each divided out again by the factor of its column, if there are factors.
    pub fn values(&self, columns: usize, factors: Option<&[f32]>) -> Vec<f32> {
        let Self::Whole { codes, scales } = self else {
            let Self::Float(numbers) = self else { return Vec::new() };
            return numbers.clone();
        };
        let row = |(codes, scale): (&[i8], &f32)| -> Vec<f32> {
            let plain = codes.iter().map(|code| f32::from(*code) * scale);
            match factors {
                Some(factors) => plain.zip(factors).map(|(x, factor)| x * factor).collect(),
                None => plain.collect(),
            }
        };
        codes.chunks_exact(columns.max(1)).zip(scales).flat_map(row).collect()
    }
}

impl Weights {
    /// All tensors in numbers of 32 bits, by name: what [`crate::reference::bert`] reads.
    pub fn values(&self) -> gpt::Weights {
        let mut all = gpt::Weights::new();
        for tensor in self.config.tensors() {
            let found = match (self.matrices.get(&tensor.name), &tensor.role) {
                (Some(matrix), role) => {
                    let factors = match role {
                        super::Role::Layer(factors) => self.vectors.get(factors).map(Vec::as_slice),
                        _ => None,
                    };
                    Some(matrix.values(tensor.shape.last().copied().unwrap_or(1), factors))
                }
                (None, _) => self.vectors.get(&tensor.name).cloned(),
            };
            all.extend(found.map(|numbers| (tensor.name, numbers)));
        }
        all
    }
}
