//! The three jobs of a training session: open, run, save.

use super::{Corpus, Trainer, check, data::TokenizerPlan};
use crate::{generate, gpt, inspect, run::Context};
use engine_core::{
    corpus::VAL_WINDOWS,
    fingerprint::Fingerprint,
    job::JobError,
    jobs::train::{
        MergeLearned, OpenTraining, RunTraining, Sample, SaveTraining, Saved, Start, StepDone, Stopped, TrainUpdate,
        TrainingOpened, TrainingStopped,
    },
    model_file::ModelFile,
    sampling::Sampling,
    tensor_file::Precision,
    tokenizer::{BpeTrainer, Tokenizer},
};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

/// A model in training, kept in the worker between jobs.
pub(crate) struct Session {
    pub(crate) trainer: RefCell<Trainer>,
    busy: Cell<bool>,
}

pub(crate) async fn open(job: OpenTraining, cx: Context<OpenTraining>) -> Result<TrainingOpened, JobError> {
    check(&job.text).map_err(JobError::Invalid)?;
    let trainer = match job.start {
        Start::New { tokenizer, shape, training } => {
            training.validate().map_err(JobError::Invalid)?;
            shape.with_vocab(1).validate().map_err(JobError::Invalid)?;
            let plan = TokenizerPlan::new(tokenizer).map_err(JobError::Invalid)?;
            let tokenizer = learn_tokenizer(&plan, &job.text, &cx).await?;
            let config = shape.with_vocab(tokenizer.vocab_size());
            config.validate().map_err(JobError::Invalid)?;
            let corpus = Corpus::new(&job.text, &tokenizer, config.context).map_err(JobError::Invalid)?;
            let weights = gpt::fresh(&config, training.first_weights, training.seed);
            Trainer::new(config, training, &weights, tokenizer, corpus, Fingerprint::of(&job.text).value(), cx.device())
        }
        Start::Checkpoint(bytes) => {
            let mut file = ModelFile::read(&bytes).map_err(JobError::Invalid)?;
            let state = file.training.take().ok_or_else(|| {
                JobError::Invalid(
                    "This file holds a model but no training state, so training cannot go on from it.".into(),
                )
            })?;
            if state.text_crc != Fingerprint::of(&job.text).value() {
                return Err(JobError::Invalid(
                    "The text is not the one this model was trained on. Choose that text to go on.".into(),
                ));
            }
            let corpus = Corpus::new(&job.text, &file.tokenizer, file.config.context).map_err(JobError::Invalid)?;
            Trainer::resume(file, state, corpus, cx.device())
        }
    };
    cx.checkpoint().await?;
    let trainer = trainer.settle().await?;
    let (vocab_size, context) = (trainer.config.vocab_size, trainer.config.context);
    let trigram_loss = trainer.corpus.trigram_loss(vocab_size, context, VAL_WINDOWS, || cx.checkpoint()).await?;
    let opened = TrainingOpened {
        config: trainer.config,
        training: trainer.training,
        step: trainer.step,
        parameters: trainer.config.parameters(),
        train_tokens: trainer.corpus.train.len(),
        val_tokens: trainer.corpus.val.len(),
        uniform_loss: (vocab_size as f32).ln(),
        unigram_loss: trainer.corpus.unigram_loss(vocab_size),
        trigram_loss,
        memory: trainer.memory(),
        train_loss: trainer.train_loss.clone(),
        val_loss: trainer.val_loss.clone(),
    };
    let session = Session { trainer: RefCell::new(trainer), busy: Cell::new(false) };
    cx.sessions().insert(job.session, Rc::new(session));
    Ok(opened)
}

async fn learn_tokenizer(plan: &TokenizerPlan, text: &str, cx: &Context<OpenTraining>) -> Result<Tokenizer, JobError> {
    if plan.merges() == 0 {
        return Ok(plan.unlearned(text));
    }
    let mut trainer = BpeTrainer::new(text);
    for done in 1..=plan.merges() {
        let Some(merge) = trainer.step() else { break };
        let so_far = Tokenizer::Bpe(trainer.bpe());
        let (left, right) = (so_far.show(merge.left), so_far.show(merge.right));
        cx.update(&MergeLearned { done, of: plan.merges(), left, right, count: merge.count });
        cx.checkpoint().await?;
    }
    Ok(Tokenizer::Bpe(trainer.bpe()))
}

/// Above this many times `ln(vocab_size)` a loss is past all hope.
const HOPELESS: f32 = 2.5;
/// A GPU's losses are read about this often, in milliseconds: the curve moves, and the GPU never waits.
const GLANCE_MS: f64 = 200.0;
/// The most steps between two looks at their losses.
const MOST_AT_ONCE: f64 = 100.0;

