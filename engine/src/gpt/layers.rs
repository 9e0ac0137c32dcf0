//! Layer norm, linear layer and MLP: with our kernels on the CPU, with Burn's own operations elsewhere.

use super::Ops;
use crate::ops;
use burn::tensor::{Tensor, activation};
use engine_core::reference::layers::LAYER_NORM_EPS;

/// Gives every token's vector mean 0 and variance 1, then a learned gain and bias.
#[derive(Clone)]
pub(super) struct LayerNorm {
    gain: Tensor<2>,
    bias: Tensor<2>,
    ops: Ops,
}

impl LayerNorm {
    /// `gain` and `bias` are `[1, d_model]`.
    pub(super) fn new(gain: Tensor<2>, bias: Tensor<2>, ops: Ops) -> Self {
        Self { gain, bias, ops }
    }

    /// `x` and result: `[batch, tokens, d_model]`.
    pub(super) fn forward(&self, x: Tensor<3>) -> Tensor<3> {
        match self.ops {
            Ops::Kernels => by_rows(x, |rows| ops::layer_norm(rows, self.gain.clone(), self.bias.clone())),
            Ops::Burn => {
                let centred = x.clone() - x.mean_dim(2);
                let variance = (centred.clone() * centred.clone()).mean_dim(2);
                let normal = centred / (variance + LAYER_NORM_EPS).sqrt();
                normal * self.gain.clone().unsqueeze() + self.bias.clone().unsqueeze()
            }
        }
    }
}

/// `x · weight + bias`.
#[derive(Clone)]
pub(super) struct Linear {
    weight: Tensor<2>,
    bias: Tensor<2>,
    ops: Ops,
}

impl Linear {
    /// `weight` is `[inputs, outputs]`, `bias` is `[1, outputs]`.
    pub(super) fn new(weight: Tensor<2>, bias: Tensor<2>, ops: Ops) -> Self {
        Self { weight, bias, ops }
    }

    /// `x: [batch, tokens, inputs]` to `[batch, tokens, outputs]`, as one large matrix product.
    pub(super) fn forward(&self, x: Tensor<3>) -> Tensor<3> {
        let (weight, bias) = (self.weight.clone(), self.bias.clone());
        by_rows(x, |rows| match self.ops {
            Ops::Kernels => ops::linear(rows, weight, bias),
            Ops::Burn => rows.matmul(weight) + bias,
        })
    }
}

/// Four times as wide inside, with GELU between its two linear layers.
#[derive(Clone)]
pub(super) struct Mlp {
    up: Linear,
    down: Linear,
    ops: Ops,
}

impl Mlp {
    pub(super) fn new(get: &impl Fn(&str) -> Tensor<2>, ops: Ops) -> Self {
        Self {
            up: Linear::new(get("mlp.up.weight"), get("mlp.up.bias"), ops),
            down: Linear::new(get("mlp.down.weight"), get("mlp.down.bias"), ops),
            ops,
        }
    }

    /// `x` and result: `[batch, tokens, d_model]`.
    pub(super) fn forward(&self, x: Tensor<3>) -> Tensor<3> {
        let inside = self.up.forward(x);
        self.down.forward(match self.ops {
            Ops::Kernels => by_rows(inside, ops::gelu),
            Ops::Burn => activation::gelu(inside),
        })
    }
}

/// Applies `f` to `x: [batch, tokens, width]` seen as `[batch · tokens, width]`.
pub(super) fn by_rows(x: Tensor<3>, f: impl FnOnce(Tensor<2>) -> Tensor<2>) -> Tensor<3> {
    let [batch, tokens, width] = x.dims();
    let out = f(x.reshape([batch * tokens, width]));
    let [_, width] = out.dims();
    out.reshape([batch, tokens, width])
}
