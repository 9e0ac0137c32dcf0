//! A pruned model as it can be run: with its zeros, with sparse rows, or without the heads and neurons that are gone.

use super::structure::{Part, is_there};
use crate::{
    config::GptConfig,
    reference::{gpt::Weights, layers::LAYER_NORM_EPS},
};
use kernels::{
    attention, gelu, layer_norm, linear,
    matmul::{Shape, matmul},
    sparse::{self, Rows},
};
use serde::{Deserialize, Serialize};

/// What is done about the zeros.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Zeros {
    /// They are multiplied like every other number.
    #[default]
    Kept,
    /// Matrices hold only the weights that are not zero, each with its place.
    Skipped,
    /// Heads and neurons that write nothing are taken out, and matrices get smaller.
    Removed,
}

/// A linear layer.
#[derive(Debug, Clone)]
enum Layer {
    Dense { weight: Vec<f32>, bias: Vec<f32> },
    Sparse { rows: Rows, bias: Vec<f32> },
}

impl Layer {
    /// `x`: `[tokens, inputs]`; the result is `[tokens, outputs]`. Without inputs only the bias is left.
    fn forward(&self, tokens: usize, x: &[f32]) -> Vec<f32> {
        let (Self::Dense { bias, .. } | Self::Sparse { bias, .. }) = self;
        let mut out = vec![0.0; tokens * bias.len()];
        match self {
            _ if x.is_empty() => out.chunks_exact_mut(bias.len()).for_each(|row| row.copy_from_slice(bias)),
            _ if out.is_empty() => {}
            Self::Dense { weight, bias } => linear::forward(x, weight, bias, &mut out),
            Self::Sparse { rows, bias } => sparse::forward(rows, x, bias, &mut out),
        }
        out
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Dense { weight, bias } => size_of_val(weight.as_slice()) + size_of_val(bias.as_slice()),
            Self::Sparse { rows, bias } => rows.bytes() + size_of_val(bias.as_slice()),
        }
    }
}

/// Gain and bias of a layer norm.
#[derive(Debug, Clone)]
struct Norm([Vec<f32>; 2]);

impl Norm {
    fn forward(&self, x: &[f32]) -> Vec<f32> {
        let Self([gain, bias]) = self;
        let (mut out, mut stats) = (vec![0.0; x.len()], vec![[0.0; 2]; x.len() / gain.len()]);
        layer_norm::forward(x, gain, bias, LAYER_NORM_EPS as f32, &mut out, &mut stats);
        out
    }
}

#[derive(Debug, Clone)]
struct Block {
    n_heads: usize,
    norms: [Norm; 2],
    qkv: Layer,
    proj: Layer,
    up: Layer,
    down: Layer,
}

/// A model that can only be run, each block of its own width.
#[derive(Debug, Clone)]
pub struct Lean {
    config: GptConfig,
    tok_emb: Vec<f32>,
    pos_emb: Vec<f32>,
    blocks: Vec<Block>,
    last: Norm,
    head: Option<Vec<f32>>,
}

impl Lean {
    /// The model with these weights, its zeros treated as `zeros` says.
    ///
    /// # Panics
    /// If a weight is missing.
    pub fn of(config: &GptConfig, weights: &Weights, zeros: Zeros) -> Self {
        let own = |name: &str| weights[name].clone();
        let norm = |name: String| Norm([own(&format!("{name}.gain")), own(&format!("{name}.bias"))]);
        let block = |layer: usize| {
            let kept = Kept::of(config, weights, layer, zeros);
            let linear = |name: &str, inputs: &[usize], outputs: &[usize]| {
                let of = |part: &str| &weights[&format!("blocks.{layer}.{name}.{part}")];
                let (weight, bias) = (of("weight"), of("bias"));
                let columns = bias.len();
                let weight =
                    inputs.iter().flat_map(|row| outputs.iter().map(move |column| weight[row * columns + column]));
                let (weight, bias): (Vec<f32>, _) =
                    (weight.collect(), outputs.iter().map(|column| bias[*column]).collect());
                match zeros {
                    Zeros::Skipped => Layer::Sparse { rows: Rows::of(&weight, inputs.len()), bias },
                    _ => Layer::Dense { weight, bias },
                }
            };
            Block {
                n_heads: kept.mixed.len() / config.d_head(),
                norms: ["ln1", "ln2"].map(|name| norm(format!("blocks.{layer}.{name}"))),
                qkv: linear("attn.qkv", &kept.stream, &kept.qkv(config.d_model)),
                proj: linear("attn.proj", &kept.mixed, &kept.stream),
                up: linear("mlp.up", &kept.stream, &kept.neurons),
                down: linear("mlp.down", &kept.neurons, &kept.stream),
            }
        };
        Self {
            config: *config,
            tok_emb: own("tok_emb"),
            pos_emb: own("pos_emb"),
            blocks: (0..config.n_layers).map(block).collect(),
            last: norm("ln_f".into()),
            head: weights.get("head.weight").cloned(),
        }
    }

