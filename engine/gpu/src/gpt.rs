//! A GPT in training on the GPU: one step is one submission, and nothing is read back inside the loop.

use crate::{
    arena::Arena,
    backward::{self, Scratch, Tokens},
    batch::{Batch, Settings},
    device::{Counters, Gpu, Memory, floats},
    forward::{self, Activations, Parameters, Sizes},
    kernels,
    plan::{Plan, Recorder},
};
use engine_core::{
    adamw::BETAS,
    config::{GptConfig, TrainConfig},
    reference::gpt::Weights,
};
use std::sync::Arc;

/// Steps whose results the GPU keeps until they are read.
pub const RING: usize = 256;
/// Numbers per step in the ring.
const RING_WORDS: usize = 4;
/// The most batches of one validation.
const VALIDATION_BATCHES: usize = 256;

/// What one step did.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StepResult {
    /// The step, counted from one.
    pub step: u32,
    /// Mean loss of the batch before the step, nats per token.
    pub loss: f32,
    /// Norm of the gradient before clipping.
    pub grad_norm: f32,
    /// False if loss or norm was NaN or infinite; the parameters were then left as they were.
    pub applied: bool,
}

/// AdamW's memory.
#[derive(Debug, Clone, PartialEq)]
pub struct Moments {
    /// The running mean of each gradient.
    pub mean: Weights,
    /// The running mean of each squared gradient.
    pub square: Weights,
}

/// The model's parameters on the GPU, which training and decoding share.
pub(crate) struct Model {
    pub(crate) gpu: Arc<Gpu>,
    pub(crate) config: GptConfig,
    pub(crate) arena: Arena,
    pub(crate) memory: Memory,
}

impl Model {
    pub(crate) fn parameters(&self) -> Parameters<'_> {
        Parameters { arena: &self.arena, memory: &self.memory }
    }
}

/// A model, its optimizer, and the recorded kernels of its training step.
pub struct GpuGpt {
    model: Arc<Model>,
    training: TrainConfig,
    sizes: Sizes,
    step: u32,
    unread: usize,
    batch: Batch,
    gradients: Memory,
    mean: Memory,
    square: Memory,
    ring: Memory,
    validation: Memory,
    plans: Plans,
    /// Held because the plans point into them.
    _rooms: (Activations, Scratch, Memory, Memory, Memory),
}

struct Plans {
    forward: Plan,
    loss: Plan,
    backward: Plan,
    update: Plan,
    validate: Plan,
}

impl GpuGpt {
    /// Puts a model on the device and records its training step for batches of `batch` sequences.
    ///
    /// # Errors
    /// A sentence: the sizes do not fit together, the weights do not fit the sizes, or the device cannot
    /// hold the model.
    pub async fn new(
        gpu: &Arc<Gpu>,
        config: GptConfig,
        batch: usize,
        training: TrainConfig,
        weights: &Weights,
    ) -> Result<Self, String> {
        config.validate()?;
        training.validate()?;
        if batch == 0 {
            return Err("A batch needs at least one sequence.".into());
        }
        let arena = Arena::new(&config);
        let packed = arena.pack(weights)?;
        gpu.checked(|| Self::record(gpu, Sizes { config, batch }, training, arena, &packed)).await
    }

    fn record(
        gpu: &Arc<Gpu>,
        sizes: Sizes,
        training: TrainConfig,
        arena: Arena,
        weights: &[f32],
    ) -> Result<Self, String> {
        let (rows, words, config) = (sizes.rows(), arena.words, sizes.config);
        let room = |label: &str| gpu.buffer(label, words);
        let (memory, gradients) = (room("the parameters")?, room("the gradients")?);
        let (mean, square) = (room("the optimizer's means")?, room("the optimizer's squares")?);
        gpu.write_floats(&memory, 0, weights);
        let model = Arc::new(Model { gpu: gpu.clone(), config, arena, memory });
        let batch = Batch::new(gpu, rows)?;
        let ring = gpu.buffer("the ring of losses", RING * RING_WORDS)?;
        let validation = gpu.buffer("the validation losses", VALIDATION_BATCHES * RING_WORDS)?;
        let losses = gpu.buffer("the losses", rows)?;
        let sums = gpu.buffer("the sums of squares", kernels::SQUARE_GROUPS)?;
        let verdict = gpu.buffer("the verdict", 2)?;
        let activations = Activations::new(gpu, &sizes)?;
        let scratch = Scratch::new(gpu, &sizes)?;

        let mut recorder = Recorder::new(gpu.clone());
        let r = &mut recorder;
        let parameters = model.parameters();
        let forward = forward::record(r, &sizes, &parameters, batch.inputs(), &activations)?;

        let call = kernels::cross_entropy(rows, config.vocab_size, sizes.logit_stride());
        let cross_entropy = [activations.logits.all(), batch.targets(), losses.all()];
        let mut loss = Plan::default();
        r.add(&mut loss, &call, &cross_entropy)?;
        r.add(&mut loss, &kernels::loss_sum(rows, rows), &[losses.all(), batch.settings(), ring.all()])?;
        let mut validate = Plan::default();
        r.add(&mut validate, &call, &cross_entropy)?;
        r.add(&mut validate, &kernels::loss_sum(rows, 1), &[losses.all(), batch.settings(), validation.all()])?;

        let into = Parameters { arena: &model.arena, memory: &gradients };
        let tokens = Tokens { ids: batch.inputs(), order: batch.order() };
        let backward = backward::record(r, &sizes, &parameters, &into, &tokens, (&activations, &scratch))?;

        let mut update = Plan::default();
        r.add(&mut update, &kernels::squares(words), &[gradients.all(), sums.all()])?;
        r.add(&mut update, &kernels::verdict(), &[sums.all(), batch.settings(), ring.all(), verdict.all()])?;
        let call = kernels::adamw(words, model.arena.decaying);
        let arenas = [model.memory.all(), gradients.all(), mean.all(), square.all()];
        let [p, g, m, s] = arenas;
        r.add(&mut update, &call, &[p, g, m, s, batch.settings(), verdict.all()])?;

        Ok(Self {
            model,
            training,
            sizes,
            step: 0,
            unread: 0,
            batch,
            gradients,
            mean,
            square,
            ring,
            validation,
            plans: Plans { forward, loss, backward, update, validate },
            _rooms: (activations, scratch, losses, sums, verdict),
        })
    }

