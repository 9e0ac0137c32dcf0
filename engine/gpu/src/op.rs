//! One kernel alone, with buffers of the caller's: what the tests compare with plain Rust.

use crate::{
    device::Gpu,
    kernels::{self, Call, Heads, Layout, Product},
    plan::{Plan, Recorder},
};
use std::sync::Arc;

/// A kernel compiled for certain sizes.
pub struct Op(Call);

/// Sizes of attention.
#[derive(Debug, Clone, Copy)]
pub struct AttentionSizes {
    /// Sequences.
    pub batch: usize,
    /// Tokens of each.
    pub tokens: usize,
    /// Heads.
    pub heads: usize,
    /// Width of one head.
    pub d_head: usize,
}

impl AttentionSizes {
    fn heads(self) -> Heads {
        let Self { batch, tokens, heads, d_head } = self;
        Heads { batch, tokens, heads, d_head }
    }
}

impl Op {
    /// `matmul.wgsl` for `[m, k, n]`: a, b, out, and the buffers of `features`.
    pub fn matmul(layout: Layout, sizes: [usize; 3], features: &[&'static str]) -> Self {
        Self(Product::new(layout, sizes).call(features))
    }

    /// `embed.wgsl`: ids, token and position embeddings, result.
    pub fn embed(rows: usize, context: usize, d_model: usize) -> Self {
        Self(kernels::embed(rows, context, d_model))
    }

    /// `embed_backward.wgsl`: ids, order, gradient, gradients of both embeddings.
    pub fn embed_backward(rows: usize, context: usize, d_model: usize) -> Self {
        Self(kernels::embed_backward(rows, context, d_model))
    }

    /// `layer_norm.wgsl`: x, gain, bias, result, statistics.
    pub fn layer_norm(rows: usize, d_model: usize) -> Self {
        Self(kernels::layer_norm(rows, d_model))
    }

    /// `layer_norm_backward.wgsl`: x, statistics, gain, gradient, result (added to), shares.
    pub fn layer_norm_backward(rows: usize, d_model: usize) -> Self {
        Self(kernels::layer_norm_backward(rows, d_model, 0, true))
    }

    /// `layer_norm_gains.wgsl`: shares, gradients of gain and bias, `d_model` numbers each.
    pub fn layer_norm_gains(rows: usize, d_model: usize) -> Self {
        Self(kernels::layer_norm_gains(rows, d_model, 1, d_model))
    }

    /// Workgroups of a layer norm, and so the shares of its gain's gradient.
    pub fn layer_norm_shares(rows: usize) -> usize {
        kernels::layer_norm_groups(rows)
    }

    /// `attention.wgsl`: qkv, mixed, log sums.
    pub fn attention(sizes: AttentionSizes) -> Self {
        Self(sizes.heads().forward())
    }

    /// `attention_backward_query.wgsl`: qkv, gradient, log sums, result, mixed, products.
    pub fn attention_backward_query(sizes: AttentionSizes) -> Self {
        Self(sizes.heads().backward_query())
    }

    /// `attention_backward_key.wgsl`: qkv, gradient, log sums, result, products.
    pub fn attention_backward_key(sizes: AttentionSizes) -> Self {
        Self(sizes.heads().backward_key())
    }

    /// `cross_entropy.wgsl`: logits (the gradient takes their place), targets, losses.
    pub fn cross_entropy(rows: usize, vocab_size: usize, stride: usize) -> Self {
        Self(kernels::cross_entropy(rows, vocab_size, stride))
    }

    /// `loss_sum.wgsl`: losses, settings, ring.
    pub fn loss_sum(rows: usize) -> Self {
        Self(kernels::loss_sum(rows, rows))
    }

    /// `squares.wgsl`: gradients (a multiple of four), sums.
    pub fn squares(words: usize) -> Self {
        Self(kernels::squares(words))
    }

    /// How many sums `squares.wgsl` leaves.
    pub const SQUARE_SUMS: usize = kernels::SQUARE_GROUPS;

    /// `verdict.wgsl`: sums, settings, ring, verdict.
    pub fn verdict() -> Self {
        Self(kernels::verdict())
    }

    /// `adamw.wgsl`: parameters, gradients, means, squares, settings, verdict.
    pub fn adamw(words: usize, decaying: usize) -> Self {
        Self(kernels::adamw(words, decaying))
    }

    /// Runs the kernel once and returns every buffer as it is afterwards. Numbers travel as their bits.
    ///
    /// # Errors
    /// A sentence: the kernel is refused, or the device was lost.
    pub async fn run(&self, gpu: &Arc<Gpu>, buffers: &[Vec<u32>]) -> Result<Vec<Vec<u32>>, String> {
        let made = gpu.checked(|| {
            let made = buffers.iter().map(|words| gpu.buffer("a test's buffer", words.len()));
            let memories = made.collect::<Result<Vec<_>, _>>()?;
            for (memory, words) in memories.iter().zip(buffers) {
                gpu.write(memory, 0, words);
            }
            let mut plan = Plan::default();
            let parts: Vec<_> = memories.iter().map(|memory| memory.all()).collect();
            Recorder::new(gpu.clone()).add(&mut plan, &self.0, &parts)?;
            gpu.submit(|encoder| Plan::replay(&[&plan], encoder));
            Ok(memories)
        });
        let memories = made.await?;
        let parts: Vec<_> = memories.iter().zip(buffers).map(|(memory, words)| (memory, 0, words.len())).collect();
        gpu.read(&parts).await
    }
}
