//! Burn, extended by our CPU kernels: the operations in which a GPT spends its time.
//!
//! [`flex`] calls the kernels on the numbers of Burn's CPU tensors, [`autodiff`] adds their gradients,
//! and this file offers both on [`Tensor`]. They exist on the CPU only: on another device a call
//! panics, and the model asks Burn's own operations there (see [`crate::gpt::Ops`]).

mod autodiff;
mod flex;

use burn::{
    backend::{Backend, Dispatch, backend_extension, tensor::FloatTensor},
    tensor::Tensor,
};
use kernels::attention::Shape;

/// Operations that Burn does not have, or that are faster here. All tensors are `f32`.
#[backend_extension(Flex, Autodiff)]
pub trait KernelOps: Backend {
    /// `x · weight + bias`: `[rows, inputs] · [inputs, outputs] + [1, outputs]`.
    fn linear(x: FloatTensor<Self>, weight: FloatTensor<Self>, bias: FloatTensor<Self>) -> FloatTensor<Self>;

    /// `x · weightᵀ`: `[rows, inputs] · [outputs, inputs]ᵀ`, without a transposed copy.
    fn product_nt(x: FloatTensor<Self>, weight: FloatTensor<Self>) -> FloatTensor<Self>;

    /// Layer norm of each row: `x: [rows, d_model]`, gain and bias `[1, d_model]`.
    fn layer_norm(x: FloatTensor<Self>, gain: FloatTensor<Self>, bias: FloatTensor<Self>) -> FloatTensor<Self>;

    /// GELU of every number of `x: [rows, columns]`.
    fn gelu(x: FloatTensor<Self>) -> FloatTensor<Self>;

    /// Causal attention of all heads: `qkv: [rows, 3 · d_model]` to `[rows, d_model]`.
    fn causal_attention(qkv: FloatTensor<Self>, shape: Shape) -> FloatTensor<Self>;

    /// Mean cross-entropy of `logits: [rows, vocab]` against one target per row: `[1]`, in nats.
    fn cross_entropy(logits: FloatTensor<Self>, targets: Vec<u32>) -> FloatTensor<Self>;
}

/// See [`KernelOps::linear`].
pub fn linear(x: Tensor<2>, weight: Tensor<2>, bias: Tensor<2>) -> Tensor<2> {
    Tensor::from_dispatch(Dispatch::linear(x.into_dispatch(), weight.into_dispatch(), bias.into_dispatch()))
}

/// See [`KernelOps::product_nt`].
pub fn product_nt(x: Tensor<2>, weight: Tensor<2>) -> Tensor<2> {
    Tensor::from_dispatch(Dispatch::product_nt(x.into_dispatch(), weight.into_dispatch()))
}

/// See [`KernelOps::layer_norm`].
pub fn layer_norm(x: Tensor<2>, gain: Tensor<2>, bias: Tensor<2>) -> Tensor<2> {
    Tensor::from_dispatch(Dispatch::layer_norm(x.into_dispatch(), gain.into_dispatch(), bias.into_dispatch()))
}

/// See [`KernelOps::gelu`].
pub fn gelu(x: Tensor<2>) -> Tensor<2> {
    Tensor::from_dispatch(<Dispatch as KernelOps>::gelu(x.into_dispatch()))
}

/// See [`KernelOps::causal_attention`].
pub fn causal_attention(qkv: Tensor<2>, shape: Shape) -> Tensor<2> {
    Tensor::from_dispatch(Dispatch::causal_attention(qkv.into_dispatch(), shape))
}

/// See [`KernelOps::cross_entropy`].
pub fn cross_entropy(logits: Tensor<2>, targets: Vec<u32>) -> Tensor<1> {
    Tensor::from_dispatch(Dispatch::cross_entropy(logits.into_dispatch(), targets))
}
