//! The training session as the page holds it: its state, and what the buttons do.
//!
//! There is one for the whole page. It outlives the lab, so that training goes on while the learner
//! reads another lesson, and is still there on the way back.

use kit::t;
use super::{
    presets::{self, Settings},
    progress::{Numbers, Progress},
    text_checks::TextFacts,
};
use crate::{engine::Handle, models::ModelRecord, widgets::lines::LineData};
use engine_core::{
    jobs::{
        probe::Probed,
        train::{MergeLearned, Sample, Start, TrainUpdate, TrainingOpened},
    },
    loss_words::Level,
};
use leptos::{prelude::*, task::spawn_local};
use std::{cell::OnceCell, sync::Arc, time::Duration};

/// The session's number in the worker. One is open at a time, and a new one takes the place of the old.
pub const SESSION: u64 = 1;

/// The curves are redrawn this often at most.
const REDRAW: Duration = Duration::from_millis(250);

/// Where a training stands. Tests read it in `data-train-state`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Phase {
    /// Nothing is open.
    #[default]
    Idle,
    /// The engine prepares the text and the weights.
    Opening,
    /// Steps are made.
    Running,
    /// Between two steps, as long as the learner likes.
    Paused,
    /// The schedule is done, or the learner ended it.
    Finished,
    /// The loss ran away.
    Diverged,
}

impl Phase {
    /// As written in `data-train-state`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Opening => "opening",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Finished => "finished",
            Self::Diverged => "diverged",
        }
    }

    /// Whether the engine is at work.
    pub fn is_busy(self) -> bool {
        matches!(self, Self::Opening | Self::Running)
    }
}

/// What should happen once a cancelled run has stopped.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub enum Intent {
    /// It was not the learner who cancelled.
    #[default]
    None,
    /// Keep what there is and wait.
    Pause,
    /// Keep what there is and end.
    Stop,
    /// Begin again from the same initial weights, with the peak learning rate times this.
    Rewind(f32),
}

/// A text to train on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TrainingText {
    /// What it is called.
    pub name: String,
    /// All of it.
    pub text: String,
    /// Its size.
    pub facts: TextFacts,
    /// The id of a shipped text; empty for one of the learner's own.
    pub shipped: String,
}

/// What the page shows of the running training; changes a few times a second.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Shown {
    /// The newest numbers.
    pub numbers: Numbers,
    /// Where the loss stands.
    pub level: Option<Level>,
    /// The step since which it has been below a trigram model's.
    pub beaten_since: Option<u32>,
}

/// The session. Copies are the same session.
#[derive(Clone, Copy)]
pub struct Session {
    /// What is trained on; none until one is loaded.
    pub text: RwSignal<Option<Arc<TrainingText>>>,
    /// Sizes and training.
    pub settings: RwSignal<Settings>,
    /// Where it stands.
    pub phase: RwSignal<Phase>,
    /// What the engine opened.
    pub opened: RwSignal<Option<Arc<TrainingOpened>>>,
    /// The newest numbers.
    pub shown: RwSignal<Shown>,
    /// The curves.
    pub lines: RwSignal<Arc<LineData>>,
    /// The newest samples, newest first.
    pub samples: RwSignal<Vec<Sample>>,
    /// The newest merges of the tokenizer, newest first.
    pub merges: RwSignal<Vec<MergeLearned>>,
    /// What went wrong, and what to do.
    pub error: RwSignal<Option<String>>,
    /// What the learner should know, though nothing is wrong.
    pub notice: RwSignal<Option<String>>,
    /// The step at which the loss ran away, and the loss then.
    pub diverged: RwSignal<Option<(u32, f32)>>,
    /// How often training was brought back after the engine had stopped.
    pub recovered: RwSignal<u32>,
    /// The model as it is kept.
    pub record: RwSignal<Option<ModelRecord>>,
    /// The step of the newest checkpoint that is safely kept.
    pub saved_step: RwSignal<Option<u32>>,
    /// Why it could not be kept.
    pub save_trouble: RwSignal<Option<String>>,
    /// What was measured on this device.
    pub probed: RwSignal<Option<Probed>>,
    pub(super) progress: StoredValue<Progress>,
    pub(super) handle: StoredValue<Option<Handle>>,
    pub(super) intent: StoredValue<Intent>,
    /// The newest checkpoint, to go on from if the worker is lost.
    pub(super) checkpoint: StoredValue<Option<(u32, Arc<Vec<u8>>)>>,
    /// The worker the session was opened in.
    pub(super) generation: StoredValue<u32>,
    /// What was trained on when the session was opened; the learner may choose another text meanwhile.
    pub(super) trained_text: StoredValue<Option<Arc<TrainingText>>>,
    pub(super) to_save: StoredValue<Option<super::keep::Save>>,
    pub(super) saving: StoredValue<bool>,
    publishing: StoredValue<bool>,
}

thread_local! {
    static SESSION_OF_PAGE: OnceCell<Session> = const { OnceCell::new() };
}

impl Session {
    /// The page's session.
    pub fn of_page() -> Self {
        SESSION_OF_PAGE.with(|kept| *kept.get_or_init(|| page_owner().map_or_else(Self::new, |owner| owner.with(Self::new))))
    }

