//! What a GPT's numbers are before it has learned anything.

use crate::{
    config::{FirstWeights, GptConfig},
    reference::gpt::Weights,
    rng::{Rng, Stream},
};

/// Standard deviation of fresh weights, as in GPT-2 (Radford et al. 2019).
const STD: f32 = 0.02;

/// The last normalisation's gain where embeddings of length one are the output layer too: with one, the first scores
/// would be so uneven that an untrained model costs more than guessing evenly.
const TIED_GAIN: f32 = 0.5;

/// Fresh parameters as in GPT-2: the same numbers for the same seed, on every machine and device.
///
/// The layers that write to the residual stream start smaller, by `1 / sqrt(2 · n_layers)`, so that
/// the stream does not grow with depth.
pub fn init(config: &GptConfig, seed: u64) -> Weights {
    let mut rng = Rng::new(seed, Stream::Init);
    let residual = STD / (2.0 * config.n_layers as f32).sqrt();
    config
        .tensors()
        .into_iter()
        .map(|(name, [rows, columns])| {
            let std = match name.as_str() {
                n if n.ends_with(".gain") => None,
                n if n.ends_with(".bias") => Some(0.0),
                n if n.ends_with("proj.weight") || n.ends_with("down.weight") => Some(residual),
                _ => Some(STD),
            };
            let values = match std {
                None => vec![1.0; rows * columns],
                Some(0.0) => vec![0.0; rows * columns],
                Some(std) => (0..rows * columns).map(|_| rng.normal() * std).collect(),
            };
            (name, values)
        })
        .collect()
}

/// Fresh parameters with the spread that is asked for.
pub fn fresh(config: &GptConfig, first: FirstWeights, seed: u64) -> Weights {
    let mut weights = init(config, seed);
    if first == FirstWeights::ByWidth {
        widen(config, &mut weights);
    }
    weights
}

/// Gives a fresh model's matrices the spread `1 / sqrt(inputs)`, and its embeddings that of a row of length one.
///
/// GPT-2's 0.02 is made for wide models: in one of 32 numbers all scores and sums would be so small at first that a head
/// takes thousands of steps to find its place.
fn widen(config: &GptConfig, weights: &mut Weights) {
    for (name, [rows, columns]) in config.tensors() {
        let inputs = match name.as_str() {
            name if name.ends_with("_emb") => columns,
            name if name.starts_with("blocks.") && name.ends_with(".weight") => rows,
            _ => continue,
        };
        let times = 1.0 / ((inputs as f32).sqrt() * STD);
        weights.entry(name).and_modify(|values| values.iter_mut().for_each(|value| *value *= times));
    }
    if config.tied_head {
        weights.entry("ln_f.gain".into()).and_modify(|gain| gain.fill(TIED_GAIN));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_by_width_have_the_spread_of_their_inputs() {
        let config = GptConfig { vocab_size: 70, n_layers: 2, n_heads: 2, d_model: 64, context: 32, tied_head: true };
        let (narrow, wide) = (fresh(&config, FirstWeights::Gpt2, 3), fresh(&config, FirstWeights::ByWidth, 3));
        assert_eq!(narrow, init(&config, 3));
        let spread = |values: &[f32]| (values.iter().map(|x| x * x).sum::<f32>() / values.len() as f32).sqrt();
        for (name, wanted) in [
            ("tok_emb", 1.0 / 8.0),
            ("pos_emb", 1.0 / 8.0),
            ("blocks.1.attn.qkv.weight", 1.0 / 8.0),
            ("blocks.0.attn.proj.weight", 1.0 / 16.0),
            ("blocks.1.mlp.up.weight", 1.0 / 8.0),
            ("blocks.0.mlp.down.weight", 1.0 / 32.0),
            ("ln_f.gain", TIED_GAIN),
            ("blocks.0.ln1.gain", 1.0),
        ] {
            let found = spread(&wide[name]);
            assert!((found / wanted - 1.0).abs() < 0.05, "{name}: {found}, not {wanted}");
        }
        assert!(wide["blocks.0.mlp.up.bias"].iter().all(|x| *x == 0.0));
        let untied = GptConfig { tied_head: false, ..config };
        let wide = fresh(&untied, FirstWeights::ByWidth, 3);
        assert_eq!((spread(&wide["ln_f.gain"]), &wide["head.weight"]), (1.0, &init(&untied, 3)["head.weight"]));
    }
}