    /// Sizes.
    pub fn config(&self) -> &GptConfig {
        &self.model.config
    }

    /// Steps started, those before a checkpoint included.
    pub fn steps(&self) -> u32 {
        self.step
    }

    pub(crate) fn model(&self) -> &Arc<Model> {
        &self.model
    }

    fn gpu(&self) -> &Gpu {
        &self.model.gpu
    }

    /// Exact counts of the device's wrapper.
    pub fn counters(&self) -> Counters {
        self.gpu().counters()
    }

    /// Kernels that one training step starts.
    pub fn dispatches_per_step(&self) -> usize {
        let Plans { forward, loss, backward, update, .. } = &self.plans;
        [forward, loss, backward, update].iter().map(|plan| plan.len()).sum()
    }

    /// Goes on where a checkpoint left off, after `step` steps.
    ///
    /// # Errors
    /// A sentence if a tensor is missing or of another size.
    pub fn set_moments(&mut self, moments: &Moments, step: u32) -> Result<(), String> {
        let (mean, square) = (self.model.arena.pack(&moments.mean)?, self.model.arena.pack(&moments.square)?);
        self.gpu().write_floats(&self.mean, 0, &mean);
        self.gpu().write_floats(&self.square, 0, &square);
        self.step = step;
        Ok(())
    }

    /// Replaces the parameters, as when a checkpoint is restored on the same device.
    ///
    /// # Errors
    /// A sentence if a tensor is missing or of another size.
    pub fn set_weights(&mut self, weights: &Weights) -> Result<(), String> {
        let packed = self.model.arena.pack(weights)?;
        self.gpu().write_floats(&self.model.memory, 0, &packed);
        Ok(())
    }

    // ANCHOR: step
    /// Does one training step: one write, one compute pass, one submission, nothing read back.
    ///
    /// `inputs` and `targets` are `[batch, context]`. Await [`Self::settle`] between steps, and
    /// [`Self::read_ring`] at least every [`RING`] steps.
    ///
    /// # Errors
    /// A sentence if the batch has another size, a token is none of the model's, or the ring is full.
    pub fn step(&mut self, inputs: &[u32], targets: &[u32], learning_rate: f32) -> Result<(), String> {
        if self.unread == RING {
            return Err(format!("The results of {RING} steps wait in the ring; read them first."));
        }
        self.check(inputs, targets)?;
        let settings = self.settings(learning_rate);
        self.batch.write(self.gpu(), &settings, inputs, targets);
        let Plans { forward, loss, backward, update, .. } = &self.plans;
        self.replay(&[forward, loss, backward, update]);
        self.gpu().mark();
        self.step += 1;
        self.unread += 1;
        Ok(())
    }
    // ANCHOR_END: step

    fn settings(&self, learning_rate: f32) -> Settings {
        let step = self.step + 1;
        // AdamW's means start at zero; these factors undo that bias.
        let [mean_scale, square_scale] = BETAS.map(|beta| 1.0 / (1.0 - beta.powi(step as i32)));
        Settings {
            step,
            slot: self.step % RING as u32,
            learning_rate,
            mean_scale,
            square_scale,
            weight_decay: self.training.weight_decay,
            grad_clip: self.training.grad_clip,
        }
    }

