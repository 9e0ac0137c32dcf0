//! A GPT as in GPT-2: token and position embeddings, pre-LN blocks, a final layer norm, a head.
//!
//! Read `layers.rs`, then `attention.rs`, then this file.

mod attention;
mod cache;
mod layers;
pub(crate) mod weights;

pub use attention::Attended;
pub use cache::Cache;
pub use weights::{init, read_back, to_device};

use attention::Attention;
use burn::tensor::{Device, Int, Tensor, TensorData, module::embedding};
use engine_core::config::GptConfig;
use layers::{LayerNorm, Mlp};
use std::collections::BTreeMap;

/// Parameters by name, each `[rows, columns]`: see [`GptConfig::tensors`].
pub type Params = BTreeMap<String, Tensor<2>>;

/// A model that is ready to run.
#[derive(Clone)]
pub struct Gpt {
    config: GptConfig,
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
    pub fn new(config: GptConfig, params: &Params) -> Self {
        let get = |name: &str| params.get(name).unwrap_or_else(|| panic!("no parameter is named {name}")).clone();
        let blocks = (0..config.n_layers)
            .map(|layer| {
                let get = |name: &str| get(&format!("blocks.{layer}.{name}"));
                Block {
                    ln1: LayerNorm::new(get("ln1.gain"), get("ln1.bias")),
                    attention: Attention::new(config.n_heads, &get),
                    ln2: LayerNorm::new(get("ln2.gain"), get("ln2.bias")),
                    mlp: Mlp::new(&get),
                }
            })
            .collect();
        Self {
            config,
            tok_emb: get("tok_emb"),
            pos_emb: get("pos_emb"),
            blocks,
            ln_f: LayerNorm::new(get("ln_f.gain"), get("ln_f.bias")),
            head: (!config.tied_head).then(|| get("head.weight")),
        }
    }

    /// Sizes.
    pub fn config(&self) -> &GptConfig {
        &self.config
    }

    // ANCHOR: forward
    /// Runs `ids: [batch, tokens]` through the model, after what `cache` remembers.
    ///
    /// # Panics
    /// If more tokens than the context holds would be seen at once.
    pub fn forward(&self, ids: Tensor<2, Int>, mut cache: Option<&mut Cache>) -> Forward {
        let [batch, tokens] = ids.dims();
        let seen = cache.as_ref().map_or(0, |cache| cache.tokens());
        assert!(seen + tokens <= self.config.context, "more tokens than the context holds");

        let positions = self.pos_emb.clone().narrow(0, seen, tokens).unsqueeze::<3>();
        let mut stream = embedding(self.tok_emb.clone(), ids) + positions;
        let mut attended = Vec::new();
        for (layer, block) in self.blocks.iter().enumerate() {
            let memory = cache.as_mut().map(|cache| cache.layer(layer));
            let out = block.attention.forward(block.ln1.forward(stream.clone()), memory);
            stream = stream + out.projected.clone();
            stream = stream.clone() + block.mlp.forward(block.ln2.forward(stream));
            attended.push(out);
        }
        let stream = self.ln_f.forward(stream).reshape([batch * tokens, self.config.d_model]);
        let head = self.head.clone().unwrap_or_else(|| self.tok_emb.clone().transpose());
        let logits = stream.matmul(head).reshape([batch, tokens, self.config.vocab_size]);
        Forward { logits, attended }
    }
    // ANCHOR_END: forward
}

/// Token ids as a tensor `[rows, ids.len() / rows]`.
pub fn ids(ids: &[u32], rows: usize, device: &Device) -> Tensor<2, Int> {
    let data: Vec<i32> = ids.iter().map(|&id| id as i32).collect();
    let columns = data.len() / rows;
    Tensor::from_data(TensorData::new(data, [rows, columns]), device)
}
