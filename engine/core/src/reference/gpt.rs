//! A whole GPT, forward, on slices: pre-LN blocks, learned positions, causal attention (GPT-2).

use super::{
    attention::attention,
    layers::{gelu, layer_norm, linear},
    softmax::softmax,
};
use crate::config::GptConfig;
use std::collections::BTreeMap;

/// Parameters by name, shaped as [`GptConfig::tensors`] says.
pub type Weights = BTreeMap<String, Vec<f32>>;

/// The logits after each of `ids`, `[tokens, vocab]`.
///
/// # Panics
/// If a weight is missing, or there are more `ids` than the context holds.
pub fn forward(config: &GptConfig, weights: &Weights, ids: &[u32]) -> Vec<Vec<f64>> {
    forward_with(gelu, config, weights, ids)
}

/// The same with another activation in the MLPs, such as GPT-2's own [`super::layers::gelu_tanh`].
///
/// # Panics
/// As [`forward`].
pub fn forward_with(activation: fn(f64) -> f64, config: &GptConfig, weights: &Weights, ids: &[u32]) -> Vec<Vec<f64>> {
    let d = config.d_model;
    let w = |name: &str| weights.get(name).unwrap_or_else(|| panic!("no weight is named {name}")).as_slice();
    assert!(ids.len() <= config.context, "more tokens than the context holds");

    let mut stream: Vec<Vec<f64>> = ids
        .iter()
        .enumerate()
        .map(|(position, &id)| {
            let token = &w("tok_emb")[id as usize * d..][..d];
            let place = &w("pos_emb")[position * d..][..d];
            token.iter().zip(place).map(|(a, b)| f64::from(*a) + f64::from(*b)).collect()
        })
        .collect();

    for layer in 0..config.n_layers {
        let w = |name: &str| w(&format!("blocks.{layer}.{name}"));

        let qkv: Vec<Vec<f64>> = stream
            .iter()
            .map(|x| layer_norm(x, w("ln1.gain"), w("ln1.bias")))
            .map(|x| linear(&x, w("attn.qkv.weight"), w("attn.qkv.bias")))
            .collect();
        let mut heads = vec![Vec::new(); ids.len()];
        for head in 0..config.n_heads {
            let part = |which: usize| -> Vec<Vec<f64>> {
                let from = which * d + head * config.d_head();
                qkv.iter().map(|row| row[from..from + config.d_head()].to_vec()).collect()
            };
            let out = attention(&part(0), &part(1), &part(2));
            heads.iter_mut().zip(out.mixed).for_each(|(all, one)| all.extend(one));
        }
        for (x, heads) in stream.iter_mut().zip(&heads) {
            add(x, &linear(heads, w("attn.proj.weight"), w("attn.proj.bias")));
            let normed = layer_norm(x, w("ln2.gain"), w("ln2.bias"));
            let up = linear(&normed, w("mlp.up.weight"), w("mlp.up.bias"));
            let active: Vec<f64> = up.into_iter().map(activation).collect();
            add(x, &linear(&active, w("mlp.down.weight"), w("mlp.down.bias")));
        }
    }

    stream
        .iter()
        .map(|x| layer_norm(x, w("ln_f.gain"), w("ln_f.bias")))
        .map(|x| {
            if config.tied_head {
                let dot = |row: &[f32]| row.iter().zip(&x).map(|(w, x)| f64::from(*w) * x).sum();
                w("tok_emb").chunks(d).map(dot).collect()
            } else {
                linear(&x, w("head.weight"), &vec![0.0; config.vocab_size])
            }
        })
        .collect()
}

/// Mean cross-entropy of predicting `targets` from `ids`, nats per token.
pub fn loss(config: &GptConfig, weights: &Weights, ids: &[u32], targets: &[u32]) -> f64 {
    let logits = forward(config, weights, ids);
    let sum: f64 = logits.iter().zip(targets).map(|(row, &t)| -softmax(row)[t as usize].ln()).sum();
    sum / targets.len() as f64
}

/// Adds `y` to `x`.
pub(crate) fn add(x: &mut [f64], y: &[f64]) {
    x.iter_mut().zip(y).for_each(|(x, y)| *x += y);
}
