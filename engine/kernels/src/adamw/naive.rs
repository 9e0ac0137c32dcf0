//! The definition, number by number, in double precision.

use super::Step;

/// Moves one parameter; returns it with the new running means.
pub fn update(param: f32, grad: f32, mean: f32, square: f32, step: &Step) -> [f32; 3] {
    let [param, grad, mean, square] = [param, grad * step.grad_scale, mean, square].map(f64::from);
    let [beta1, beta2] = step.betas.map(f64::from);
    let mean = beta1 * mean + (1.0 - beta1) * grad;
    let square = beta2 * square + (1.0 - beta2) * grad * grad;
    let mean_hat = mean / (1.0 - beta1.powi(step.count as i32));
    let square_hat = square / (1.0 - beta2.powi(step.count as i32));
    let [rate, decay] = [step.learning_rate, step.weight_decay].map(f64::from);
    let param = param * (1.0 - rate * decay) - rate * mean_hat / (square_hat.sqrt() + f64::from(step.eps));
    [param as f32, mean as f32, square as f32]
}
