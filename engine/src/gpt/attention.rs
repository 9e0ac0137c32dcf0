//! Causal self-attention with several heads (Vaswani et al. 2017, section 3.2).

use super::{
    Ops,
    cache::LayerCache,
    layers::{Linear, by_rows},
};
use crate::ops;
use burn::tensor::{Bool, Tensor, activation::softmax};
use kernels::attention::Shape;

/// Low enough that its exponential is exactly zero, and yet a number that WGSL can write.
const HIDDEN: f32 = -1e9;

/// Projects the stream to queries, keys and values, lets every head mix, and projects back.
#[derive(Clone)]
pub(super) struct Attention {
    qkv: Linear,
    proj: Linear,
    n_heads: usize,
    ops: Ops,
}

/// Everything attention computed on the way, because seeing it is the point.
pub struct Attended {
    /// `[batch, heads, tokens, d_head]`.
    pub queries: Tensor<4>,
    /// `[batch, heads, keys, d_head]`; with a cache, older keys come first.
    pub keys: Tensor<4>,
    /// `[batch, heads, keys, d_head]`.
    pub values: Tensor<4>,
    /// `queries · keysᵀ` before scaling: `[batch, heads, tokens, keys]`.
    pub scores: Tensor<4>,
    /// Rows sum to one: `[batch, heads, tokens, keys]`.
    pub weights: Tensor<4>,
    /// Values averaged by the weights: `[batch, heads, tokens, d_head]`.
    pub mixed: Tensor<4>,
    /// What is added to the stream: `[batch, tokens, d_model]`.
    pub projected: Tensor<3>,
}

impl Attention {
    pub(super) fn new(n_heads: usize, get: &impl Fn(&str) -> Tensor<2>, ops: Ops) -> Self {
        Self {
            qkv: Linear::new(get("attn.qkv.weight"), get("attn.qkv.bias"), ops),
            proj: Linear::new(get("attn.proj.weight"), get("attn.proj.bias"), ops),
            n_heads,
            ops,
        }
    }

    /// The projected result alone, `[batch, tokens, d_model]`, as training needs it.
    pub(super) fn mix(&self, x: Tensor<3>) -> Tensor<3> {
        if self.ops == Ops::Burn {
            return self.forward(x, None).projected;
        }
        let [batch, tokens, d_model] = x.dims();
        let shape = Shape { batch, tokens, n_heads: self.n_heads, d_head: d_model / self.n_heads };
        self.proj.forward(by_rows(self.qkv.forward(x), |qkv| ops::causal_attention(qkv, shape)))
    }

    // ANCHOR: attention
    /// `x: [batch, tokens, d_model]`; `cache` holds the keys and values of earlier tokens.
    pub(super) fn forward(&self, x: Tensor<3>, cache: Option<&mut LayerCache>) -> Attended {
        let [batch, tokens, d_model] = x.dims();
        let d_head = d_model / self.n_heads;
        let qkv = self.qkv.forward(x);
        let heads = |which: usize| -> Tensor<4> {
            let part = qkv.clone().narrow(2, which * d_model, d_model);
            part.reshape([batch, tokens, self.n_heads, d_head]).swap_dims(1, 2)
        };
        let queries = heads(0);
        let (keys, values) = match cache {
            Some(cache) => cache.extend(heads(1), heads(2)),
            None => (heads(1), heads(2)),
        };

        let scores = queries.clone().matmul(keys.clone().transpose());
        let scaled = scores.clone() / (d_head as f32).sqrt();
        let masked = scaled.mask_fill(future(tokens, &scores), HIDDEN);
        let weights = softmax(masked, 3);
        let mixed = weights.clone().matmul(values.clone());

        let side_by_side = mixed.clone().swap_dims(1, 2).reshape([batch, tokens, d_model]);
        let projected = self.proj.forward(side_by_side);
        Attended { queries, keys, values, scores, weights, mixed, projected }
    }
    // ANCHOR_END: attention
}

/// Which keys each of `tokens` queries must not see; true hides. The queries are the newest tokens.
fn future(tokens: usize, scores: &Tensor<4>) -> Tensor<4, Bool> {
    let [_, _, _, keys] = scores.dims();
    let device = scores.device().without_autodiff();
    let mask = Tensor::<2, Bool>::tril_mask([tokens, keys], (keys - tokens) as i64, &device);
    mask.reshape([1, 1, tokens, keys]).expand(scores.dims())
}
