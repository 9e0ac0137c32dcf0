//! A GPT as in GPT-2: token and position embeddings, pre-LN blocks, a final layer norm, a head.
//!
//! Read `layers.rs`, then `attention.rs`, then this file.

mod attention;
mod cache;
mod layers;
pub(crate) mod weights;

pub use attention::Attended;
pub use cache::Cache;
pub use engine_core::{
    decoder::{Decoder, Reading},
    first_weights::{fresh, init},
};
pub use weights::{read_back, to_device};

use crate::{device, ops};
use attention::Attention;
use burn::tensor::{Device, Int, Tensor, TensorData, activation::log_softmax, module::embedding};
use engine_core::config::GptConfig;
use layers::{LayerNorm, Mlp};
use std::collections::BTreeMap;

/// Parameters by name, each `[rows, columns]`: see [`GptConfig::tensors`].
pub type Params = BTreeMap<String, Tensor<2>>;

/// Who computes a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ops {
    /// Our kernels, on the CPU only: see [`crate::ops`].
    Kernels,
    /// Burn's own operations, on any device.
    Burn,
}

impl Ops {
    /// Our kernels where they run.
    pub fn of(device: &Device) -> Self {
        if device::is_gpu(device) { Self::Burn } else { Self::Kernels }
    }
}

/// A model that is ready to run.
#[derive(Clone)]
pub struct Gpt {
    config: GptConfig,
    ops: Ops,
    tok_emb: Tensor<2>,
    pos_emb: Tensor<2>,
    blocks: Vec<Block>,
    ln_f: LayerNorm,
    head: Option<Tensor<2>>,
}

/// Attention, then an MLP, each added to the residual stream.
#[derive(Clone)]
struct Block {
    ln1: LayerNorm,
    attention: Attention,
    ln2: LayerNorm,
    mlp: Mlp,
}

/// What a forward pass computed.
pub struct Forward {
    /// `[batch, tokens, vocab]`.
    pub logits: Tensor<3>,
    /// What each block's attention computed.
    pub attended: Vec<Attended>,
}

impl Gpt {
    /// Puts the layers together. The tensors are shared, not copied.
    ///
    /// # Panics
    /// If a parameter is missing.
    pub fn new(config: GptConfig, params: &Params, ops: Ops) -> Self {
        let get = |name: &str| params.get(name).unwrap_or_else(|| panic!("no parameter is named {name}")).clone();
        let blocks = (0..config.n_layers)
            .map(|layer| {
                let get = |name: &str| get(&format!("blocks.{layer}.{name}"));
                Block {
                    ln1: LayerNorm::new(get("ln1.gain"), get("ln1.bias"), ops),
                    attention: Attention::new(config.n_heads, &get, ops),
                    ln2: LayerNorm::new(get("ln2.gain"), get("ln2.bias"), ops),
                    mlp: Mlp::new(&get, ops),
                }
            })
            .collect();
        Self {
            config,
            ops,
            tok_emb: get("tok_emb"),
            pos_emb: get("pos_emb"),
            blocks,
            ln_f: LayerNorm::new(get("ln_f.gain"), get("ln_f.bias"), ops),
            head: (!config.tied_head).then(|| get("head.weight")),
        }
    }

    /// Sizes.
    pub fn config(&self) -> &GptConfig {
        &self.config
    }

    /// Runs `ids: [batch, tokens]` through the model, after what `cache` remembers, and keeps what
    /// attention computed.
    ///
    /// # Panics
    /// If more tokens than the context holds would be seen at once.
    pub fn forward(&self, ids: Tensor<2, Int>, mut cache: Option<&mut Cache>) -> Forward {
        let [batch, tokens] = ids.dims();
        let seen = cache.as_ref().map_or(0, |cache| cache.tokens());
        let mut attended = Vec::new();
        let logits = self.run(ids, seen, |layer, attention, x| {
            let out = attention.forward(x, cache.as_mut().map(|cache| cache.layer(layer)));
            let projected = out.projected.clone();
            attended.push(out);
            projected
        });
        Forward { logits: logits.reshape([batch, tokens, self.config.vocab_size]), attended }
    }

    /// The logits alone, `[batch · tokens, vocab]`: what training needs.
    ///
    /// # Panics
    /// If `ids` are more than the context holds.
    pub fn logits(&self, ids: Tensor<2, Int>) -> Tensor<2> {
        self.run(ids, 0, |_, attention, x| attention.mix(x))
    }

    // ANCHOR: forward
    /// From token ids to logits; `attend` runs the attention of one layer.
    fn run(
        &self,
        ids: Tensor<2, Int>,
        seen: usize,
        mut attend: impl FnMut(usize, &Attention, Tensor<3>) -> Tensor<3>,
    ) -> Tensor<2> {
        let [batch, tokens] = ids.dims();
        assert!(seen + tokens <= self.config.context, "more tokens than the context holds");

        let positions = self.pos_emb.clone().narrow(0, seen, tokens).unsqueeze::<3>();
        let mut stream = embedding(self.tok_emb.clone(), ids) + positions;
        for (layer, block) in self.blocks.iter().enumerate() {
            let attended = attend(layer, &block.attention, block.ln1.forward(stream.clone()));
            stream = stream + attended;
            stream = stream.clone() + block.mlp.forward(block.ln2.forward(stream));
        }
        let stream = self.ln_f.forward(stream).reshape([batch * tokens, self.config.d_model]);
        self.unembed(stream)
    }
    // ANCHOR_END: forward

    /// From the stream `[rows, d_model]` to logits `[rows, vocab]`.
    fn unembed(&self, stream: Tensor<2>) -> Tensor<2> {
        match (self.head.clone(), self.ops) {
            (None, Ops::Kernels) => ops::product_nt(stream, self.tok_emb.clone()),
            (None, Ops::Burn) => stream.matmul(self.tok_emb.clone().transpose()),
            (Some(head), Ops::Kernels) => {
                // No bias is a bias of zeros: that costs less than one more operation with its gradients would.
                let none = Tensor::zeros([1, self.config.vocab_size], &stream.device());
                ops::linear(stream, head, none)
            }
            (Some(head), Ops::Burn) => stream.matmul(head),
        }
    }

    /// Mean cross-entropy of `targets: [rows]` against `logits: [rows, vocab]`, nats per token, `[1]`.
    pub fn cross_entropy(&self, logits: Tensor<2>, targets: &[u32]) -> Tensor<1> {
        match self.ops {
            Ops::Kernels => ops::cross_entropy(logits, targets.to_vec()),
            Ops::Burn => {
                let device = logits.device().without_autodiff();
                let right = ids(targets, targets.len(), &device);
                -log_softmax(logits, 1).gather(1, right).mean()
            }
        }
    }
}

/// Token ids as a tensor `[rows, ids.len() / rows]`.
pub fn ids(ids: &[u32], rows: usize, device: &Device) -> Tensor<2, Int> {
    let data: Vec<i32> = ids.iter().map(|&id| id as i32).collect();
    let columns = data.len() / rows;
    Tensor::from_data(TensorData::new(data, [rows, columns]), device)
}

/// Places in a list as a tensor to select by.
pub(crate) fn places(places: &[usize], device: &Device) -> Tensor<1, Int> {
    let data: Vec<i32> = places.iter().map(|&at| at as i32).collect();
    let shape = [data.len()];
    Tensor::from_data(TensorData::new(data, shape), device)
}
