//! AdamW (Loshchilov and Hutter 2017) with gradient clipping by global norm.

use crate::gpt::Params;
use burn::tensor::Tensor;
use engine_core::config::TrainConfig;
use std::collections::BTreeMap;

const BETA1: f32 = 0.9;
const BETA2: f32 = 0.95;
const EPS: f32 = 1e-8;

/// The running means AdamW keeps for every parameter.
pub(super) struct AdamW {
    /// Of the gradient.
    pub(super) mean: Params,
    /// Of the squared gradient.
    pub(super) square: Params,
}

impl AdamW {
    /// Nothing seen yet.
    pub(super) fn new(params: &Params) -> Self {
        let zeros = || params.iter().map(|(name, p)| (name.clone(), p.zeros_like())).collect();
        Self { mean: zeros(), square: zeros() }
    }

    // ANCHOR: adamw
    /// Moves every parameter against its gradient. `step` counts from one.
    pub(super) fn update(&mut self, params: &mut Params, grads: &Params, lr: f32, step: u32, config: &TrainConfig) {
        // The means start at zero; these factors undo that bias.
        let mean_scale = 1.0 / (1.0 - BETA1.powi(step as i32));
        let square_scale = 1.0 / (1.0 - BETA2.powi(step as i32));
        for (name, param) in params.iter_mut() {
            let Some(grad) = grads.get(name) else { continue };
            let mean = self.mean[name].clone() * BETA1 + grad.clone() * (1.0 - BETA1);
            let square = self.square[name].clone() * BETA2 + grad.clone() * grad.clone() * (1.0 - BETA2);
            let direction = mean.clone() * mean_scale / ((square.clone() * square_scale).sqrt() + EPS);
            let decay = if decays(name) { lr * config.weight_decay } else { 0.0 };
            *param = param.clone() * (1.0 - decay) - direction * lr;
            self.mean.insert(name.clone(), mean);
            self.square.insert(name.clone(), square);
        }
    }
    // ANCHOR_END: adamw
}

/// Only matrices that multiply are pulled towards zero.
fn decays(name: &str) -> bool {
    name.ends_with(".weight")
}

/// The length of all gradients taken as one vector, `[1, 1]`.
pub(super) fn norm(grads: &Params) -> Tensor<2> {
    let squares = grads.values().map(|g| (g.clone() * g.clone()).sum().reshape([1, 1]));
    let squares: Vec<Tensor<2>> = squares.collect();
    Tensor::cat(squares, 0).sum().sqrt().reshape([1, 1])
}

/// Shortens all gradients alike, so that their norm is at most `most` (Pascanu et al. 2013).
pub(super) fn clip(grads: Params, norm: f32, most: f32) -> Params {
    if norm <= most {
        return grads;
    }
    let scale = most / norm;
    grads.into_iter().map(|(name, grad)| (name, grad * scale)).collect::<BTreeMap<_, _>>()
}
