//! From token ids to logits, with everything kept that the way back needs.

use super::{Gpt, LN1, LN2, POS_EMB, Slot, TOK_EMB, Which, block};
use engine_core::{config::GptConfig, reference::layers::LAYER_NORM_EPS};
use kernels::{
    attention, gelu,
    lanes::add_to,
    layer_norm::{self, Statistics},
    linear,
    matmul::{Shape, matmul},
};

/// What one forward pass computed. All rows of all windows follow one another.
pub struct Pass {
    /// What follows each token, `[windows · tokens, vocab]`.
    pub logits: Vec<f32>,
    /// Tokens of one window.
    pub tokens: usize,
    pub(super) ids: Vec<u32>,
    pub(super) blocks: Vec<Kept>,
    pub(super) last: Normed,
}

/// What a norm was given and what it made of it.
#[derive(Default)]
pub(super) struct Normed {
    pub(super) x: Vec<f32>,
    pub(super) out: Vec<f32>,
    pub(super) stats: Vec<Statistics>,
}

/// What one block computed.
#[derive(Default)]
pub(super) struct Kept {
    pub(super) first: Normed,
    pub(super) qkv: Vec<f32>,
    pub(super) weights: Vec<f32>,
    pub(super) mixed: Vec<f32>,
    pub(super) second: Normed,
    pub(super) inside: Vec<f32>,
    pub(super) active: Vec<f32>,
}

impl Pass {
    /// What a matrix was given, `[windows · tokens, inputs]`.
    pub fn input(&self, slot: Slot) -> &[f32] {
        let kept = &self.blocks[slot.layer];
        match slot.which {
            Which::Qkv => &kept.first.out,
            Which::Proj => &kept.mixed,
            Which::Up => &kept.second.out,
            Which::Down => &kept.active,
        }
    }

    /// The attention weights of a block, `[windows, heads, tokens, tokens]`.
    pub fn attention(&self, layer: usize) -> &[f32] {
        &self.blocks[layer].weights
    }

    /// Bytes that are kept for the way back, logits included.
    pub fn bytes(&self) -> usize {
        let normed = |n: &Normed| n.x.len() + n.out.len() + 2 * n.stats.len();
        let kept = |k: &Kept| {
            let rows = [&k.qkv, &k.weights, &k.mixed, &k.inside, &k.active];
            normed(&k.first) + normed(&k.second) + rows.iter().map(|row| row.len()).sum::<usize>()
        };
        let blocks: usize = self.blocks.iter().map(kept).sum();
        size_of::<f32>() * (blocks + normed(&self.last) + self.logits.len() + self.ids.len())
    }
}

impl Gpt {
    /// Runs windows of `tokens` ids each, and keeps what [`Gpt::backward`] needs.
    ///
    /// # Panics
    /// If `ids` are not whole windows, a window is longer than the context, or an id is not in the vocabulary.
    pub fn forward(&self, ids: &[u32], tokens: usize) -> Pass {
        let mut blocks = Vec::with_capacity(self.config.n_layers);
        let last = self.run(ids, tokens, |kept| blocks.push(kept));
        let logits = self.unembed(&last.out);
        Pass { logits, tokens, ids: ids.to_vec(), blocks, last }
    }

    /// The logits alone, `[windows · tokens, vocab]`.
    ///
    /// # Panics
    /// As [`Gpt::forward`].
    pub fn logits(&self, ids: &[u32], tokens: usize) -> Vec<f32> {
        let last = self.run(ids, tokens, |_| {});
        self.unembed(&last.out)
    }

    /// The stream after the last norm; `keep` is handed what each block computed.
    fn run(&self, ids: &[u32], tokens: usize, mut keep: impl FnMut(Kept)) -> Normed {
        let GptConfig { n_layers, context, .. } = self.config;
        assert!(tokens > 0 && tokens <= context && ids.len().is_multiple_of(tokens), "whole windows of 1..={context}");
        let mut stream = self.embed(ids, |row| row % tokens);
        for layer in 0..n_layers {
            keep(self.block(layer, ids.len() / tokens, &mut stream));
        }
        self.normed(stream, self.ln_f())
    }

