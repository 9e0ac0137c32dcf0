//! Layer norm, linear layer and MLP.

use burn::tensor::{Tensor, activation::gelu};
use engine_core::reference::layers::LAYER_NORM_EPS;

/// Gives every token's vector mean 0 and variance 1, then a learned gain and bias.
#[derive(Clone)]
pub(super) struct LayerNorm {
    gain: Tensor<3>,
    bias: Tensor<3>,
}

impl LayerNorm {
    /// `gain` and `bias` are `[1, d_model]`.
    pub(super) fn new(gain: Tensor<2>, bias: Tensor<2>) -> Self {
        Self { gain: gain.unsqueeze(), bias: bias.unsqueeze() }
    }

    /// `x` and result: `[batch, tokens, d_model]`.
    pub(super) fn forward(&self, x: Tensor<3>) -> Tensor<3> {
        let centred = x.clone() - x.mean_dim(2);
        let variance = (centred.clone() * centred.clone()).mean_dim(2);
        centred / (variance + LAYER_NORM_EPS).sqrt() * self.gain.clone() + self.bias.clone()
    }
}

/// `x · weight + bias`.
#[derive(Clone)]
pub(super) struct Linear {
    weight: Tensor<2>,
    bias: Tensor<2>,
}

impl Linear {
    /// `weight` is `[inputs, outputs]`, `bias` is `[1, outputs]`.
    pub(super) fn new(weight: Tensor<2>, bias: Tensor<2>) -> Self {
        Self { weight, bias }
    }

    /// `x: [batch, tokens, inputs]` to `[batch, tokens, outputs]`, as one large matrix product.
    pub(super) fn forward(&self, x: Tensor<3>) -> Tensor<3> {
        let [batch, tokens, inputs] = x.dims();
        let [_, outputs] = self.weight.dims();
        let rows = x.reshape([batch * tokens, inputs]);
        (rows.matmul(self.weight.clone()) + self.bias.clone()).reshape([batch, tokens, outputs])
    }
}

/// Four times as wide inside, with GELU between its two linear layers.
#[derive(Clone)]
pub(super) struct Mlp {
    up: Linear,
    down: Linear,
}

impl Mlp {
    pub(super) fn new(get: &impl Fn(&str) -> Tensor<2>) -> Self {
        Self {
            up: Linear::new(get("mlp.up.weight"), get("mlp.up.bias")),
            down: Linear::new(get("mlp.down.weight"), get("mlp.down.bias")),
        }
    }

    /// `x` and result: `[batch, tokens, d_model]`.
    pub(super) fn forward(&self, x: Tensor<3>) -> Tensor<3> {
        self.down.forward(gelu(self.up.forward(x)))
    }
}
