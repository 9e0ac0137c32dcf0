//! One model in training: its weights, the optimizer's memory, and one step at a time.

use super::{
    adamw::{self, AdamW},
    data::Corpus,
};
use crate::{
    device,
    gpt::{self, Gpt, Params, weights::floats},
};
use burn::tensor::{Device, Tensor, activation::log_softmax};
use engine_core::{
    config::{GptConfig, TrainConfig},
    job::JobError,
    model_file::{ModelFile, TrainingState},
    reference::gpt::Weights,
    schedule::learning_rate,
    tokenizer::Tokenizer,
};
use std::future::Future;

/// Floating-point operations between two looks at the event loop, on the CPU.
const CHUNK_FLOPS: f64 = 2.5e8;

/// A model, its optimizer and its data.
pub struct Trainer {
    /// Sizes.
    pub config: GptConfig,
    /// Settings.
    pub training: TrainConfig,
    /// Text to ids.
    pub tokenizer: Tokenizer,
    /// The text as ids.
    pub corpus: Corpus,
    /// Which text, for checkpoints.
    pub text_crc: u32,
    /// Steps done.
    pub step: u32,
    /// Loss of every step done.
    pub train_loss: Vec<f32>,
    /// Validation losses, with the step each was measured after.
    pub val_loss: Vec<(u32, f32)>,
    params: Params,
    adamw: AdamW,
    device: Device,
}

/// What one step did.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StepOutcome {
    /// Mean loss of the batch before the step, nats per token.
    pub loss: f32,
    /// Norm of the gradient before clipping.
    pub grad_norm: f32,
    /// The learning rate used.
    pub learning_rate: f32,
}

impl Trainer {
    /// A model with `weights`, at step zero.
    pub fn new(
        config: GptConfig,
        training: TrainConfig,
        weights: &Weights,
        tokenizer: Tokenizer,
        corpus: Corpus,
        text_crc: u32,
        device: &Device,
    ) -> Self {
        let params = gpt::to_device(&config, weights, device);
        let adamw = AdamW::new(&params);
        Self {
            config,
            training,
            tokenizer,
            corpus,
            text_crc,
            step: 0,
            train_loss: Vec::new(),
            val_loss: Vec::new(),
            params,
            adamw,
            device: device.clone(),
        }
    }

    /// Goes on where a checkpoint left off.
    pub fn resume(file: ModelFile, state: TrainingState, corpus: Corpus, device: &Device) -> Self {
        let mut trainer =
            Self::new(file.config, state.config, &file.weights, file.tokenizer, corpus, state.text_crc, device);
        trainer.adamw.mean = gpt::to_device(&file.config, &state.mean, device);
        trainer.adamw.square = gpt::to_device(&file.config, &state.square, device);
        trainer.step = state.step;
        trainer.train_loss = state.train_loss;
        trainer.val_loss = state.val_loss;
        trainer
    }

    /// The model as it is now, for looking and generating; later steps do not change it.
    pub fn model(&self) -> Gpt {
        Gpt::new(self.config, &self.params)
    }

