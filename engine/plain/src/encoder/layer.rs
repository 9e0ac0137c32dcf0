//! One linear layer, in numbers of 32 bits or in whole numbers.

use kernels::{int8::tiles, matmul::kept::Kept};

/// Weights as the fast kernels read them.
pub enum Linear {
    /// Numbers of 32 bits.
    Float {
        /// `[inputs, outputs]`.
        weights: Kept,
        /// `[outputs]`.
        bias: Vec<f32>,
    },
    /// Whole numbers.
    Whole {
        /// `[outputs, inputs]`, with their bias.
        weights: tiles::Weights,
        /// What inputs are multiplied by before they are rounded: `[inputs]`.
        factors: Vec<f32>,
    },
}

impl Linear {
    /// What the weights take in memory.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Float { weights, .. } => weights.bytes(),
            Self::Whole { weights, .. } => weights.bytes(),
        }
    }

    /// `x · weightsᵀ + bias` for `x: [tokens, inputs]` in the place of what `out` held; `room` is for rounded inputs.
    pub fn forward(&self, x: &[f32], out: &mut Vec<f32>, room: &mut tiles::Inputs) {
        match self {
            Self::Float { weights, bias } => {
                let tokens = x.len() / weights.inputs();
                out.clear();
                (0..tokens).for_each(|_| out.extend_from_slice(bias));
                weights.matmul_add(x, out);
            }
            Self::Whole { weights, factors } => {
                room.round(x, factors);
                out.resize(room.samples() * weights.outputs(), 0.0);
                tiles::forward(weights, room, out);
            }
        }
    }
}
