//! The training board: trains on a task's examples or a text's windows and looks at the model on the way.

mod data;
mod look;

use crate::{
    gpt,
    run::Context,
    train::{Corpus, StepOutcome, Trainer},
};
use burn::tensor::Device;
use data::Data;
use engine_core::{
    config::FirstWeights,
    job::JobError,
    jobs::{
        board::{BoardOpened, BoardUpdate, Look, RunBoard, Shown, Steps},
        train::{Stopped, TrainingStopped},
    },
    model_file::ModelFile,
    tensor_file::Precision,
    word_vectors::plane::Plane,
};
use std::cell::RefCell;

/// Above this many times `ln(vocab_size)` a loss is past all hope.
const HOPELESS: f32 = 2.5;
/// Steps are told about this often, in milliseconds.
const TELL_MS: f64 = 100.0;

pub(crate) async fn run(job: RunBoard, cx: Context<RunBoard>) -> Result<TrainingStopped, JobError> {
    job.validate().map_err(JobError::Invalid)?;
    let data = Data::open(&job, &cx).await?;
    let cell = RefCell::new(trainer(&job, &data)?);
    cx.checkpoint().await?;
    cx.update(&BoardUpdate::Opened(opened(&cell.borrow(), &data)));
    let mut board = Board { data, looked: None, untold: Steps::default(), told_at: cx.now(), plane: Plane::default() };
    let ended = board.train(&job, &cell, &cx).await;
    // What was paused can go on from exactly where it was.
    board.tell(&cell, &cx);
    if board.looked != Some(cell.borrow().step) && !matches!(ended, Err(JobError::Device(_) | JobError::Invalid(_))) {
        board.look(&cell, &cx, async || Ok(())).await?;
    }
    ended.map(|why| TrainingStopped { step: cell.borrow().step, why })
}

/// A fresh model, or the one of a checkpoint with the job's settings.
fn trainer(job: &RunBoard, data: &Data) -> Result<Trainer, JobError> {
    let (device, nothing) = (Device::flex(), Corpus { train: Vec::new(), val: Vec::new() });
    let config = data.config(job);
    config.validate().map_err(JobError::Invalid)?;
    let Some(bytes) = &job.from else {
        let weights = gpt::fresh(&config, FirstWeights::ByWidth, job.training.seed);
        let tokenizer = data.tokenizer.clone();
        return Ok(Trainer::new(config, job.training, &weights, tokenizer, nothing, data.crc, &device));
    };
    let mut file = ModelFile::read(bytes).map_err(JobError::Invalid)?;
    let state = file.training.take().filter(|state| state.text_crc == data.crc && file.tokenizer == data.tokenizer);
    let state = state.ok_or_else(|| {
        JobError::Invalid("This step was kept of a training on something else. Start a new run.".into())
    })?;
    let mut trainer = Trainer::resume(file, state, nothing, &device);
    trainer.training = job.training;
    Ok(trainer)
}

fn opened(trainer: &Trainer, data: &Data) -> BoardOpened {
    let config = trainer.config;
    let show = |id: &u32| trainer.tokenizer.show(*id);
    let shown: Vec<Shown> = data
        .shown()
        .map(|(ids, answer_from)| Shown { tokens: ids.iter().map(show).collect(), answer_from, ids })
        .collect();
    BoardOpened {
        step: trainer.step,
        parameters: config.parameters(),
        n_layers: config.n_layers,
        n_heads: config.n_heads,
        vocabulary: (0..config.vocab_size as u32).map(|id| show(&id)).collect(),
        measured: data.measured(),
        reading: data.reading().iter().map(show).collect(),
        shown,
        uniform_loss: (config.vocab_size as f32).ln(),
        counted: data.counted,
    }
}

/// A run under way.
struct Board {
    data: Data,
    /// The step of the newest look.
    looked: Option<u32>,
    untold: Steps,
    told_at: f64,
    /// Goes from look to look, so that the map moves as little as the embeddings do.
    plane: Plane,
}

impl Board {
    async fn train(
        &mut self,
        job: &RunBoard,
        cell: &RefCell<Trainer>,
        cx: &Context<RunBoard>,
    ) -> Result<Stopped, JobError> {
        let (first, vocab) = (cell.borrow().step, cell.borrow().config.vocab_size.max(16));
        // Few tokens make a low uniform loss, which an unlucky batch passes by far.
        let hopeless = HOPELESS * (vocab as f32).ln();
        let last = job.steps.map_or(job.training.steps, |steps| first.saturating_add(steps));
        if job.from.is_none() {
            self.look(cell, cx, || cx.checkpoint()).await?;
        }
        while cell.borrow().step < last {
            let step = cell.borrow().step;
            let (inputs, targets) = self.data.batch(&job.training, step);
            let started = cx.now();
            let StepOutcome { loss, grad_norm, .. } =
                Trainer::step_on(cell, &inputs, &targets, || cx.checkpoint()).await?;
            if !(loss.is_finite() && grad_norm.is_finite() && loss < hopeless) {
                return Ok(Stopped::Diverged { since: step + 1, loss });
            }
            self.untold.losses.push(loss);
            self.untold.ms = cx.now() - started;
            let due = (step + 1).is_multiple_of(job.training.sample_every);
            if due || cx.now() - self.told_at > TELL_MS {
                self.tell(cell, cx);
            }
            if due {
                self.look(cell, cx, || cx.checkpoint()).await?;
            }
        }
        Ok(if job.steps.is_some() { Stopped::StepsDone } else { Stopped::Finished })
    }

    /// Tells of the steps since the last time.
    fn tell(&mut self, cell: &RefCell<Trainer>, cx: &Context<RunBoard>) {
        let mut steps = std::mem::take(&mut self.untold);
        if !steps.losses.is_empty() {
            steps.step = cell.borrow().step;
            cx.update(&BoardUpdate::Steps(steps));
        }
        self.told_at = cx.now();
    }

    async fn look(
        &mut self,
        cell: &RefCell<Trainer>,
        cx: &Context<RunBoard>,
        between: impl AsyncFn() -> Result<(), JobError>,
    ) -> Result<(), JobError> {
        let (model, micro) = (cell.borrow().model(), cell.borrow().micro_batch());
        let measured = look::measure(&model, &self.data, micro, &between).await?;
        let (attention, induction) = look::heads(&model, &self.data).await?;
        between().await?;
        let written = match self.data.prompt() {
            Some(prompt) => {
                let weights = Trainer::weights(cell).await?;
                look::write(model.config(), &weights, &self.data.tokenizer, prompt, &between).await?
            }
            None => String::new(),
        };
        let step = cell.borrow().step;
        cell.borrow_mut().val_loss.push((step, measured.loss));
        let checkpoint = Trainer::checkpoint(cell).await?;
        let map = self.plane.flatten(&checkpoint.weights["tok_emb"], model.config().d_model);
        let file = checkpoint.write(Precision::F32);
        self.looked = Some(step);
        cx.update(&BoardUpdate::Look(Look { step, attention, induction, map, written, file, ..measured }));
        Ok(())
    }
}
