//! The matrices of a block, and what may stand in their place.

use super::block;
use engine_core::config::GptConfig;

/// Matrices of a block that can be swapped.
pub const SLOTS: usize = 4;

/// Which matrix of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Which {
    /// To queries, keys and values: `[d_model, 3 · d_model]`.
    Qkv,
    /// From the heads back to the stream: `[d_model, d_model]`.
    Proj,
    /// Into the MLP: `[d_model, 4 · d_model]`.
    Up,
    /// Out of the MLP: `[4 · d_model, d_model]`.
    Down,
}

impl Which {
    /// All of them, in the order in which they are used.
    pub const ALL: [Self; SLOTS] = [Self::Qkv, Self::Proj, Self::Up, Self::Down];

    /// The name in files, such as `attn.qkv`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Qkv => "attn.qkv",
            Self::Proj => "attn.proj",
            Self::Up => "mlp.up",
            Self::Down => "mlp.down",
        }
    }
}

/// The place of one matrix in a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot {
    /// The block, from zero.
    pub layer: usize,
    /// The matrix in it.
    pub which: Which,
}

impl Slot {
    /// All places of a model of so many layers, in the order of [`Slot::index`].
    pub fn all(n_layers: usize) -> impl Iterator<Item = Self> {
        (0..n_layers).flat_map(|layer| Which::ALL.map(|which| Self { layer, which }))
    }

    /// The number of this place, from zero.
    pub fn index(self) -> usize {
        self.layer * SLOTS + self.which as usize
    }

    /// The name of its matrix, as in [`GptConfig::tensors`].
    pub fn name(self) -> String {
        format!("blocks.{}.{}.weight", self.layer, self.which.name())
    }

    /// `[inputs, outputs]`.
    pub fn shape(self, config: &GptConfig) -> [usize; 2] {
        let d = config.d_model;
        match self.which {
            Which::Qkv => [d, 3 * d],
            Which::Proj => [d, d],
            Which::Up => [d, 4 * d],
            Which::Down => [4 * d, d],
        }
    }

    /// The tensor's number.
    pub(super) fn weight(self) -> usize {
        let within = match self.which {
            Which::Qkv => 2,
            Which::Proj => 4,
            Which::Up => 8,
            Which::Down => 10,
        };
        block(self.layer) + within
    }

    /// The number of the bias tensor, which is not swapped.
    pub(super) fn bias(self) -> usize {
        self.weight() + 1
    }
}

/// A matrix `[inputs, outputs]` that multiplies rows from the right, however it is held. Biases stay with the model.
///
/// What only runs implements the first four and [`Matrix::grad_input`], which anything below needs to learn; what learns
/// holds all its learned numbers in one row and implements the rest.
pub trait Matrix {
    /// `[inputs, outputs]`.
    fn shape(&self) -> [usize; 2];

    /// The numbers it amounts to, row-major `[inputs, outputs]`.
    fn values(&self) -> Vec<f32>;

    /// Bytes that it holds, learned numbers included.
    fn bytes(&self) -> usize;

    /// `out += x · W`; `x: [rows, inputs]`, `out: [rows, outputs]`.
    fn add_product(&self, x: &[f32], out: &mut [f32]);

    /// `grad_x = grad_out · Wᵀ`; `grad_out: [rows, outputs]`, `grad_x: [rows, inputs]` is overwritten.
    fn grad_input(&self, grad_out: &[f32], grad_x: &mut [f32]);

    /// The numbers that it learns.
    fn learned(&self) -> &[f32] {
        &[]
    }

    /// The same, to be moved by the optimizer. They are not pulled towards zero.
    fn learned_mut(&mut self) -> &mut [f32] {
        &mut []
    }

    /// Adds to `grads`, in the order of [`Matrix::learned`], how the loss changes with them.
    fn add_grads(&self, _x: &[f32], _grad_out: &[f32], _grads: &mut [f32]) {}
}