    /// Token and position embeddings added, `[ids, d_model]`; `position` of each row.
    pub(super) fn embed(&self, ids: &[u32], position: impl Fn(usize) -> usize) -> Vec<f32> {
        let d = self.config.d_model;
        let mut stream = vec![0.0; ids.len() * d];
        for (row, (&id, stream)) in ids.iter().zip(stream.chunks_exact_mut(d)).enumerate() {
            stream.copy_from_slice(&self.values(POS_EMB)[position(row) * d..][..d]);
            self.add_token(id, stream);
        }
        stream
    }

    /// Takes the stream through one block.
    fn block(&self, layer: usize, windows: usize, stream: &mut [f32]) -> Kept {
        let shape = self.attention_shape(windows, stream.len());
        let first = self.normed(stream.to_vec(), block(layer) + LN1);
        let qkv = self.linear(Slot { layer, which: Which::Qkv }, &first.out);
        let (mut mixed, mut weights) = (vec![0.0; shape.mixed_len()], vec![0.0; shape.weights_len()]);
        attention::forward(shape, &qkv, &mut mixed, &mut weights);
        add_to(stream, &self.linear(Slot { layer, which: Which::Proj }, &mixed));
        let (second, inside, active) = self.mlp(layer, stream);
        Kept { first, qkv, weights, mixed, second, inside, active }
    }

    /// Takes the stream through the second half of a block.
    pub(super) fn mlp(&self, layer: usize, stream: &mut [f32]) -> (Normed, Vec<f32>, Vec<f32>) {
        let second = self.normed(stream.to_vec(), block(layer) + LN2);
        let inside = self.linear(Slot { layer, which: Which::Up }, &second.out);
        let mut active = vec![0.0; inside.len()];
        gelu::forward(&inside, &mut active);
        add_to(stream, &self.linear(Slot { layer, which: Which::Down }, &active));
        (second, inside, active)
    }

    pub(super) fn attention_shape(&self, windows: usize, stream: usize) -> attention::Shape {
        let GptConfig { n_heads, d_model, .. } = self.config;
        let tokens = stream / d_model / windows.max(1);
        attention::Shape { batch: windows, tokens, n_heads, d_head: self.config.d_head() }
    }

    /// The norm whose gain is tensor `at`, and bias the next.
    pub(super) fn normed(&self, x: Vec<f32>, at: usize) -> Normed {
        let [gain, bias] = self.norm(at);
        let (mut out, mut stats) = (vec![0.0; x.len()], vec![[0.0; 2]; x.len() / gain.len()]);
        layer_norm::forward(&x, gain, bias, LAYER_NORM_EPS as f32, &mut out, &mut stats);
        Normed { x, out, stats }
    }

    /// `x · weight + bias`, by whichever matrix stands there.
    pub(super) fn linear(&self, slot: Slot, x: &[f32]) -> Vec<f32> {
        let [inputs, outputs] = slot.shape(&self.config);
        let bias = self.values(slot.bias());
        let mut out = vec![0.0; x.len() / inputs * outputs];
        match self.swapped(slot) {
            None => linear::forward(x, self.values(slot.weight()), bias, &mut out),
            Some(matrix) => {
                out.chunks_exact_mut(outputs).for_each(|row| row.copy_from_slice(bias));
                matrix.add_product(x, &mut out);
            }
        }
        out
    }

    /// From the stream `[rows, d_model]` to logits `[rows, vocab]`.
    pub(super) fn unembed(&self, stream: &[f32]) -> Vec<f32> {
        let GptConfig { d_model, vocab_size, .. } = self.config;
        let rows = stream.len() / d_model;
        let mut logits = vec![0.0; rows * vocab_size];
        if let Some(vocabulary) = &self.vocabulary {
            vocabulary.logits(stream, &mut logits);
            return logits;
        }
        match self.head() {
            Some(head) => matmul(Shape::nn(rows, d_model, vocab_size), stream, self.values(head), &mut logits),
            None => matmul(Shape::nt(rows, d_model, vocab_size), stream, self.values(TOK_EMB), &mut logits),
        }
        logits
    }
}
