//! Whole heads and whole neurons: what they weigh, and taking them out.

use crate::{config::GptConfig, reference::gpt::Weights};
use serde::{Deserialize, Serialize};

/// A part of a model that can be taken out whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Part {
    /// An attention head, by block and place.
    Head(usize, usize),
    /// A neuron of an MLP, by block and place.
    Neuron(usize, usize),
}

/// Every head, block after block.
pub fn heads(config: &GptConfig) -> Vec<Part> {
    (0..config.n_layers).flat_map(|layer| (0..config.n_heads).map(move |head| Part::Head(layer, head))).collect()
}

/// Every neuron, block after block.
pub fn neurons(config: &GptConfig) -> Vec<Part> {
    let d_ff = 4 * config.d_model;
    (0..config.n_layers).flat_map(|layer| (0..d_ff).map(move |neuron| Part::Neuron(layer, neuron))).collect()
}

/// How much a part can write into the residual stream, judged by its weights alone: the length of what comes in times
/// that of what goes out. For a neuron these are its column of the first matrix and its row of the second; for a head,
/// its values and its rows of the matrix that mixes the heads.
///
/// # Panics
/// If the part or a weight is not there.
pub fn weight_of(config: &GptConfig, weights: &Weights, part: Part) -> f64 {
    let square = |x: &f32| f64::from(*x).powi(2);
    let (into, out) = match part {
        Part::Neuron(layer, neuron) => {
            let (up, down) = (matrix(weights, layer, "mlp.up.weight"), matrix(weights, layer, "mlp.down.weight"));
            let (d, d_ff) = (config.d_model, 4 * config.d_model);
            let into: f64 = up.iter().skip(neuron).step_by(d_ff).map(square).sum();
            (into, down[neuron * d..][..d].iter().map(square).sum::<f64>())
        }
        Part::Head(layer, head) => {
            let (qkv, proj) = (matrix(weights, layer, "attn.qkv.weight"), matrix(weights, layer, "attn.proj.weight"));
            let (d, d_head) = (config.d_model, config.d_head());
            let values = 2 * d + head * d_head;
            let into: f64 = qkv.chunks_exact(3 * d).flat_map(|row| &row[values..values + d_head]).map(square).sum();
            (into, proj[head * d_head * d..][..d_head * d].iter().map(square).sum())
        }
    };
    libm::sqrt(into) * libm::sqrt(out)
}

/// Sets everything that belongs to a part to zero, so that it adds nothing to the residual stream.
///
/// # Panics
/// If the part or a weight is not there.
pub fn cut(config: &GptConfig, weights: &mut Weights, part: Part) {
    let d = config.d_model;
    let mut clear = |layer: usize, name: &str, columns: usize, from: usize, width: usize| {
        let tensor = weights.get_mut(&format!("blocks.{layer}.{name}")).expect("every block has it");
        tensor.chunks_exact_mut(columns).for_each(|row| row[from..from + width].fill(0.0));
    };
    match part {
        Part::Neuron(layer, neuron) => {
            clear(layer, "mlp.up.weight", 4 * d, neuron, 1);
            clear(layer, "mlp.up.bias", 4 * d, neuron, 1);
            clear(layer, "mlp.down.weight", 4 * d * d, neuron * d, d);
        }
        Part::Head(layer, head) => {
            let d_head = config.d_head();
            for which in 0..3 {
                clear(layer, "attn.qkv.weight", 3 * d, which * d + head * d_head, d_head);
                clear(layer, "attn.qkv.bias", 3 * d, which * d + head * d_head, d_head);
            }
            clear(layer, "attn.proj.weight", d * d, head * d_head * d, d_head * d);
        }
    }
}

/// Whether a part still writes something.
///
/// # Panics
/// If the part or a weight is not there.
pub fn is_there(config: &GptConfig, weights: &Weights, part: Part) -> bool {
    let d = config.d_model;
    let (layer, name, from, width) = match part {
        Part::Neuron(layer, neuron) => (layer, "mlp.down.weight", neuron * d, d),
        Part::Head(layer, head) => (layer, "attn.proj.weight", head * config.d_head() * d, config.d_head() * d),
    };
    matrix(weights, layer, name)[from..from + width].iter().any(|w| *w != 0.0)
}

fn matrix<'a>(weights: &'a Weights, layer: usize, name: &str) -> &'a [f32] {
    &weights[&format!("blocks.{layer}.{name}")]
}
