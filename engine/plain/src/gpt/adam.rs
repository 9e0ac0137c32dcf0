//! AdamW with the schedule and the clipping of the training lab, over what a model learns and nothing else.

use super::{Gpt, Gradients};
use engine_core::{
    adamw::{BETAS, EPS, decays},
    config::TrainConfig,
    schedule::learning_rate,
};
use kernels::adamw::{self, Step};

/// The optimizer's memory: two running means of each number that is learned.
pub struct Adam {
    mean: Vec<Vec<f32>>,
    square: Vec<Vec<f32>>,
    steps: u32,
}

/// What one step did.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    /// Norm of the gradient before clipping.
    pub grad_norm: f32,
    /// The learning rate used.
    pub learning_rate: f32,
}

impl Adam {
    /// Remembers nothing yet. Make a new one after something was swapped or frozen.
    pub fn new(model: &Gpt) -> Self {
        let zeros = || model.gradients().parts;
        Self { mean: zeros(), square: zeros(), steps: 0 }
    }

    /// Steps done.
    pub fn steps(&self) -> u32 {
        self.steps
    }

    /// Bytes that are held.
    pub fn bytes(&self) -> usize {
        self.mean.iter().chain(&self.square).map(|part| size_of_val(part.as_slice())).sum()
    }

    /// Moves every learned number against its gradient, at the rate of the schedule, shortened so that the norm is at most
    /// `training.grad_clip`; then clears the gradients. Masked numbers stay zero. If the norm is not finite, nothing
    /// is changed and no step is counted: look at [`Outcome::grad_norm`].
    ///
    /// # Panics
    /// If `grads` or this were made before something was swapped or frozen.
    pub fn step(&mut self, model: &mut Gpt, grads: &mut Gradients, training: &TrainConfig) -> Outcome {
        for (tensor, grad) in model.tensors.iter().zip(&mut grads.parts) {
            if let Some(mask) = &tensor.mask {
                grad.iter_mut().zip(mask).filter(|(_, kept)| !**kept).for_each(|(grad, _)| *grad = 0.0);
            }
        }
        let grad_norm = grads.norm();
        let learning_rate = learning_rate(training, self.steps);
        let outcome = Outcome { grad_norm, learning_rate };
        if grad_norm.is_finite() {
            self.steps += 1;
            let grad_scale = if grad_norm > training.grad_clip { training.grad_clip / grad_norm } else { 1.0 };
            let step = Step { learning_rate, weight_decay: 0.0, grad_scale, count: self.steps, betas: BETAS, eps: EPS };
            self.advance(model, grads, step, training.weight_decay);
        }
        grads.clear();
        outcome
    }

    fn advance(&mut self, model: &mut Gpt, grads: &Gradients, step: Step, weight_decay: f32) {
        let mut memory = grads.parts.iter().zip(&mut self.mean).zip(&mut self.square);
        for (tensor, ((grads, mean), square)) in model.tensors.iter_mut().zip(&mut memory) {
            if !tensor.trains {
                continue;
            }
            let weight_decay = if decays(&tensor.name) { weight_decay } else { 0.0 };
            adamw::update(&mut tensor.values, grads, mean, square, &Step { weight_decay, ..step });
            tensor.hold();
        }
        for (matrix, ((grads, mean), square)) in model.swapped.iter_mut().zip(memory) {
            if let Some(matrix) = matrix {
                adamw::update(matrix.learned_mut(), grads, mean, square, &step);
            }
        }
    }
}
