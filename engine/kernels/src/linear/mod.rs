//! A linear layer, `x · weight + bias`, and its three gradients. All of the work is matrix products.

pub mod naive;

use crate::{
    lanes::add_to,
    matmul::{Shape, matmul, matmul_add},
};

/// `out = x · weight + bias`: `x: [rows, inputs]`, `weight: [inputs, outputs]`, `bias: [outputs]`.
///
/// # Panics
/// If a slice has the wrong length.
pub fn forward(x: &[f32], weight: &[f32], bias: &[f32], out: &mut [f32]) {
    let outputs = bias.len();
    let rows = out.len() / outputs;
    for row in out.chunks_exact_mut(outputs) {
        row.copy_from_slice(bias);
    }
    matmul_add(Shape::nn(rows, x.len() / rows, outputs), x, weight, out);
}

/// How the loss changes with `x`: `grad_out · weightᵀ`, `[rows, inputs]`.
pub fn grad_input(grad_out: &[f32], weight: &[f32], outputs: usize, grad_x: &mut [f32]) {
    let rows = grad_out.len() / outputs;
    matmul(Shape::nt(rows, outputs, weight.len() / outputs), grad_out, weight, grad_x);
}

/// How the loss changes with the weights: `xᵀ · grad_out`, `[inputs, outputs]`.
pub fn grad_weight(x: &[f32], grad_out: &[f32], outputs: usize, grad_weight: &mut [f32]) {
    let rows = grad_out.len() / outputs;
    matmul(Shape::tn(x.len() / rows, rows, outputs), x, grad_out, grad_weight);
}

/// How the loss changes with the bias: the sum of the rows of `grad_out`, `[outputs]`.
pub fn grad_bias(grad_out: &[f32], grad_bias: &mut [f32]) {
    grad_bias.fill(0.0);
    for row in grad_out.chunks_exact(grad_bias.len()) {
        add_to(grad_bias, row);
    }
}
