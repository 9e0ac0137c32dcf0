//! Adam for a model that is one row of numbers.

use crate::{
    adamw::{BETAS, EPS},
    config::TrainConfig,
    schedule,
};

/// What a model has learned so far: its numbers, and Adam's running means of their gradients and squared gradients.
pub(crate) struct Numbers<'a> {
    pub params: &'a mut [f32],
    pub means: &'a mut [f32],
    pub squares: &'a mut [f32],
}

/// The length of each step of a run: a short rise to `learning_rate`, then half a cosine down.
pub(crate) fn rate(learning_rate: f32, steps: u32, step: u32) -> f32 {
    let config = TrainConfig { learning_rate, steps, warmup: (steps / 20).max(1), ..TrainConfig::default() };
    schedule::learning_rate(&config, step)
}

/// One step of Adam (Kingma and Ba 2014), after `step` others. The gradients are zero afterwards.
pub(crate) fn take_step(numbers: Numbers, grads: &mut [f32], rate: f32, step: u32) {
    let passed = f64::from(step + 1);
    let full = |beta: f32| (1.0 - libm::pow(f64::from(beta), passed)) as f32;
    let [full_mean, full_square] = [full(BETAS[0]), full(BETAS[1])];
    let numbers = numbers.params.iter_mut().zip(numbers.means).zip(numbers.squares);
    for (((param, mean), square), grad) in numbers.zip(grads) {
        *mean = BETAS[0] * *mean + (1.0 - BETAS[0]) * *grad;
        *square = BETAS[1] * *square + (1.0 - BETAS[1]) * *grad * *grad;
        *param -= rate * (*mean / full_mean) / ((*square / full_square).sqrt() + EPS);
        *grad = 0.0;
    }
}
