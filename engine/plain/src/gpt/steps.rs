//! Loss, and whole steps in pieces, so that a job can look up between them.

use super::{Adam, Gpt, Gradients, Outcome};
use engine_core::{config::TrainConfig, job::JobError};
use kernels::cross_entropy as kernel;

/// The mean loss of predicting `targets` by `logits: [rows, vocab]`, nats per token, and its gradient for the logits,
/// times `share`.
///
/// # Panics
/// If the lengths do not fit, or a target is not in the vocabulary.
pub fn cross_entropy(mut logits: Vec<f32>, targets: &[u32], share: f32) -> (f32, Vec<f32>) {
    let loss = kernel::forward(&mut logits, targets);
    kernel::backward(&mut logits, targets, share);
    (loss, logits)
}

impl Gpt {
    /// The mean loss on whole windows of the context, nats per token.
    ///
    /// # Panics
    /// As [`Gpt::forward`], or if there are not as many targets.
    pub fn loss(&self, inputs: &[u32], targets: &[u32]) -> f32 {
        kernel::forward(&mut self.logits(inputs, self.config.context), targets)
    }

    /// The mean loss on whole windows of the context; adds its gradients, times `share`.
    ///
    /// # Panics
    /// As [`Gpt::loss`] and [`Gpt::backward`].
    pub fn learn(&self, inputs: &[u32], targets: &[u32], share: f32, grads: &mut Gradients) -> f32 {
        let mut pass = self.forward(inputs, self.config.context);
        let logits = std::mem::take(&mut pass.logits);
        let (loss, grad) = cross_entropy(logits, targets, share);
        pass.logits.resize(grad.len(), 0.0);
        self.backward(&pass, &grad, grads);
        loss
    }
}

/// One step on a batch of whole windows, in micro-batches of about 50 ms; `between` is awaited after each. If it fails,
/// nothing was changed but `grads`, and its error is returned. Gives the loss before the step, nats per token.
///
/// # Errors
/// Whatever `between` returns.
///
/// # Panics
/// As [`Gpt::learn`] and [`Adam::step`].
pub async fn train_step(
    model: &mut Gpt,
    adam: &mut Adam,
    grads: &mut Gradients,
    training: &TrainConfig,
    (inputs, targets): (&[u32], &[u32]),
    between: impl AsyncFn() -> Result<(), JobError>,
) -> Result<(f32, Outcome), JobError> {
    grads.clear();
    let mut loss = 0.0;
    let piece = piece(model, inputs);
    for (x, y) in inputs.chunks(piece).zip(targets.chunks(piece)) {
        let share = x.len() as f32 / inputs.len() as f32;
        loss += share * model.learn(x, y, share, grads);
        between().await?;
    }
    Ok((loss, adam.step(model, grads, training)))
}

/// The mean loss on many whole windows, nats per token, in pieces; `between` is awaited after each.
///
/// # Errors
/// Whatever `between` returns.
///
/// # Panics
/// As [`Gpt::loss`].
pub async fn evaluate(
    model: &Gpt,
    inputs: &[u32],
    targets: &[u32],
    between: impl AsyncFn() -> Result<(), JobError>,
) -> Result<f32, JobError> {
    let mut sum = 0.0;
    let piece = piece(model, inputs);
    for (x, y) in inputs.chunks(piece).zip(targets.chunks(piece)) {
        sum += f64::from(model.loss(x, y)) * x.len() as f64;
        between().await?;
    }
    Ok((sum / inputs.len() as f64) as f32)
}

/// Ids of one micro-batch.
fn piece(model: &Gpt, inputs: &[u32]) -> usize {
    let context = model.config.context;
    model.config.micro_batch((inputs.len() / context).max(1)) * context
}