pub(crate) async fn run(job: RunTraining, cx: Context<RunTraining>) -> Result<TrainingStopped, JobError> {
    let session = cx.sessions().get::<Session>(job.session)?;
    let _turn = Turn::take(&session, &cx).await?;
    let cell = &session.trainer;
    let (training, hopeless) = {
        let t = cell.borrow();
        (t.training, HOPELESS * (t.config.vocab_size.max(2) as f32).ln())
    };
    let last = job.steps.map_or(training.steps, |n| cell.borrow().step.saturating_add(n));
    let between = || cx.checkpoint();
    let mut at_once = 1;

    if cell.borrow().step == 0 && cell.borrow().val_loss.is_empty() {
        look(&session, &cx).await?;
    }
    let stopped = |step, why| Ok(TrainingStopped { step, why });
    loop {
        let step = cell.borrow().step;
        if step >= training.steps && job.steps.is_none() {
            return stopped(step, Stopped::Finished);
        }
        if step >= last {
            return stopped(step, Stopped::StepsDone);
        }
        // Up to the next moment at which something else is due.
        let due = [training.eval_every, training.sample_every].map(|every| every - step % every);
        let room = due.into_iter().fold(last.min(training.steps.max(step + 1)) - step, u32::min);
        let started = cx.now();
        let (outcomes, ended) = Trainer::steps(cell, room.min(at_once), between).await?;
        let ms = ((cx.now() - started) / outcomes.len().max(1) as f64).max(1e-3);
        if cell.borrow().reads_seldom() {
            at_once = (GLANCE_MS / ms).clamp(1.0, MOST_AT_ONCE) as u32;
        }
        let tokens = training.batch * cell.borrow().config.context;
        let mut step = step;
        for outcome in outcomes {
            step += 1;
            let healthy = outcome.loss.is_finite() && outcome.grad_norm.is_finite() && outcome.loss < hopeless;
            if !healthy {
                return stopped(step - 1, Stopped::Diverged { since: step, loss: outcome.loss });
            }
            cx.update(&TrainUpdate::Step(StepDone {
                step,
                loss: outcome.loss,
                learning_rate: outcome.learning_rate,
                grad_norm: outcome.grad_norm,
                ms,
                tokens_per_s: tokens as f64 / ms * 1e3,
            }));
        }
        ended?;
        let ending = step == last || step == training.steps;
        if step % training.eval_every == 0 || (ending && job.steps.is_none()) {
            let loss = Trainer::validate(cell, between).await?;
            cx.update(&TrainUpdate::Validation { step, loss });
        }
        if step % training.sample_every == 0 || (ending && job.steps.is_none()) {
            sample(&session, &cx).await?;
            let file = checkpoint(&session).await?;
            cx.update(&TrainUpdate::Checkpoint { step, file });
        }
        cx.checkpoint().await?;
    }
}

/// Before the first step: how good is a model that has learned nothing?
async fn look(session: &Session, cx: &Context<RunTraining>) -> Result<(), JobError> {
    let loss = Trainer::validate(&session.trainer, || cx.checkpoint()).await?;
    cx.update(&TrainUpdate::Validation { step: 0, loss });
    sample(session, cx).await
}

/// Tokens of the validation text the sample starts from.
const PROMPT: usize = 8;
/// Tokens written for one sample.
const SAMPLE: usize = 60;

async fn sample(session: &Session, cx: &Context<RunTraining>) -> Result<(), JobError> {
    let weights = Trainer::weights(&session.trainer).await?;
    let (config, tokenizer, step, reading) = {
        let t = session.trainer.borrow();
        let reading: Vec<u32> = t.corpus.val.iter().take(t.config.context.min(20)).copied().collect();
        (t.config, t.tokenizer.clone(), t.step, reading)
    };
    let prompt = &reading[..PROMPT.min(reading.len())];
    let mut written = Vec::new();
    let mut writer = generate::writer(config, &weights, prompt);
    for _ in 0..SAMPLE {
        let pick = writer.next(&Sampling::default());
        written.push(pick.id);
        cx.checkpoint().await?;
    }
    let seen = inspect::last_head(config, &weights, &reading).await?;
    cx.update(&TrainUpdate::Sample(Sample {
        step,
        prompt: tokenizer.decode(prompt),
        text: tokenizer.decode(&written),
        tokens: reading.iter().map(|&id| tokenizer.show(id)).collect(),
        weights: seen.weights,
        next: generate::chances(&tokenizer, &seen.next, 10),
    }));
    Ok(())
}

pub(crate) async fn save(job: SaveTraining, cx: Context<SaveTraining>) -> Result<Saved, JobError> {
    let session = cx.sessions().get::<Session>(job.session)?;
    let step = session.trainer.borrow().step;
    Ok(Saved { step, file: checkpoint(&session).await? })
}

async fn checkpoint(session: &Session) -> Result<Vec<u8>, JobError> {
    Ok(Trainer::checkpoint(&session.trainer).await?.write(Precision::F32))
}

/// The right to train a session; given back when dropped.
struct Turn<'a>(&'a Cell<bool>);

impl<'a> Turn<'a> {
    /// Waits until an earlier run, which has been cancelled, has noticed.
    async fn take(session: &'a Session, cx: &Context<RunTraining>) -> Result<Self, JobError> {
        while session.busy.replace(true) {
            cx.checkpoint().await?;
        }
        Ok(Self(&session.busy))
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.set(false);
    }
}
