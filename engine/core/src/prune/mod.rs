//! Pruning: weights that matter little are set to zero, or whole heads and neurons are taken out.
//!
//! Begin with [`cut`](mod@cut). [`mask`] chooses single weights, [`structure`] whole heads and neurons; [`storage`] counts what the rest takes up.
//! Zeros alone make nothing smaller or faster: [`lean`] is the same model without them, in smaller matrices or with
//! [sparse rows](kernels::sparse).

pub mod cut;
pub mod lean;
pub mod mask;
pub mod storage;
pub mod structure;
#[cfg(test)]
mod tests;

use crate::config::GptConfig;

/// The matrices of the blocks, by name and shape `[inputs, outputs]`: what is pruned. Embeddings are left alone, and so
/// are biases and gains, which are few.
pub fn matrices(config: &GptConfig) -> Vec<(String, [usize; 2])> {
    let in_block = |(name, _): &(String, [usize; 2])| name.starts_with("blocks.") && name.ends_with(".weight");
    config.tensors().into_iter().filter(in_block).collect()
}