    fn new() -> Self {
        Self {
            text: RwSignal::new(None),
            settings: RwSignal::new(presets::probed()),
            phase: RwSignal::new(Phase::Idle),
            opened: RwSignal::new(None),
            shown: RwSignal::new(Shown::default()),
            lines: RwSignal::new(Arc::default()),
            samples: RwSignal::new(Vec::new()),
            merges: RwSignal::new(Vec::new()),
            error: RwSignal::new(None),
            notice: RwSignal::new(None),
            diverged: RwSignal::new(None),
            recovered: RwSignal::new(0),
            record: RwSignal::new(None),
            saved_step: RwSignal::new(None),
            save_trouble: RwSignal::new(None),
            probed: RwSignal::new(None),
            progress: StoredValue::new(Progress::default()),
            handle: StoredValue::new(None),
            intent: StoredValue::new(Intent::None),
            checkpoint: StoredValue::new(None),
            generation: StoredValue::new(0),
            trained_text: StoredValue::new(None),
            to_save: StoredValue::new(None),
            saving: StoredValue::new(false),
            publishing: StoredValue::new(false),
        }
    }

    /// Trains a new model with the settings and text that are chosen.
    pub fn train(self) {
        self.start(None);
    }

    /// Makes one step and waits again.
    pub fn single_step(self) {
        match self.phase.get_untracked() {
            Phase::Paused | Phase::Finished => spawn_local(self.go_on(Some(1))),
            Phase::Idle => self.start(Some(1)),
            Phase::Opening | Phase::Running | Phase::Diverged => {}
        }
    }

    fn start(self, steps: Option<u32>) {
        let Some(text) = self.text.get_untracked() else {
            return self.error.set(Some(t!("train.there_no_text_yet").into()));
        };
        let settings = self.settings.get_untracked();
        if let Err(why) = settings.validate(text.facts.distinct) {
            return self.error.set(Some(why));
        }
        if !self.phase.get_untracked().is_busy() {
            spawn_local(async move {
                if self.begin(text, settings).await {
                    self.run(steps).await;
                }
            });
        }
    }

    /// Goes on after a pause.
    pub fn resume(self) {
        if self.phase.get_untracked() == Phase::Paused {
            spawn_local(self.go_on(None));
        }
    }

    /// Stops after the step under way and keeps what there is.
    pub fn pause(self) {
        self.interrupt(Intent::Pause);
    }

    /// Ends the training and keeps the model.
    pub fn stop(self) {
        if self.phase.get_untracked() == Phase::Paused {
            spawn_local(self.finish(t!("train.training_stopped")));
        } else {
            self.interrupt(Intent::Stop);
        }
    }

    /// Begins again from the same initial weights, with the learning rate times `rate`.
    pub fn rewind(self, rate: f32) {
        match self.phase.get_untracked() {
            Phase::Running => self.interrupt(Intent::Rewind(rate)),
            Phase::Paused | Phase::Finished | Phase::Diverged => spawn_local(self.begin_again(rate)),
            Phase::Idle | Phase::Opening => {}
        }
    }

    fn interrupt(self, intent: Intent) {
        if let Some(handle) = self.handle.get_value() {
            self.intent.set_value(intent);
            handle.cancel();
        }
    }

    /// Takes in what a running training says.
    pub(super) fn hear(self, update: TrainUpdate) {
        let checkpoint = self.progress.try_update_value(|progress| progress.take(update)).flatten();
        if let Some((step, file)) = checkpoint {
            self.keep(step, file, false);
        }
        self.publish_soon();
    }

    /// Takes in a merge of the tokenizer.
    pub(super) fn hear_merge(self, merge: MergeLearned) {
        self.progress.update_value(|progress| progress.merge(merge));
        self.publish_soon();
    }

    /// Shows what there is, soon: several updates share one redraw.
    fn publish_soon(self) {
        if !self.publishing.get_value() {
            self.publishing.set_value(true);
            set_timeout(
                move || {
                    self.publishing.set_value(false);
                    self.publish();
                },
                REDRAW,
            );
        }
    }

    /// Shows what there is.
    pub(super) fn publish(self) {
        let (shown, lines, samples, merges) = self.progress.with_value(|progress| {
            let (level, beaten_since) = (progress.level(), progress.beaten_since());
            let shown = Shown { numbers: progress.numbers.clone(), level, beaten_since };
            (shown, progress.lines(), progress.samples.clone(), progress.merges.clone())
        });
        set_if_new(self.shown, shown);
        set_if_new(self.samples, samples);
        set_if_new(self.merges, merges);
        if self.lines.with_untracked(|old| **old != lines) {
            self.lines.set(Arc::new(lines));
        }
    }
}

/// Where to start for these settings.
pub(super) fn fresh(settings: Settings) -> Start {
    Start::New { tokenizer: settings.tokenizer, shape: settings.shape, training: settings.training }
}

fn set_if_new<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.with_untracked(|old| *old != value) {
        signal.set(value);
    }
}

/// The owner that lives as long as the page.
fn page_owner() -> Option<Owner> {
    let mut owner = Owner::current()?;
    while let Some(parent) = owner.parent() {
        owner = parent;
    }
    Some(owner)
}