    /// What its numbers take in memory, places included.
    pub fn bytes(&self) -> usize {
        let layers = self.blocks.iter().flat_map(|block| [&block.qkv, &block.proj, &block.up, &block.down]);
        let norms = self.blocks.iter().flat_map(|block| &block.norms).chain([&self.last]);
        let alone = [&self.tok_emb, &self.pos_emb].into_iter().chain(&self.head).chain(norms.flat_map(|norm| &norm.0));
        layers.map(Layer::bytes).sum::<usize>() + alone.map(|numbers| size_of_val(numbers.as_slice())).sum::<usize>()
    }

    /// Heads and neurons of each block.
    pub fn widths(&self) -> Vec<(usize, usize)> {
        let bias = |layer: &Layer| match layer {
            Layer::Dense { bias, .. } | Layer::Sparse { bias, .. } => bias.len(),
        };
        self.blocks.iter().map(|block| (block.n_heads, bias(&block.up))).collect()
    }

    /// The residual stream before the first block: `[ids.len(), d_model]`.
    ///
    /// # Panics
    /// If there are more `ids` than the context holds, or one is not of the vocabulary.
    pub fn stream(&self, ids: &[u32]) -> Vec<f32> {
        let d = self.config.d_model;
        let sum = |(place, id): (usize, &u32)| {
            let token = &self.tok_emb[*id as usize * d..][..d];
            let place = &self.pos_emb[place * d..][..d];
            token.iter().zip(place).map(|(a, b)| a + b)
        };
        ids.iter().enumerate().flat_map(sum).collect()
    }

    /// What the blocks make of a residual stream, in place: the part of the model that is pruned.
    pub fn run_blocks(&self, stream: &mut [f32]) {
        let tokens = stream.len() / self.config.d_model;
        for block in &self.blocks {
            let [first, second] = &block.norms;
            let shape = attention::Shape { batch: 1, tokens, n_heads: block.n_heads, d_head: self.config.d_head() };
            let mut mixed = vec![0.0; shape.mixed_len()];
            if block.n_heads > 0 {
                let qkv = block.qkv.forward(tokens, &first.forward(stream));
                attention::forward(shape, &qkv, &mut mixed, &mut vec![0.0; shape.weights_len()]);
            }
            kernels::lanes::add_to(stream, &block.proj.forward(tokens, &mixed));
            let up = block.up.forward(tokens, &second.forward(stream));
            let mut active = vec![0.0; up.len()];
            gelu::forward(&up, &mut active);
            kernels::lanes::add_to(stream, &block.down.forward(tokens, &active));
        }
    }

    /// The logits after each of `ids`: `[ids.len(), vocab_size]`.
    ///
    /// # Panics
    /// As [`Self::stream`].
    pub fn forward(&self, ids: &[u32]) -> Vec<f32> {
        let GptConfig { vocab_size, d_model, .. } = self.config;
        let mut stream = self.stream(ids);
        self.run_blocks(&mut stream);
        let normed = self.last.forward(&stream);
        let mut logits = vec![0.0; ids.len() * vocab_size];
        match &self.head {
            Some(head) => matmul(Shape::nn(ids.len(), d_model, vocab_size), &normed, head, &mut logits),
            None => matmul(Shape::nt(ids.len(), d_model, vocab_size), &normed, &self.tok_emb, &mut logits),
        }
        logits
    }
}

/// The places of a block that stay.
struct Kept {
    /// Of the residual stream, always all.
    stream: Vec<usize>,
    /// What the heads that stay write side by side.
    mixed: Vec<usize>,
    /// Of the MLP.
    neurons: Vec<usize>,
}

impl Kept {
    fn of(config: &GptConfig, weights: &Weights, layer: usize, zeros: Zeros) -> Self {
        let there = |part: Part| zeros != Zeros::Removed || is_there(config, weights, part);
        let d_head = config.d_head();
        let heads = (0..config.n_heads).filter(|head| there(Part::Head(layer, *head)));
        Self {
            stream: (0..config.d_model).collect(),
            mixed: heads.flat_map(|head| head * d_head..(head + 1) * d_head).collect(),
            neurons: (0..4 * config.d_model).filter(|neuron| there(Part::Neuron(layer, *neuron))).collect(),
        }
    }

    /// Queries, keys and values of the heads that stay.
    fn qkv(&self, d_model: usize) -> Vec<usize> {
        (0..3).flat_map(|which| self.mixed.iter().map(move |place| which * d_model + place)).collect()
    }
}
