//! Writing token by token on the CPU: the same model on plain slices, with the keys and values of
//! earlier tokens kept (a "KV-cache"). A token costs two operations per weight and nothing else.

use engine_core::{
    config::GptConfig,
    reference::{gpt::Weights, layers::LAYER_NORM_EPS},
};
use kernels::{
    attention, gelu, layer_norm, linear,
    matmul::{Shape, matmul},
};

/// A model that reads and remembers.
pub struct Decoder {
    config: GptConfig,
    blocks: Vec<Block>,
    tok_emb: Vec<f32>,
    pos_emb: Vec<f32>,
    ln_f: [Vec<f32>; 2],
    head: Option<Vec<f32>>,
    tokens: usize,
}

/// Weights and memory of one block. Pairs are weight and bias, or gain and bias.
struct Block {
    ln1: [Vec<f32>; 2],
    qkv: [Vec<f32>; 2],
    proj: [Vec<f32>; 2],
    ln2: [Vec<f32>; 2],
    up: [Vec<f32>; 2],
    down: [Vec<f32>; 2],
    /// `[context, d_model]`; rows beyond the tokens read are not yet meaningful.
    keys: Vec<f32>,
    values: Vec<f32>,
}

impl Decoder {
    /// A model with an empty memory. The weights are copied.
    ///
    /// # Panics
    /// If a parameter is missing.
    pub fn new(config: GptConfig, weights: &Weights) -> Self {
        let get = |name: &str| weights.get(name).unwrap_or_else(|| panic!("no parameter is named {name}")).clone();
        let blocks = (0..config.n_layers)
            .map(|layer| {
                let pair =
                    |name: &str, first: &str| [first, "bias"].map(|part| get(&format!("blocks.{layer}.{name}.{part}")));
                Block {
                    ln1: pair("ln1", "gain"),
                    qkv: pair("attn.qkv", "weight"),
                    proj: pair("attn.proj", "weight"),
                    ln2: pair("ln2", "gain"),
                    up: pair("mlp.up", "weight"),
                    down: pair("mlp.down", "weight"),
                    keys: vec![0.0; config.context * config.d_model],
                    values: vec![0.0; config.context * config.d_model],
                }
            })
            .collect();
        Self {
            config,
            blocks,
            tok_emb: get("tok_emb"),
            pos_emb: get("pos_emb"),
            ln_f: ["ln_f.gain", "ln_f.bias"].map(get),
            head: (!config.tied_head).then(|| get("head.weight")),
            tokens: 0,
        }
    }

    /// How many tokens are remembered.
    pub fn tokens(&self) -> usize {
        self.tokens
    }

    /// Forgets every token.
    pub fn clear(&mut self) {
        self.tokens = 0;
    }

    /// Reads `ids` after what is remembered and returns the logits after the last of them, `[vocab]`.
    ///
    /// # Panics
    /// If `ids` is empty, or the context cannot hold that many more.
    pub fn read(&mut self, ids: &[u32]) -> Vec<f32> {
        let GptConfig { d_model, context, n_heads, vocab_size, .. } = self.config;
        let (rows, seen) = (ids.len(), self.tokens);
        assert!(rows > 0 && seen + rows <= context, "more tokens than the context holds");
        let mut stream = Vec::with_capacity(rows * d_model);
        for (row, &id) in ids.iter().enumerate() {
            let token = &self.tok_emb[id as usize * d_model..][..d_model];
            let position = &self.pos_emb[(seen + row) * d_model..][..d_model];
            stream.extend(token.iter().zip(position).map(|(t, p)| t + p));
        }
        let mut normal = vec![0.0; rows * d_model];
        let mut qkv = vec![0.0; rows * 3 * d_model];
        let mut mixed = vec![0.0; rows * d_model];
        let mut inside = vec![0.0; rows * 4 * d_model];
        let mut active = vec![0.0; rows * 4 * d_model];
        for block in &mut self.blocks {
            norm(&stream, &block.ln1, &mut normal);
            linear::forward(&normal, &block.qkv[0], &block.qkv[1], &mut qkv);
            for (row, qkv) in qkv.chunks_exact(3 * d_model).enumerate() {
                let at = (seen + row) * d_model;
                let (query, rest) = qkv.split_at(d_model);
                block.keys[at..at + d_model].copy_from_slice(&rest[..d_model]);
                block.values[at..at + d_model].copy_from_slice(&rest[d_model..]);
                let known = at + d_model;
                let mixed = &mut mixed[row * d_model..][..d_model];
                attention::cached::attend(query, &block.keys[..known], &block.values[..known], n_heads, mixed);
            }
            linear::forward(&mixed, &block.proj[0], &block.proj[1], &mut normal);
            kernels::lanes::add_to(&mut stream, &normal);

            norm(&stream, &block.ln2, &mut normal);
            linear::forward(&normal, &block.up[0], &block.up[1], &mut inside);
            gelu::forward(&inside, &mut active);
            linear::forward(&active, &block.down[0], &block.down[1], &mut normal);
            kernels::lanes::add_to(&mut stream, &normal);
        }
        self.tokens += rows;
        let last = &stream[(rows - 1) * d_model..];
        let mut normal = vec![0.0; d_model];
        norm(last, &self.ln_f, &mut normal);
        let mut logits = vec![0.0; vocab_size];
        match &self.head {
            Some(head) => matmul(Shape::nn(1, d_model, vocab_size), &normal, head, &mut logits),
            None => matmul(Shape::nt(1, d_model, vocab_size), &normal, &self.tok_emb, &mut logits),
        }
        logits
    }
}

fn norm(x: &[f32], [gain, bias]: &[Vec<f32>; 2], out: &mut [f32]) {
    let mut stats = vec![[0.0; 2]; x.len() / gain.len()];
    layer_norm::forward(x, gain, bias, LAYER_NORM_EPS as f32, out, &mut stats);
}
