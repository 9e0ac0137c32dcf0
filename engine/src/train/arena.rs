//! All parameters as one long row of numbers, with the optimizer's two running means beside it.

use engine_core::{
    adamw::{BETAS, EPS, decays},
    config::{GptConfig, TrainConfig},
    reference::gpt::Weights,
};
use kernels::adamw::{self, Step};
use std::ops::Range;

/// Parameters and the optimizer's memory, in the order of [`GptConfig::tensors`].
pub(super) struct Arena {
    parts: Vec<Part>,
    params: Vec<f32>,
    mean: Vec<f32>,
    square: Vec<f32>,
}

/// Where one tensor lies.
struct Part {
    name: String,
    range: Range<usize>,
}

impl Arena {
    /// `weights`, and nothing remembered.
    ///
    /// # Panics
    /// If `weights` do not have the names and sizes that `config` says.
    pub(super) fn new(config: &GptConfig, weights: &Weights) -> Self {
        let mut end = 0;
        let part = |(name, [rows, columns]): (String, [usize; 2])| {
            let range = end..end + rows * columns;
            end = range.end;
            Part { name, range }
        };
        let parts: Vec<Part> = config.tensors().into_iter().map(part).collect();
        let mut arena = Self { parts, params: vec![0.0; end], mean: vec![0.0; end], square: vec![0.0; end] };
        arena.params = arena.flatten(weights);
        arena
    }

    /// Takes over what the optimizer of an earlier run remembered.
    pub(super) fn remember(&mut self, mean: &Weights, square: &Weights) {
        (self.mean, self.square) = (self.flatten(mean), self.flatten(square));
    }

    /// How many numbers there are.
    pub(super) fn len(&self) -> usize {
        self.params.len()
    }

    /// Parameters, running mean and running mean of the square, by name.
    pub(super) fn by_name(&self) -> [Weights; 3] {
        [&self.params, &self.mean, &self.square].map(|all| self.unflatten(all))
    }

    /// The parameters by name.
    pub(super) fn weights(&self) -> Weights {
        self.unflatten(&self.params)
    }

    /// Tensors by name as one row of numbers.
    pub(super) fn flatten(&self, tensors: &Weights) -> Vec<f32> {
        let mut flat = Vec::with_capacity(self.params.len());
        for part in &self.parts {
            let values = &tensors[&part.name];
            assert_eq!(values.len(), part.range.len(), "{} has the wrong size", part.name);
            flat.extend_from_slice(values);
        }
        flat
    }

    /// Adds one tensor's numbers to its place in `sum`.
    pub(super) fn add_to(&self, sum: &mut [f32], name: &str, values: &[f32]) {
        if let Some(part) = self.parts.iter().find(|part| part.name == name) {
            kernels::lanes::add_to(&mut sum[part.range.clone()], values);
        }
    }

    fn unflatten(&self, all: &[f32]) -> Weights {
        self.parts.iter().map(|part| (part.name.clone(), all[part.range.clone()].to_vec())).collect()
    }

    /// Moves every parameter against its gradient, shortened so that its norm is at most
    /// `config.grad_clip` (Pascanu et al. 2013). `count` is the step, from one.
    pub(super) fn update(&mut self, grads: &[f32], norm: f32, learning_rate: f32, count: u32, config: &TrainConfig) {
        let grad_scale = if norm > config.grad_clip { config.grad_clip / norm } else { 1.0 };
        for part in &self.parts {
            let weight_decay = if decays(&part.name) { config.weight_decay } else { 0.0 };
            let step = Step { learning_rate, weight_decay, grad_scale, count, betas: BETAS, eps: EPS };
            let at = part.range.clone();
            let (params, mean) = (&mut self.params[at.clone()], &mut self.mean[at.clone()]);
            adamw::update(params, &grads[at.clone()], mean, &mut self.square[at], &step);
        }
    }
}

/// The length of all gradients taken as one vector; not finite if one of them is not.
pub(super) fn norm(grads: &[f32]) -> f32 {
    adamw::sum_of_squares(grads).sqrt() as f32
}
