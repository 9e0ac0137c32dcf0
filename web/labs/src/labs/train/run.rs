//! The course of a training: open, run, and what to do when a run ends, however it ends.

use kit::t;
use super::{
    presets::{BPE_VOCAB, Settings},
    progress::Progress,
    session::{Intent, Phase, SESSION, Session, TrainingText, fresh},
    text_checks,
};
use crate::{
    engine,
    models::{self, ModelRecord},
};
use engine_core::{
    job::JobError,
    jobs::train::{ModelShape, OpenTraining, RunTraining, SaveTraining, Start, Stopped, TokenizerChoice},
};
use gloo::timers::future::sleep;
use leptos::prelude::*;
use std::{sync::Arc, time::Duration};

/// So often a lost engine is replaced without a step in between, before the learner is asked.
const ATTEMPTS: u32 = 3;
/// So often a checkpoint is opened again: a graphics device may be lost three times before the CPU takes over.
const OPENINGS: u32 = 6;

impl Session {
    /// Opens a new session; answers whether it is ready to run.
    pub(super) async fn begin(self, text: Arc<TrainingText>, settings: Settings) -> bool {
        self.phase.set(Phase::Opening);
        engine::place(engine::Work { flops: settings.step_work(text.facts.distinct) }).await;
        self.recovered.set(0);
        self.trained_text.set_value(Some(text));
        self.checkpoint.set_value(None);
        self.progress.set_value(Progress::default());
        self.record.set(None);
        self.saved_step.set(None);
        match self.open(fresh(settings)).await {
            Ok(()) => {
                self.name_model();
                true
            }
            Err(JobError::Cancelled) => {
                self.phase.set(Phase::Idle);
                false
            }
            Err(why) => {
                self.error.set(Some(why.to_string()));
                self.phase.set(Phase::Idle);
                false
            }
        }
    }

    /// Opens a session in the worker and takes over what it knows.
    async fn open(self, start: Start) -> Result<(), JobError> {
        let Some(text) = self.trained_text.get_value() else {
            return Err(JobError::Invalid(t!("train.there_no_text").into()));
        };
        self.phase.set(Phase::Opening);
        self.error.set(None);
        self.notice.set(None);
        self.diverged.set(None);
        let job = OpenTraining { session: SESSION, text: text.text.clone(), start };
        let opened = engine::run_with(&job, move |handle| self.handle.set_value(Some(handle)), move |m| self.hear_merge(m)).await;
        self.handle.set_value(None);
        let opened = opened?;
        self.generation.set_value(engine::status().get_untracked().generation);
        self.opened.set(Some(Arc::new(opened.clone())));
        self.progress.update_value(|progress| progress.open(opened));
        self.publish();
        Ok(())
    }

    /// Runs the open session until its schedule ends, the learner interrupts it, or nothing helps.
    pub(super) async fn run(self, steps: Option<u32>) {
        let mut failures = 0;
        loop {
            self.phase.set(Phase::Running);
            self.intent.set_value(Intent::None);
            let before = self.step();
            let job = RunTraining { session: SESSION, steps };
            let ended = engine::run_with(&job, move |handle| self.handle.set_value(Some(handle)), move |u| self.hear(u)).await;
            self.handle.set_value(None);
            self.publish();
            let lost = match ended {
                Ok(stopped) => return self.stopped(stopped.why).await,
                Err(JobError::Invalid(why)) => {
                    self.error.set(Some(why));
                    return self.phase.set(Phase::Paused);
                }
                Err(JobError::Cancelled) if self.intent.get_value() != Intent::None => return self.interrupted().await,
                Err(JobError::Cancelled) => t!("train.its_run_ended").to_owned(),
                Err(JobError::Device(why)) => why,
            };
            failures = if self.step() > before { 1 } else { failures + 1 };
            if failures > ATTEMPTS || !self.recover(&lost).await {
                return self.give_up(&lost);
            }
            if self.intent.get_value() != Intent::None {
                return self.interrupted().await;
            }
            if steps.is_some() {
                return self.phase.set(Phase::Paused);
            }
        }
    }

    /// Runs a session that may have been lost with its worker while nothing ran.
    pub(super) async fn go_on(self, steps: Option<u32>) {
        self.error.set(None);
        self.notice.set(None);
        let status = engine::status().get_untracked();
        if matches!(status.state, engine::EngineState::Stopped(_)) {
            engine::restart();
        }
        let lost = self.generation.get_value() != status.generation;
        if lost && !self.recover(t!("train.was_replaced")).await {
            return self.give_up(t!("train.was_replaced"));
        }
        self.run(steps).await;
    }

    /// Opens the last checkpoint in a new worker, or begins again where there is none.
    async fn recover(self, why: &str) -> bool {
        for attempt in 0..OPENINGS {
            let start = match self.checkpoint.get_value() {
                Some((_, file)) => Start::Checkpoint(file.to_vec()),
                None => match self.opened.get_untracked() {
                    Some(opened) => fresh(Settings { training: opened.training, ..self.settings.get_untracked() }),
                    None => return false,
                },
            };
            // The job waits until the new worker is ready.
            match self.open(start).await {
                Ok(()) => {
                    self.recovered.update(|n| *n += 1);
                    self.notice.set(Some(t!("train.engine_stopped_started", why = why.trim_end_matches('.'), step = self.step())));
                    return true;
                }
                Err(JobError::Device(_) | JobError::Cancelled) => sleep(Duration::from_millis(300 << attempt.min(3))).await,
                Err(JobError::Invalid(why)) => {
                    self.error.set(Some(why));
                    return false;
                }
            }
        }
        false
    }

