//! Writing token by token on the CPU: the same model on plain slices, with the keys and values of
//! earlier tokens kept (a "KV-cache"). A token costs two operations per weight and nothing else.

use crate::{
    config::GptConfig,
    reference::{gpt::Weights, layers::LAYER_NORM_EPS},
    writer::Reads,
};
use kernels::{
    attention, gelu, layer_norm, linear,
    matmul::{Shape, matmul},
};

/// Which GELU the MLPs use.
#[derive(Clone, Copy)]
enum Gelu {
    /// As our own models are trained.
    Exact,
    /// As GPT-2 was trained.
    Tanh,
}

/// A model that reads and remembers.
pub struct Decoder {
    config: GptConfig,
    gelu: Gelu,
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
        Self::made_of(config, Gelu::Exact, get)
    }

    /// A model as GPT-2 was trained, with the approximate GELU. The weights move in: a large model is in memory once.
    ///
    /// # Panics
    /// If a parameter is missing.
    pub fn gpt2(config: GptConfig, mut weights: Weights) -> Self {
        let get = |name: &str| weights.remove(name).unwrap_or_else(|| panic!("no parameter is named {name}"));
        Self::made_of(config, Gelu::Tanh, get)
    }

    fn made_of(config: GptConfig, gelu: Gelu, mut get: impl FnMut(&str) -> Vec<f32>) -> Self {
        let blocks = (0..config.n_layers)
            .map(|layer| {
                let mut pair =
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
            gelu,
            blocks,
            tok_emb: get("tok_emb"),
            pos_emb: get("pos_emb"),
            ln_f: ["ln_f.gain", "ln_f.bias"].map(&mut get),
            head: (!config.tied_head).then(|| get("head.weight")),
            tokens: 0,
        }
    }

    /// Sizes.
    pub fn config(&self) -> &GptConfig {
        &self.config
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
        let mut reading = self.begin(ids);
        while self.next_block(&mut reading) {}
        self.finish(&reading)
    }

    /// Begins to read `ids`, so that a large model can be read with pauses: [`Self::next_block`] until it has no more,
    /// then [`Self::finish`].
    ///
    /// # Panics
    /// As [`Self::read`].
    pub fn begin(&self, ids: &[u32]) -> Reading {
        let GptConfig { d_model, context, .. } = self.config;
        let (rows, seen) = (ids.len(), self.tokens);
        assert!(rows > 0 && seen + rows <= context, "more tokens than the context holds");
        let mut stream = Vec::with_capacity(rows * d_model);
        for (row, &id) in ids.iter().enumerate() {
            let token = &self.tok_emb[id as usize * d_model..][..d_model];
            let position = &self.pos_emb[(seen + row) * d_model..][..d_model];
            stream.extend(token.iter().zip(position).map(|(t, p)| t + p));
        }
        let zeros = |width: usize| vec![0.0; rows * width * d_model];
        Reading {
            stream,
            normal: zeros(1),
            qkv: zeros(3),
            mixed: zeros(1),
            inside: zeros(4),
            active: zeros(4),
            block: 0,
        }
    }

    /// Takes the stream through its next block; false once there is none.
    pub fn next_block(&mut self, reading: &mut Reading) -> bool {
        let (GptConfig { d_model, n_heads, .. }, seen) = (self.config, self.tokens);
        let Some(block) = self.blocks.get_mut(reading.block) else { return false };
        let Reading { stream, normal, qkv, mixed, inside, active, block: number } = reading;
        norm(stream, &block.ln1, normal);
        linear::forward(normal, &block.qkv[0], &block.qkv[1], qkv);
        for (row, qkv) in qkv.chunks_exact(3 * d_model).enumerate() {
            let at = (seen + row) * d_model;
            let (query, rest) = qkv.split_at(d_model);
            block.keys[at..at + d_model].copy_from_slice(&rest[..d_model]);
            block.values[at..at + d_model].copy_from_slice(&rest[d_model..]);
            let known = at + d_model;
            let mixed = &mut mixed[row * d_model..][..d_model];
            attention::cached::attend(query, &block.keys[..known], &block.values[..known], n_heads, mixed);
        }
        linear::forward(mixed, &block.proj[0], &block.proj[1], normal);
        kernels::lanes::add_to(stream, normal);

        norm(stream, &block.ln2, normal);
        linear::forward(normal, &block.up[0], &block.up[1], inside);
        match self.gelu {
            Gelu::Exact => gelu::forward(inside, active),
            Gelu::Tanh => gelu::forward_tanh(inside, active),
        }
        linear::forward(active, &block.down[0], &block.down[1], normal);
        kernels::lanes::add_to(stream, normal);
        *number += 1;
        true
    }

    /// Remembers what was read and returns the logits after the last token, `[vocab]`.
    pub fn finish(&mut self, reading: &Reading) -> Vec<f32> {
        let GptConfig { d_model, vocab_size, .. } = self.config;
        self.tokens += reading.stream.len() / d_model;
        let last = &reading.stream[reading.stream.len() - d_model..];
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

impl Reads for Decoder {
    fn context(&self) -> usize {
        self.config.context
    }

    fn tokens(&self) -> usize {
        self.tokens()
    }

    fn clear(&mut self) {
        self.clear();
    }

    fn read(&mut self, ids: &[u32]) -> Vec<f32> {
        self.read(ids)
    }
}

/// Tokens on their way through the blocks, `[rows, …]` each, with the room that a block computes in.
pub struct Reading {
    stream: Vec<f32>,
    normal: Vec<f32>,
    qkv: Vec<f32>,
    mixed: Vec<f32>,
    inside: Vec<f32>,
    active: Vec<f32>,
    block: usize,
}

fn norm(x: &[f32], [gain, bias]: &[Vec<f32>; 2], out: &mut [f32]) {
    let mut stats = vec![[0.0; 2]; x.len() / gain.len()];
    layer_norm::forward(x, gain, bias, LAYER_NORM_EPS as f32, out, &mut stats);
}