    /// The state of this moment; its numbers are read back by [`Snapshot::read`].
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            file: ModelFile {
                config: self.config,
                tokenizer: self.tokenizer.clone(),
                weights: Weights::new(),
                training: Some(TrainingState {
                    config: self.training,
                    step: self.step,
                    text_crc: self.text_crc,
                    mean: Weights::new(),
                    square: Weights::new(),
                    train_loss: self.train_loss.clone(),
                    val_loss: self.val_loss.clone(),
                }),
            },
            params: self.params.clone(),
            mean: self.adamw.mean.clone(),
            square: self.adamw.square.clone(),
        }
    }

    /// Sequences per forward and backward pass. It depends on sizes only, never on speed, because
    /// the order of additions decides the last bits of a sum.
    pub fn micro_batch(&self) -> usize {
        if device::is_gpu(&self.device) {
            return self.training.batch;
        }
        let per_sequence = self.config.flops_per_token() * self.config.context as f64;
        ((CHUNK_FLOPS / per_sequence) as usize).clamp(1, self.training.batch)
    }

    /// Memory for weights, gradients, moments and the activations of one micro-batch, in bytes.
    pub fn memory(&self) -> usize {
        let GptConfig { vocab_size, n_layers, n_heads, d_model, context, .. } = self.config;
        let per_token = n_layers * (40 * d_model + 6 * n_heads * context) + 4 * vocab_size;
        4 * (5 * self.config.parameters() + per_token * context * self.micro_batch())
    }

    /// Does one step. `between` is awaited between pieces of work; if it fails, the step is undone
    /// (nothing was changed yet) and its error is returned.
    ///
    /// The outcome's loss or norm may be NaN or infinite; the parameters are then left as they were.
    ///
    /// # Errors
    /// Whatever `between` returns, or a lost device.
    pub async fn step<B: Future<Output = Result<(), JobError>>>(
        cell: &std::cell::RefCell<Self>,
        between: impl Fn() -> B,
    ) -> Result<StepOutcome, JobError> {
        let (step, training, context, micro) = {
            let t = cell.borrow();
            (t.step, t.training, t.config.context, t.micro_batch())
        };
        let (inputs, targets) = cell.borrow().corpus.batch(training.seed, step, training.batch, context);

        let mut total: Option<(Tensor<1>, Params)> = None;
        for (x, y) in inputs.chunks(micro * context).zip(targets.chunks(micro * context)) {
            let share = x.len() as f32 / inputs.len() as f32;
            let (loss, grads) = cell.borrow().gradients(x, y, share);
            total = Some(match total {
                None => (loss, grads),
                Some((l, g)) => (l + loss, add(g, grads)),
            });
            between().await?;
        }
        let (loss, grads) = total.expect("a batch has at least one sequence");

        // One read-back for both numbers; they are needed before the weights may change.
        let both = Tensor::cat(vec![loss.reshape([1, 1]), adamw::norm(&grads)], 0);
        let both = floats(both).await?;
        let rate = learning_rate(&training, step);
        let outcome = StepOutcome { loss: both[0], grad_norm: both[1], learning_rate: rate };
        if outcome.loss.is_finite() && outcome.grad_norm.is_finite() {
            let grads = adamw::clip(grads, outcome.grad_norm, training.grad_clip);
            let t = &mut *cell.borrow_mut();
            t.adamw.update(&mut t.params, &grads, rate, step + 1, &training);
            t.step += 1;
            t.train_loss.push(outcome.loss);
        }
        Ok(outcome)
    }

    // ANCHOR: gradients
    /// The loss of some rows, times `share`, and how it changes with every parameter.
    fn gradients(&self, inputs: &[u32], targets: &[u32], share: f32) -> (Tensor<1>, Params) {
        let tracked: Params =
            self.params.iter().map(|(name, p)| (name.clone(), p.clone().autodiff().require_grad())).collect();
        let model = Gpt::new(self.config, &tracked);
        let loss = self.loss(&model, inputs, targets, &self.device.clone().autodiff()) * share;
        let mut grads = loss.backward();
        let grads = tracked.into_iter().filter_map(|(name, p)| Some((name, p.grad_remove(&mut grads)?))).collect();
        (loss.inner(), grads)
    }
    // ANCHOR_END: gradients

    /// Mean cross-entropy of predicting `targets`, nats per token, `[1]`.
    fn loss(&self, model: &Gpt, inputs: &[u32], targets: &[u32], device: &Device) -> Tensor<1> {
        let rows = inputs.len() / self.config.context;
        let logits = model.forward(gpt::ids(inputs, rows, device), None).logits;
        let logits = logits.reshape([inputs.len(), self.config.vocab_size]);
        let right = gpt::ids(targets, targets.len(), device);
        -log_softmax(logits, 1).gather(1, right).mean()
    }

    /// The gradients of one whole batch, read back: for tests and the self-test.
    ///
    /// # Errors
    /// If the device was lost.
    pub async fn loss_and_gradients(&self, inputs: &[u32], targets: &[u32]) -> Result<(f32, Weights), JobError> {
        let (loss, grads) = self.gradients(inputs, targets, 1.0);
        let grads = gpt::read_back(&grads).await?;
        Ok((floats(loss).await?[0], grads))
    }

    /// Measures the validation loss, row by row, and notes it.
    ///
    /// # Errors
    /// Whatever `between` returns, or a lost device.
    pub async fn validate<B: Future<Output = Result<(), JobError>>>(
        cell: &std::cell::RefCell<Self>,
        between: impl Fn() -> B,
    ) -> Result<f32, JobError> {
        let (model, context, micro) = {
            let t = cell.borrow();
            (t.model(), t.config.context, t.micro_batch())
        };
        let (inputs, targets) = cell.borrow().corpus.validation(context);
        let mut sum = 0.0;
        for (x, y) in inputs.chunks(micro * context).zip(targets.chunks(micro * context)) {
            let loss = {
                let t = cell.borrow();
                t.loss(&model, x, y, &t.device)
            };
            sum += floats(loss).await?[0] * x.len() as f32;
            between().await?;
        }
        let loss = sum / inputs.len() as f32;
        let t = &mut *cell.borrow_mut();
        let step = t.step;
        t.val_loss.retain(|(at, _)| *at != step);
        t.val_loss.push((step, loss));
        Ok(loss)
    }
}

/// A checkpoint whose numbers are still on the device.
pub struct Snapshot {
    file: ModelFile,
    params: Params,
    mean: Params,
    square: Params,
}

impl Snapshot {
    /// Reads the numbers back.
    ///
    /// # Errors
    /// If the device was lost.
    pub async fn read(mut self) -> Result<ModelFile, JobError> {
        self.file.weights = gpt::read_back(&self.params).await?;
        if let Some(state) = &mut self.file.training {
            state.mean = gpt::read_back(&self.mean).await?;
            state.square = gpt::read_back(&self.square).await?;
        }
        Ok(self.file)
    }
}

fn add(mut a: Params, b: Params) -> Params {
    for (name, grad) in b {
        let sum = match a.remove(&name) {
            Some(old) => old + grad,
            None => grad,
        };
        a.insert(name, sum);
    }
    a
}