    fn give_up(self, why: &str) {
        let kept = match self.checkpoint.get_value() {
            Some((step, _)) => t!("train.model_as_at", step = step),
            None => t!("train.press_resume_try").to_owned(),
        };
        if self.error.with_untracked(Option::is_none) {
            let why = why.trim_end_matches('.');
            self.error.set(Some(t!("train.engine_stopped_could", why = why, kept = kept)));
        }
        // No worker has this number, so the next attempt opens the session anew.
        self.generation.set_value(u32::MAX);
        self.phase.set(Phase::Paused);
    }

    async fn stopped(self, why: Stopped) {
        match why {
            Stopped::Finished => self.finish(t!("train.training_done")).await,
            Stopped::StepsDone => {
                self.save_now(false).await;
                self.phase.set(Phase::Paused);
            }
            Stopped::Diverged { since, loss } => {
                self.diverged.set(Some((since, loss)));
                self.phase.set(Phase::Diverged);
            }
        }
    }

    async fn interrupted(self) {
        match self.intent.get_value() {
            Intent::Rewind(rate) => self.begin_again(rate).await,
            Intent::Stop => self.finish(t!("train.training_stopped")).await,
            Intent::Pause | Intent::None => {
                self.save_now(false).await;
                self.phase.set(Phase::Paused);
            }
        }
    }

    /// Keeps the model and ends the training.
    pub(super) async fn finish(self, how: &str) {
        self.save_now(true).await;
        self.notice.set(Some(t!("train.at_step_model", how = how, step = self.step())));
        self.phase.set(Phase::Finished);
    }

    /// The same initial weights again, because they follow from the seed.
    pub(super) async fn begin_again(self, rate: f32) {
        let (Some(opened), Some(text)) = (self.opened.get_untracked(), self.trained_text.get_value()) else { return };
        let mut settings = self.settings.get_untracked();
        settings.training = opened.training;
        settings.training.learning_rate *= rate;
        settings.shape = shape_of(&opened.config);
        settings.tokenizer = self.record.get_untracked().map_or(settings.tokenizer, |record| tokenizer_of(&record.tokenizer));
        self.settings.set(settings);
        if self.begin(text, settings).await {
            self.notice.set(Some(t!("train.back_at_step", seed = settings.training.seed, learning_rate = settings.training.learning_rate)));
            self.phase.set(Phase::Paused);
        }
    }

    /// Opens a kept model that has not been trained to its end, and goes on with it.
    pub async fn resume_kept(self, record: ModelRecord) {
        self.phase.set(Phase::Opening);
        self.error.set(None);
        let trouble = |why: String| {
            self.error.set(Some(why));
            self.phase.set(Phase::Idle);
        };
        let file = match models::load(&record.id).await {
            Ok(file) => file,
            Err(why) => return trouble(why),
        };
        let Some(text) = models::load_text(&record).await else {
            return trouble(t!("train.text_trained_on", name = record.name));
        };
        let facts = text_checks::check(&text).unwrap_or_default();
        let text = Arc::new(TrainingText { name: record.text_name.clone(), text, facts, shipped: String::new() });
        self.recovered.set(0);
        self.trained_text.set_value(Some(text.clone()));
        self.checkpoint.set_value(Some((record.step, Arc::new(file.clone()))));
        self.progress.set_value(Progress::default());
        self.saved_step.set(Some(record.step));
        if let Err(why) = self.open(Start::Checkpoint(file)).await {
            return trouble(why.to_string());
        }
        if let Some(opened) = self.opened.get_untracked() {
            let shape = shape_of(&opened.config);
            self.settings.set(Settings { tokenizer: tokenizer_of(&record.tokenizer), shape, training: opened.training });
        }
        self.text.set(Some(text));
        self.notice.set(Some(t!("train.goes_on_from", name = record.name, step = self.step())));
        self.record.set(Some(record));
        self.run(None).await;
    }

    /// Asks the worker for a checkpoint and keeps it before anything else happens.
    async fn save_now(self, finished: bool) {
        match engine::run(&SaveTraining { session: SESSION }).await {
            Ok(saved) => {
                self.keep(saved.step, saved.file, finished);
                while self.saving.get_value() {
                    sleep(Duration::from_millis(20)).await;
                }
            }
            // The last checkpoint stays; only the steps after it are lost.
            Err(JobError::Cancelled) => {}
            Err(why) => self.save_trouble.set(Some(why.to_string())),
        }
    }

    /// Steps done.
    pub(super) fn step(self) -> u32 {
        self.progress.with_value(|progress| progress.numbers.step)
    }
}

fn shape_of(config: &engine_core::config::GptConfig) -> ModelShape {
    let engine_core::config::GptConfig { n_layers, n_heads, d_model, context, tied_head, .. } = *config;
    ModelShape { n_layers, n_heads, d_model, context, tied_head }
}

fn tokenizer_of(card: &str) -> TokenizerChoice {
    if card.contains("character") { TokenizerChoice::Chars } else { TokenizerChoice::Bpe { vocab_size: BPE_VOCAB } }
}
