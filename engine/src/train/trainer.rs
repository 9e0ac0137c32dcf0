//! One model in training: its weights, the optimizer's memory, and one step at a time.

use super::{
    arena::{self, Arena},
    gpu::OnGpu,
};
use crate::{
    device,
    gpt::{self, Gpt, Ops, Params, weights::floats},
};
use burn::tensor::{Device, Tensor};
use engine_core::{
    config::{GptConfig, TrainConfig},
    corpus::Corpus,
    job::JobError,
    model_file::{ModelFile, TrainingState},
    reference::gpt::Weights,
    schedule::learning_rate,
    tasks::{IGNORE, counting},
    tokenizer::Tokenizer,
};
use std::{cell::RefCell, future::Future};

/// Losses that there is room for from the beginning, so that memory stays as it is during a long run.
const RESERVED: u32 = 100_000;

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
    /// Who computes the layers: our kernels, or Burn alone.
    pub ops: Ops,
    arena: Arena,
    params: Params,
    device: Device,
    /// Where the parameters are once [`Trainer::settle`] gave them to a GPU; `arena` and `params` are then old.
    gpu: Option<OnGpu>,
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
        Self {
            config,
            training,
            tokenizer,
            corpus,
            text_crc,
            step: 0,
            train_loss: Vec::with_capacity(training.steps.min(RESERVED) as usize),
            val_loss: Vec::new(),
            ops: Ops::of(device),
            arena: Arena::new(&config, weights),
            params: gpt::to_device(&config, weights, device),
            device: device.clone(),
            gpu: None,
        }
    }

    /// On a GPU, hands the model to our WGSL kernels; elsewhere nothing changes.
    ///
    /// # Errors
    /// A sentence if the GPU cannot hold the model.
    pub async fn settle(mut self) -> Result<Self, JobError> {
        if device::is_gpu(&self.device) {
            let [weights, mean, square] = self.arena.by_name();
            let batch = self.training.batch;
            self.gpu = Some(OnGpu::new(self.config, batch, self.training, &weights, [mean, square], self.step).await?);
        }
        Ok(self)
    }

    /// Goes on where a checkpoint left off.
    pub fn resume(file: ModelFile, state: TrainingState, corpus: Corpus, device: &Device) -> Self {
        let mut trainer =
            Self::new(file.config, state.config, &file.weights, file.tokenizer, corpus, state.text_crc, device);
        trainer.arena.remember(&state.mean, &state.square);
        trainer.step = state.step;
        trainer.train_loss.extend(state.train_loss);
        trainer.val_loss = state.val_loss;
        trainer
    }

    /// The model as Burn or our CPU kernels run it, with the parameters it had before [`Trainer::settle`]
    /// gave it to a GPU; on the CPU, as it is now.
    pub fn model(&self) -> Gpt {
        Gpt::new(self.config, &self.params, self.ops)
    }

    /// The parameters as they are now.
    ///
    /// # Errors
    /// If the device was lost.
    pub async fn weights(cell: &RefCell<Self>) -> Result<Weights, JobError> {
        let gpu = cell.borrow().gpu.clone();
        match gpu {
            Some(gpu) => gpu.read_back().await.map(|[weights, _, _]| weights),
            None => Ok(cell.borrow().arena.weights()),
        }
    }

    /// Everything that is needed to go on from this moment.
    ///
    /// # Errors
    /// If the device was lost.
    pub async fn checkpoint(cell: &RefCell<Self>) -> Result<ModelFile, JobError> {
        let gpu = cell.borrow().gpu.clone();
        let [weights, mean, square] = match gpu {
            Some(gpu) => gpu.read_back().await?,
            None => cell.borrow().arena.by_name(),
        };
        let t = cell.borrow();
        let training = TrainingState {
            config: t.training,
            step: t.step,
            text_crc: t.text_crc,
            mean,
            square,
            train_loss: t.train_loss.clone(),
            val_loss: t.val_loss.clone(),
        };
        Ok(ModelFile { config: t.config, tokenizer: t.tokenizer.clone(), weights, training: Some(training) })
    }

    /// Whether several steps are best asked for at once, because their losses are read together.
    pub fn reads_seldom(&self) -> bool {
        self.gpu.is_some()
    }

    /// Sequences per forward and backward pass. It depends on sizes only, never on speed, because
    /// the order of additions decides the last bits of a sum.
    pub fn micro_batch(&self) -> usize {
        if device::is_gpu(&self.device) {
            return self.training.batch;
        }
        self.config.micro_batch(self.training.batch)
    }

    /// Memory for weights, gradients, moments and the activations of one micro-batch, in bytes.
    pub fn memory(&self) -> usize {
        let GptConfig { vocab_size, n_layers, n_heads, d_model, context, .. } = self.config;
        let per_token = n_layers * (40 * d_model + 6 * n_heads * context) + 4 * vocab_size;
        4 * (5 * self.config.parameters() + per_token * context * self.micro_batch())
    }

    /// Does one step. `between` is awaited between pieces of work; if it fails, the step is undone
    /// (nothing was changed yet) and its error is returned. On a GPU a step that was begun is finished.
    ///
    /// The outcome's loss or norm may be NaN or infinite; the parameters are then left as they were.
    ///
    /// # Errors
    /// Whatever `between` returns, or a lost device.
    pub async fn step<B: Future<Output = Result<(), JobError>>>(
        cell: &RefCell<Self>,
        between: impl Fn() -> B,
    ) -> Result<StepOutcome, JobError> {
        let (outcomes, ended) = Self::steps(cell, 1, between).await?;
        ended?;
        outcomes.first().copied().ok_or_else(|| JobError::Device("the GPU did not report its step.".into()))
    }

    /// Does up to `most` steps on a GPU, where they are reported together, and one elsewhere. The last
    /// outcome may be one that changed nothing, as in [`Trainer::step`]. Steps that a GPU did before
    /// `between` failed have happened: their outcomes come beside that error.
    ///
    /// # Errors
    /// A lost device, or elsewhere than on a GPU whatever `between` returns.
    pub async fn steps<B: Future<Output = Result<(), JobError>>>(
        cell: &RefCell<Self>,
        most: u32,
        between: impl Fn() -> B,
    ) -> Result<(Vec<StepOutcome>, Result<(), JobError>), JobError> {
        let gpu = cell.borrow().gpu.clone();
        let Some(gpu) = gpu else {
            let (inputs, targets) = cell.borrow().batch(0);
            return Ok((vec![Self::step_on(cell, &inputs, &targets, between).await?], Ok(())));
        };
        let mut ended = Ok(());
        for ahead in 0..most {
            let (inputs, targets) = cell.borrow().batch(ahead);
            let rate = {
                let t = cell.borrow();
                learning_rate(&t.training, t.step + ahead)
            };
            gpu.step(&inputs, &targets, rate).await?;
            ended = between().await;
            if ended.is_err() {
                break;
            }
        }
        let results = gpu.results().await?;
        let outcomes = cell.borrow_mut().note(results);
        Ok((outcomes, ended))
    }

    /// The batch of the step after next `ahead` others.
    fn batch(&self, ahead: u32) -> (Vec<u32>, Vec<u32>) {
        self.corpus.batch(self.training.seed, self.step + ahead, self.training.batch, self.config.context)
    }

    /// Takes in what a GPU did, up to the first step that changed nothing.
    fn note(&mut self, results: Vec<(f32, f32)>) -> Vec<StepOutcome> {
        let mut outcomes = Vec::new();
        for (loss, grad_norm) in results {
            let rate = learning_rate(&self.training, self.step);
            outcomes.push(StepOutcome { loss, grad_norm, learning_rate: rate });
            if !(loss.is_finite() && grad_norm.is_finite()) {
                break;
            }
            self.step += 1;
            self.train_loss.push(loss);
        }
        outcomes
    }

    /// Does one step on the CPU or with Burn alone, on a batch from elsewhere: rows of `context` ids. Targets that are
    /// [`IGNORE`] do not count; the loss is the mean over those that do.
    ///
    /// # Errors
    /// Whatever `between` returns, or a lost device.
    ///
    /// # Panics
    /// If there is not one whole row, or not as many targets as inputs.
    pub async fn step_on<B: Future<Output = Result<(), JobError>>>(
        cell: &RefCell<Self>,
        inputs: &[u32],
        targets: &[u32],
        between: impl Fn() -> B,
    ) -> Result<StepOutcome, JobError> {
        let (context, micro) = {
            let t = cell.borrow();
            (t.config.context, t.micro_batch())
        };
        let counted = |targets: &[u32]| targets.iter().filter(|target| **target != IGNORE).count() as f32;
        let mut loss = 0.0;
        let mut grads = vec![0.0; cell.borrow().arena.len()];
        for (x, y) in inputs.chunks(micro * context).zip(targets.chunks(micro * context)) {
            let share = counted(y) / counted(targets);
            let (part, by_name) = cell.borrow().gradients(x, y, share);
            loss += floats(part).await?[0];
            for (name, grad) in by_name {
                let grad = floats(grad).await?;
                cell.borrow().arena.add_to(&mut grads, &name, &grad);
            }
            between().await?;
        }
        Ok(cell.borrow_mut().advance(loss, &grads))
    }

    /// Moves the parameters along gradients that were computed elsewhere, such as the mean over workers
    /// that each took a part of the batch; `loss` is noted. Numbers that are not finite change nothing.
    ///
    /// # Panics
    /// If `grads` do not have the parameters' names and sizes.
    pub fn apply(&mut self, loss: f32, grads: &Weights) -> StepOutcome {
        let grads = self.arena.flatten(grads);
        self.advance(loss, &grads)
    }

    fn advance(&mut self, loss: f32, grads: &[f32]) -> StepOutcome {
        let grad_norm = arena::norm(grads);
        let rate = learning_rate(&self.training, self.step);
        if loss.is_finite() && grad_norm.is_finite() {
            self.arena.update(grads, grad_norm, rate, self.step + 1, &self.training);
            self.params = gpt::to_device(&self.config, &self.arena.weights(), &self.device);
            self.step += 1;
            self.train_loss.push(loss);
        }
        StepOutcome { loss, grad_norm, learning_rate: rate }
    }

    // ANCHOR: gradients
    /// The loss of some rows, times `share`, and how it changes with every parameter.
    fn gradients(&self, inputs: &[u32], targets: &[u32], share: f32) -> (Tensor<1>, Params) {
        let tracked: Params =
            self.params.iter().map(|(name, p)| (name.clone(), p.clone().autodiff().require_grad())).collect();
        let model = Gpt::new(self.config, &tracked, self.ops);
        let loss = self.loss(&model, inputs, targets, &self.device.clone().autodiff()) * share;
        let mut grads = loss.backward();
        let grads = tracked.into_iter().filter_map(|(name, p)| Some((name, p.grad_remove(&mut grads)?))).collect();
        (loss.inner(), grads)
    }
    // ANCHOR_END: gradients

    /// Mean cross-entropy of predicting `targets`, nats per token, `[1]`.
    fn loss(&self, model: &Gpt, inputs: &[u32], targets: &[u32], device: &Device) -> Tensor<1> {
        let rows = inputs.len() / self.config.context;
        let logits = model.logits(gpt::ids(inputs, rows, device));
        if !targets.contains(&IGNORE) {
            return model.cross_entropy(logits, targets);
        }
        let (places, targets) = counting(targets);
        model.cross_entropy(logits.select(0, gpt::places(&places, &self.device)), &targets)
    }

    /// The gradients of one whole batch, read back: for tests and the self-test.
    ///
    /// # Errors
    /// If the device was lost.
    pub async fn loss_and_gradients(&self, inputs: &[u32], targets: &[u32]) -> Result<(f32, Weights), JobError> {
        if let Some(gpu) = &self.gpu {
            return gpu.loss_and_gradients(inputs, targets).await;
        }
        let (loss, grads) = self.gradients(inputs, targets, 1.0);
        let grads = gpt::read_back(&grads).await?;
        Ok((floats(loss).await?[0], grads))
    }

    /// Measures the validation loss, row by row, and notes it.
    ///
    /// # Errors
    /// Whatever `between` returns, or a lost device.
    pub async fn validate<B: Future<Output = Result<(), JobError>>>(
        cell: &RefCell<Self>,
        between: impl Fn() -> B,
    ) -> Result<f32, JobError> {
        let (inputs, targets) = {
            let t = cell.borrow();
            t.corpus.validation(t.config.context)
        };
        let gpu = cell.borrow().gpu.clone();
        let loss = match gpu {
            Some(gpu) => gpu.evaluate(&inputs, &targets).await?,
            None => Self::evaluate(cell, &inputs, &targets, between).await?,
        };
        let t = &mut *cell.borrow_mut();
        let step = t.step;
        t.val_loss.retain(|(at, _)| *at != step);
        t.val_loss.push((step, loss));
        Ok(loss)
    }

    /// Mean loss of any rows, piece by piece, without the GPU's kernels.
    async fn evaluate<B: Future<Output = Result<(), JobError>>>(
        cell: &RefCell<Self>,
        inputs: &[u32],
        targets: &[u32],
        between: impl Fn() -> B,
    ) -> Result<f32, JobError> {
        let (model, piece) = {
            let t = cell.borrow();
            (t.model(), t.micro_batch() * t.config.context)
        };
        let mut sum = 0.0;
        for (x, y) in inputs.chunks(piece).zip(targets.chunks(piece)) {
            let loss = {
                let t = cell.borrow();
                t.loss(&model, x, y, &t.device)
            };
            sum += floats(loss).await?[0] * x.len() as f32;
            between().await?;
        }
        Ok(sum / inputs.len() as f32)
    }
}
