//! A whole BERT, forward, on slices: post-LN blocks, learned positions, attention to both sides (Devlin et al. 2018),
//! and a sentence's vector as the mean of its tokens' (Reimers and Gurevych 2019).

use super::{
    gpt::{Weights, add},
    layers::{gelu, layer_norm_with},
    softmax::softmax,
};
use crate::encoder::EncoderConfig;

/// The vector after the last layer for each of `ids`, `[tokens, d_model]`.
///
/// `weights` are named and shaped as [`EncoderConfig::tensors`] says.
///
/// # Panics
/// If a weight is missing, or there are more `ids` than positions.
pub fn forward(config: &EncoderConfig, weights: &Weights, ids: &[u32]) -> Vec<Vec<f64>> {
    let EncoderConfig { d_model, n_heads, .. } = *config;
    let w = |name: &str| weights.get(name).unwrap_or_else(|| panic!("no weight is named {name}")).as_slice();
    let row = |table: &str, row: usize| -> Vec<f64> {
        w(&format!("embeddings.{table}.weight"))[row * d_model..][..d_model].iter().copied().map(f64::from).collect()
    };
    let norm = |x: &[f64], name: &str| {
        let [gain, bias] = ["weight", "bias"].map(|part| w(&format!("{name}.{part}")));
        layer_norm_with(f64::from(config.eps), x, gain, bias)
    };
    let linear = |x: &[f64], name: &str| -> Vec<f64> {
        let [weight, bias] = ["weight", "bias"].map(|part| w(&format!("{name}.{part}")));
        let dot = |row: &[f32]| row.iter().zip(x).map(|(w, x)| f64::from(*w) * x).sum::<f64>();
        weight.chunks(x.len()).zip(bias).map(|(row, bias)| dot(row) + f64::from(*bias)).collect()
    };

    let mut stream: Vec<Vec<f64>> = Vec::new();
    for (position, id) in ids.iter().enumerate() {
        let mut x = row("word_embeddings", *id as usize);
        add(&mut x, &row("position_embeddings", position));
        add(&mut x, &row("token_type_embeddings", 0));
        stream.push(norm(&x, "embeddings.LayerNorm"));
    }
    for layer in 0..config.n_layers {
        let at = |name: &str| format!("encoder.layer.{layer}.{name}");
        let [q, k, v] = ["query", "key", "value"].map(|part| -> Vec<Vec<f64>> {
            stream.iter().map(|x| linear(x, &at(&format!("attention.self.{part}")))).collect()
        });
        for (i, x) in stream.iter_mut().enumerate() {
            let mut mixed = Vec::new();
            for head in 0..n_heads {
                let d_head = d_model / n_heads;
                let part = |row: &[f64]| row[head * d_head..][..d_head].to_vec();
                mixed.extend(attend(&part(&q[i]), k.iter().map(|row| part(row)), v.iter().map(|row| part(row))));
            }
            // Added first and normed afterwards: the other way round than in a GPT.
            add(x, &linear(&mixed, &at("attention.output.dense")));
            *x = norm(x, &at("attention.output.LayerNorm"));
            let wide: Vec<f64> = linear(x, &at("intermediate.dense")).into_iter().map(gelu).collect();
            add(x, &linear(&wide, &at("output.dense")));
            *x = norm(x, &at("output.LayerNorm"));
        }
    }
    stream
}

/// What one query takes from all values: `[d_head]`.
fn attend(q: &[f64], k: impl Iterator<Item = Vec<f64>>, v: impl Iterator<Item = Vec<f64>>) -> Vec<f64> {
    let dot = |k: Vec<f64>| q.iter().zip(k).map(|(q, k)| q * k).sum::<f64>() / (q.len() as f64).sqrt();
    let weights = softmax(&k.map(dot).collect::<Vec<_>>());
    let mut mixed = vec![0.0; q.len()];
    for (weight, v) in weights.iter().zip(v) {
        mixed.iter_mut().zip(v).for_each(|(sum, v)| *sum += weight * v);
    }
    mixed
}

/// A sentence's vector: the mean of its tokens', made one long. `tokens: [tokens, d_model]`, at least one.
///
/// ```
/// use engine_core::reference::bert::sentence;
/// assert_eq!(sentence(&[vec![3.0, 0.0], vec![3.0, 8.0]]), [0.6, 0.8]); // the mean is [3, 4], its length 5
/// ```
pub fn sentence(tokens: &[Vec<f64>]) -> Vec<f64> {
    let mut mean = vec![0.0; tokens.first().map_or(0, Vec::len)];
    tokens.iter().for_each(|token| add(&mut mean, token));
    let length = mean.iter().map(|x| x * x).sum::<f64>().sqrt();
    // Dividing by the number of tokens would cancel out. A vector of zeros has no direction.
    mean.iter().map(|x| if length > 0.0 { x / length } else { 0.0 }).collect()
}
