//! The kernels on the tensors of Burn's CPU backend, forward and backward.

use super::KernelOps;
use burn::{
    backend::{Flex, flex::FlexTensor},
    tensor::TensorData,
};
use engine_core::reference::layers::LAYER_NORM_EPS;
use kernels::{
    attention::{self, Shape},
    cross_entropy, gelu, layer_norm, linear,
    matmul::{Shape as Product, matmul},
};
use std::borrow::Cow;

/// Mean and scale of every row, for the backward pass of layer norm.
pub(super) type Statistics = Vec<layer_norm::Statistics>;

/// A tensor's numbers, row-major; copied only if they do not lie that way.
pub(super) fn numbers(tensor: &FlexTensor) -> Cow<'_, [f32]> {
    match tensor.as_slice::<f32>() {
        Some(slice) => Cow::Borrowed(slice),
        None => Cow::Owned(tensor.to_contiguous().as_slice::<f32>().expect("all our tensors hold f32").to_vec()),
    }
}

/// A new tensor.
fn tensor<const D: usize>(values: Vec<f32>, shape: [usize; D]) -> FlexTensor {
    FlexTensor::from_data(TensorData::new(values, shape))
}

fn dims(tensor: &FlexTensor) -> [usize; 2] {
    let shape = tensor.layout().shape();
    [shape[0], shape[1]]
}

fn zeros_like(tensor: &FlexTensor) -> Vec<f32> {
    let [rows, columns] = dims(tensor);
    vec![0.0; rows * columns]
}

impl KernelOps for Flex {
    fn linear(x: FlexTensor, weight: FlexTensor, bias: FlexTensor) -> FlexTensor {
        let ([rows, _], [_, outputs]) = (dims(&x), dims(&weight));
        let mut out = vec![0.0; rows * outputs];
        linear::forward(&numbers(&x), &numbers(&weight), &numbers(&bias), &mut out);
        tensor(out, [rows, outputs])
    }

    fn product_nt(x: FlexTensor, weight: FlexTensor) -> FlexTensor {
        let ([rows, inputs], [outputs, _]) = (dims(&x), dims(&weight));
        let mut out = vec![0.0; rows * outputs];
        matmul(Product::nt(rows, inputs, outputs), &numbers(&x), &numbers(&weight), &mut out);
        tensor(out, [rows, outputs])
    }

    fn layer_norm(x: FlexTensor, gain: FlexTensor, bias: FlexTensor) -> FlexTensor {
        layer_norm_forward(&x, &gain, &bias).0
    }

    fn gelu(x: FlexTensor) -> FlexTensor {
        let mut out = zeros_like(&x);
        gelu::forward(&numbers(&x), &mut out);
        tensor(out, dims(&x))
    }

    fn causal_attention(qkv: FlexTensor, shape: Shape) -> FlexTensor {
        attention_forward(&qkv, shape).0
    }

    fn cross_entropy(logits: FlexTensor, targets: Vec<u32>) -> FlexTensor {
        cross_entropy_forward(&logits, &targets).0
    }
}

/// Gradients of `x`, weight and bias.
pub(super) fn linear_backward(x: &FlexTensor, weight: &FlexTensor, grad: &FlexTensor) -> [FlexTensor; 3] {
    let [_, outputs] = dims(weight);
    let (x4, weight4, grad) = (numbers(x), numbers(weight), numbers(grad));
    let (mut to_x, mut to_weight, mut to_bias) = (zeros_like(x), zeros_like(weight), vec![0.0; outputs]);
    linear::grad_input(&grad, &weight4, outputs, &mut to_x);
    linear::grad_weight(&x4, &grad, outputs, &mut to_weight);
    linear::grad_bias(&grad, &mut to_bias);
    [tensor(to_x, dims(x)), tensor(to_weight, dims(weight)), tensor(to_bias, [1, outputs])]
}

