//! The bench's GPT: sizes from JavaScript, weights as one array, and how it is trained.

use engine_core::{
    config::{GptConfig, TrainConfig},
    reference::gpt::Weights,
};
use wasm_bindgen::prelude::*;

/// So many that the cosine of the learning rate does not leave its peak during a bench.
const STEPS: u32 = 1_000_000;
/// A norm that no gradient reaches: the peers do not clip.
const NO_CLIP: f32 = 1e9;

/// AdamW with a constant learning rate and no clipping.
pub(crate) fn training(batch: usize, learning_rate: f32, weight_decay: f32) -> TrainConfig {
    TrainConfig {
        batch,
        learning_rate,
        weight_decay,
        steps: STEPS,
        warmup: 0,
        grad_clip: NO_CLIP,
        ..TrainConfig::default()
    }
}

/// Sizes in the order in which JavaScript gives them: layers, width, heads, context, vocab. The head is untied.
pub(crate) fn config(sizes: &[usize]) -> Result<GptConfig, JsError> {
    let &[n_layers, d_model, n_heads, context, vocab_size] = sizes else {
        return Err(JsError::new("a model has five sizes: layers, width, heads, context, vocab"));
    };
    let config = GptConfig { vocab_size, n_layers, n_heads, d_model, context, tied_head: false };
    config.validate().map_err(crate::js)?;
    Ok(config)
}

/// Cuts `flat` into the tensors of `config`, in their order.
pub(crate) fn weights(config: &GptConfig, flat: &[f32]) -> Result<Weights, JsError> {
    if flat.len() != config.parameters() {
        let (got, wanted) = (flat.len(), config.parameters());
        return Err(JsError::new(&format!("{got} numbers were given for a model of {wanted}")));
    }
    let mut rest = flat;
    Ok(config
        .tensors()
        .into_iter()
        .map(|(name, [rows, columns])| {
            let (values, after) = rest.split_at(rows * columns);
            rest = after;
            (name, values.to_vec())
        })
        .collect())
}

/// Joins tensors in the order of `config`.
pub(crate) fn flatten(config: &GptConfig, weights: &Weights) -> Vec<f32> {
    config.tensors().iter().flat_map(|(name, _)| weights[name].iter().copied()).collect()
}
