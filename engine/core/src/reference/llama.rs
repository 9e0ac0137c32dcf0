//! A whole Llama, forward, on slices: RMSNorm, rotary positions, grouped-query attention and SwiGLU
//! (Touvron et al. 2023; Ainslie et al. 2023; Shazeer 2020).

use super::{
    attention::attention,
    gpt::{Weights, add},
};
use crate::{llama::LlamaConfig, positions::encodings::rotated};

/// The logits after each of `ids`, `[tokens, vocab]`, in double precision.
///
/// `weights` are named and shaped as [`LlamaConfig::weights`] says. Queries and keys are kept as in a GGUF file: the two
/// numbers of a pair that a position turns are neighbours.
///
/// # Panics
/// If a weight is missing, or there are more `ids` than the context holds.
pub fn forward(config: &LlamaConfig, weights: &Weights, ids: &[u32]) -> Vec<Vec<f64>> {
    let LlamaConfig { d_model, d_head, rms_eps, .. } = *config;
    let w = |name: &str| weights.get(name).unwrap_or_else(|| panic!("no weight is named {name}")).as_slice();
    assert!(ids.len() <= config.context, "more tokens than the context holds");

    let embedding = w("token_embd.weight");
    let row = |id: &u32| embedding[*id as usize * d_model..][..d_model].iter().copied().map(f64::from).collect();
    let mut stream: Vec<Vec<f64>> = ids.iter().map(row).collect();

    for layer in 0..config.n_layers {
        let w = |name: &str| w(&format!("blk.{layer}.{name}.weight"));

        let normed: Vec<Vec<f64>> = stream.iter().map(|x| rms_norm(x, w("attn_norm"), rms_eps)).collect();
        // Each head's rows, `[heads][tokens, d_head]`; those of queries and keys are turned by their position.
        let heads = |name: &str, base: Option<f64>| -> Vec<Vec<Vec<f64>>> {
            let all: Vec<Vec<f64>> = normed.iter().map(|x| matrix(w(name), x)).collect();
            let part = |row: &Vec<f64>, position: usize, head: usize| -> Vec<f64> {
                let part = &row[head * d_head..][..d_head];
                base.map_or_else(|| part.to_vec(), |base| rotated(part, position, base))
            };
            let heads = all.first().map_or(0, |row| row.len() / d_head);
            let of = |head| all.iter().enumerate().map(|(position, row)| part(row, position, head)).collect();
            (0..heads).map(of).collect()
        };
        let q = heads("attn_q", Some(config.rope_base));
        let k = heads("attn_k", Some(config.rope_base));
        let v = heads("attn_v", None);

        // Neighbouring query heads share the keys and values of one head.
        let group = config.n_heads / config.n_kv_heads;
        let mut mixed = vec![Vec::new(); ids.len()];
        for (head, queries) in q.iter().enumerate() {
            let out = attention(queries, &k[head / group], &v[head / group]);
            mixed.iter_mut().zip(out.mixed).for_each(|(all, one)| all.extend(one));
        }
        for (x, mixed) in stream.iter_mut().zip(&mixed) {
            add(x, &matrix(w("attn_output"), mixed));
            let normed = rms_norm(x, w("ffn_norm"), rms_eps);
            let gate = matrix(w("ffn_gate"), &normed);
            let up = matrix(w("ffn_up"), &normed);
            add(x, &matrix(w("ffn_down"), &swiglu(&gate, &up)));
        }
    }

    let head = if config.tied_head { embedding } else { w("output.weight") };
    stream.iter().map(|x| matrix(head, &rms_norm(x, w("output_norm.weight"), rms_eps))).collect()
}

/// Scales `x: [d]` so that the mean of its squares is one, then by a learned gain (Zhang and Sennrich 2019).
///
/// ```
/// let y = engine_core::reference::llama::rms_norm(&[3.0, -3.0], &[1.0, 2.0], 0.0);
/// assert_eq!(y, [1.0, -2.0]);
/// ```
pub fn rms_norm(x: &[f64], gain: &[f32], eps: f64) -> Vec<f64> {
    let mean_square = x.iter().map(|v| v * v).sum::<f64>() / x.len() as f64;
    let scale = 1.0 / (mean_square + eps).sqrt();
    x.iter().zip(gain).map(|(v, g)| v * scale * f64::from(*g)).collect()
}

/// `up: [d_ff]`, each number let through as far as its gate is open: `gate · σ(gate) · up` (Shazeer 2020).
///
/// ```
/// use engine_core::reference::llama::swiglu;
/// assert_eq!(swiglu(&[0.0], &[7.0]), [0.0]); // a gate of zero is shut
/// assert!((swiglu(&[30.0], &[7.0])[0] - 210.0).abs() < 1e-9); // a large one multiplies
/// ```
pub fn swiglu(gate: &[f64], up: &[f64]) -> Vec<f64> {
    gate.iter().zip(up).map(|(gate, up)| gate / (1.0 + libm::exp(-gate)) * up).collect()
}

/// A row-major matrix `weight: [rows, columns]` times `x: [columns]`.
fn matrix(weight: &[f32], x: &[f64]) -> Vec<f64> {
    let dot = |row: &[f32]| row.iter().zip(x).map(|(w, x)| f64::from(*w) * x).sum();
    weight.chunks(x.len()).map(dot).collect()
}