    fn check(&self, inputs: &[u32], targets: &[u32]) -> Result<(), String> {
        if inputs.len() != self.sizes.rows() || targets.len() != inputs.len() {
            return Err(format!(
                "A batch here has {} tokens, but {} inputs and {} targets came.",
                self.sizes.rows(),
                inputs.len(),
                targets.len()
            ));
        }
        check_tokens(&self.model.config, inputs.iter().chain(targets))
    }

    fn replay(&self, plans: &[&Plan]) {
        self.gpu().submit(|encoder| Plan::replay(plans, encoder));
    }

    /// Waits until at most two steps are unfinished, so that the queue cannot grow without bound.
    pub async fn settle(&self) {
        self.gpu().settle().await;
    }

    /// Waits until every step is finished.
    pub async fn finish(&self) {
        self.gpu().finish().await;
    }

    /// The results of the steps since the last call, oldest first; the only readback of training.
    ///
    /// # Errors
    /// A sentence if the device was lost.
    pub async fn read_ring(&mut self) -> Result<Vec<StepResult>, String> {
        if self.unread == 0 {
            return Ok(Vec::new());
        }
        let words = self.gpu().read(&[(&self.ring, 0, RING * RING_WORDS)]).await?.concat();
        let first = self.step - self.unread as u32;
        let slots = (first..self.step).map(|step| step as usize % RING * RING_WORDS);
        let results = slots.map(|at| StepResult {
            step: words[at],
            loss: f32::from_bits(words[at + 1]),
            grad_norm: f32::from_bits(words[at + 2]),
            applied: words[at + 3] == 1,
        });
        let results = results.collect();
        self.unread = 0;
        Ok(results)
    }

    /// The mean loss of any number of rows, each as long as the context; one readback.
    ///
    /// # Errors
    /// A sentence: rows of another length, a token that is none of the model's, or a lost device.
    pub async fn evaluate(&self, inputs: &[u32], targets: &[u32]) -> Result<f32, String> {
        let (context, rows) = (self.model.config.context, self.sizes.rows());
        let batches = inputs.len().div_ceil(rows);
        if inputs.is_empty() || inputs.len() != targets.len() || !inputs.len().is_multiple_of(context) {
            return Err(format!("Validation needs whole rows of {context} tokens, and a target for each."));
        }
        if batches > VALIDATION_BATCHES {
            return Err(format!("At most {VALIDATION_BATCHES} batches are validated at once; {batches} came."));
        }
        check_tokens(&self.model.config, inputs.iter().chain(targets))?;
        for (slot, (x, y)) in inputs.chunks(rows).zip(targets.chunks(rows)).enumerate() {
            let settings = Settings { slot: slot as u32, ..self.settings(0.0) };
            self.batch.write(self.gpu(), &settings, x, y);
            self.replay(&[&self.plans.forward, &self.plans.validate]);
            self.gpu().mark();
            self.gpu().settle().await;
        }
        let words = self.gpu().read(&[(&self.validation, 0, batches * RING_WORDS)]).await?.concat();
        let sum: f32 = words.chunks(RING_WORDS).map(|slot| f32::from_bits(slot[1])).sum();
        Ok(sum / inputs.len() as f32)
    }

    /// The loss of one batch and its gradients, read back: for tests and the self-test. No step is taken.
    ///
    /// # Errors
    /// As [`Self::step`], or a lost device.
    pub async fn loss_and_gradients(&self, inputs: &[u32], targets: &[u32]) -> Result<(f32, Weights), String> {
        self.check(inputs, targets)?;
        self.batch.write(self.gpu(), &Settings { slot: 0, ..self.settings(0.0) }, inputs, targets);
        let Plans { forward, validate, backward, .. } = &self.plans;
        self.replay(&[forward, validate, backward]);
        let parts = [(&self.validation, 0, RING_WORDS), (&self.gradients, 0, self.model.arena.words)];
        let read = self.gpu().read(&parts).await?;
        let loss = f32::from_bits(read[0][1]) / inputs.len() as f32;
        Ok((loss, self.model.arena.unpack(&floats(&read[1]))))
    }

    /// The parameters and the optimizer's memory as they are after all steps so far; one readback.
    ///
    /// # Errors
    /// A sentence if the device was lost.
    pub async fn read_back(&self) -> Result<(Weights, Moments), String> {
        let words = self.model.arena.words;
        let parts = [(&self.model.memory, 0, words), (&self.mean, 0, words), (&self.square, 0, words)];
        let read = self.gpu().read(&parts).await?;
        let tensors = |which: usize| self.model.arena.unpack(&floats(&read[which]));
        Ok((tensors(0), Moments { mean: tensors(1), square: tensors(2) }))
    }
}

/// # Errors
/// A sentence naming the first token that the model does not know.
pub(crate) fn check_tokens<'a>(config: &GptConfig, mut tokens: impl Iterator<Item = &'a u32>) -> Result<(), String> {
    match tokens.find(|token| **token as usize >= config.vocab_size) {
        None => Ok(()),
        Some(token) => Err(format!("There is no token {token}; the model knows {}.", config.vocab_size)),
    }
}