/// Gradients of `x` and weight.
pub(super) fn product_nt_backward(x: &FlexTensor, weight: &FlexTensor, grad: &FlexTensor) -> [FlexTensor; 2] {
    let ([rows, inputs], [outputs, _]) = (dims(x), dims(weight));
    let grad = numbers(grad);
    let (mut to_x, mut to_weight) = (zeros_like(x), zeros_like(weight));
    matmul(Product::nn(rows, outputs, inputs), &grad, &numbers(weight), &mut to_x);
    matmul(Product::tn(outputs, rows, inputs), &grad, &numbers(x), &mut to_weight);
    [tensor(to_x, dims(x)), tensor(to_weight, dims(weight))]
}

/// The result, and what the backward pass needs.
pub(super) fn layer_norm_forward(x: &FlexTensor, gain: &FlexTensor, bias: &FlexTensor) -> (FlexTensor, Statistics) {
    let [rows, _] = dims(x);
    let (mut out, mut stats) = (zeros_like(x), vec![[0.0; 2]; rows]);
    let eps = LAYER_NORM_EPS as f32;
    layer_norm::forward(&numbers(x), &numbers(gain), &numbers(bias), eps, &mut out, &mut stats);
    (tensor(out, dims(x)), stats)
}

/// Gradients of `x`, gain and bias.
pub(super) fn layer_norm_backward(
    x: &FlexTensor,
    gain: &FlexTensor,
    stats: &Statistics,
    grad: &FlexTensor,
) -> [FlexTensor; 3] {
    let (mut to_x, mut to_gain, mut to_bias) = (zeros_like(x), zeros_like(gain), zeros_like(gain));
    layer_norm::backward(&numbers(x), &numbers(gain), stats, &numbers(grad), &mut to_x, [&mut to_gain, &mut to_bias]);
    [tensor(to_x, dims(x)), tensor(to_gain, dims(gain)), tensor(to_bias, dims(gain))]
}

/// Gradient of `x`.
pub(super) fn gelu_backward(x: &FlexTensor, grad: &FlexTensor) -> FlexTensor {
    let mut to_x = zeros_like(x);
    gelu::backward(&numbers(x), &numbers(grad), &mut to_x);
    tensor(to_x, dims(x))
}

/// What was mixed, and the attention weights.
pub(super) fn attention_forward(qkv: &FlexTensor, shape: Shape) -> (FlexTensor, Vec<f32>) {
    let [rows, _] = dims(qkv);
    let (mut mixed, mut weights) = (vec![0.0; shape.mixed_len()], vec![0.0; shape.weights_len()]);
    attention::forward(shape, &numbers(qkv), &mut mixed, &mut weights);
    (tensor(mixed, [rows, shape.d_model()]), weights)
}

/// Gradient of `qkv`.
pub(super) fn attention_backward(qkv: &FlexTensor, weights: &[f32], shape: Shape, grad: &FlexTensor) -> FlexTensor {
    let mut to_qkv = zeros_like(qkv);
    attention::backward(shape, &numbers(qkv), weights, &numbers(grad), &mut to_qkv);
    tensor(to_qkv, dims(qkv))
}

/// The loss, and the probabilities.
pub(super) fn cross_entropy_forward(logits: &FlexTensor, targets: &[u32]) -> (FlexTensor, Vec<f32>) {
    let mut probabilities = numbers(logits).into_owned();
    let loss = cross_entropy::forward(&mut probabilities, targets);
    (tensor(vec![loss], [1]), probabilities)
}

/// Gradient of the logits.
pub(super) fn cross_entropy_backward(mut probabilities: Vec<f32>, targets: &[u32], grad: &FlexTensor) -> FlexTensor {
    let rows = targets.len();
    let vocab = probabilities.len() / rows;
    cross_entropy::backward(&mut probabilities, targets, numbers(grad)[0]);
    tensor(probabilities, [rows, vocab])
}
