//! The runs of the board and what the buttons do to them.

use super::{
    corpus,
    record::{MOST_BYTES, MOST_RUNS, Record, bound},
    settings::Settings,
};
use crate::{
    engine::{self, Handle},
    widgets::LabState,
};
use engine_core::{
    job::JobError,
    jobs::{
        board::{BoardUpdate, Look, RunBoard},
        train::Stopped,
    },
};
use kit::t;
use leptos::{prelude::*, task::spawn_local};
use std::{sync::Arc, time::Duration};

/// Everything is redrawn this often at most.
const REDRAW: Duration = Duration::from_millis(250);
/// So often a lost worker is replaced without a step in between.
const ATTEMPTS: u32 = 3;

/// The board. Copies are the same board.
#[derive(Clone, Copy)]
pub struct Board {
    /// What the next run is asked for.
    pub settings: RwSignal<Settings>,
    /// The runs, the newest last: it is the current one.
    pub runs: RwSignal<Vec<Record>>,
    /// For the frame.
    pub state: RwSignal<LabState>,
    /// The step that every chart and chip shows; none follows the newest.
    pub cursor: RwSignal<Option<f64>>,
    /// The chosen token: row and place among the answer's tokens.
    pub chip: RwSignal<(usize, usize)>,
    /// The chosen head; none is the one with the highest induction score.
    pub head: RwSignal<Option<usize>>,
    /// One sentence on what just happened.
    pub says: RwSignal<String>,
    handle: StoredValue<Option<Handle>, LocalStorage>,
    stopping: StoredValue<bool>,
    publishing: StoredValue<bool>,
}

impl Board {
    /// An empty board.
    pub fn new(settings: Settings) -> Self {
        let board = Self {
            settings: RwSignal::new(settings),
            runs: RwSignal::new(Vec::new()),
            state: RwSignal::new(LabState::Idle),
            cursor: RwSignal::new(None),
            chip: RwSignal::new((0, 0)),
            head: RwSignal::new(None),
            says: RwSignal::new(String::new()),
            handle: StoredValue::new_local(None),
            stopping: StoredValue::new(false),
            publishing: StoredValue::new(false),
        };
        on_cleanup(move || board.pause());
        board
    }

    /// Asks the current run something; none if there is none. Follows it.
    pub fn current<T>(self, ask: impl FnOnce(&Record) -> T) -> Option<T> {
        self.runs.with(|runs| runs.last().map(ask))
    }

    /// The look that is shown. Follows run and cursor.
    pub fn look(self) -> Option<Arc<Look>> {
        let at = self.cursor.get();
        self.current(|run| run.at(at).map(|kept| kept.look.clone())).flatten()
    }

    /// Whether the engine is at work.
    pub fn is_running(self) -> bool {
        self.state.with(|state| *state == LabState::Running)
    }

    /// Starts a new run with the chosen settings.
    pub fn train(self) {
        let settings = self.settings.get_untracked();
        self.work(async move {
            self.begin(Record::new(self.next_number(), settings));
            self.go(None).await;
        });
    }

    /// Several runs, one after another.
    pub fn train_each(self, all: Vec<Settings>) {
        self.work(async move {
            for settings in all {
                self.begin(Record::new(self.next_number(), settings));
                self.go(None).await;
                if self.stopping.try_get_value() != Some(false) || !self.is_well() {
                    return;
                }
            }
        });
    }

    /// Goes on with the current run, all of it or some steps.
    pub fn go_on(self, steps: Option<u32>) {
        self.work(self.go(steps));
    }

    /// One step; of a new run if there is none, or if the current one has ended.
    pub fn single_step(self) {
        if self.runs.with_untracked(|runs| runs.last().is_some_and(Record::can_go_on)) {
            return self.go_on(Some(1));
        }
        let settings = self.settings.get_untracked();
        self.work(async move {
            self.begin(Record::new(self.next_number(), settings));
            self.go(Some(1)).await;
        });
    }

    /// Stops after the step under way; what was done is looked at and kept.
    pub fn pause(self) {
        self.stopping.try_set_value(true);
        if let Some(handle) = self.handle.try_get_value().flatten() {
            handle.cancel();
        }
    }

    /// Takes the current run back to a kept step.
    pub fn rewind(self, step: u32) {
        self.runs.update(|runs| {
            if let Some(run) = runs.last_mut() {
                run.rewind(step);
            }
        });
        self.cursor.set(None);
        self.state.set(LabState::Done);
        self.says.set(t!("board.went_back", step = step));
    }

    /// The settings of a fork of the current run: its model, with the training that is chosen.
    pub fn forked(self) -> Option<Settings> {
        let chosen = self.settings.get().training;
        self.current(|run| Settings { training: chosen, ..run.settings.clone() })
    }

    /// A new run that begins with the current one's state at a kept step.
    pub fn fork(self, step: u32) {
        let Some(settings) = untrack(|| self.forked()) else { return };
        let number = self.next_number();
        let Some(fork) = self.runs.with_untracked(|runs| runs.last().map(|run| run.fork(number, settings, step)))
        else {
            return;
        };
        self.work(async move {
            self.begin(fork);
            self.go(None).await;
        });
    }

    fn next_number(self) -> usize {
        self.runs.with_untracked(|runs| runs.last().map_or(1, |run| run.number + 1))
    }

    fn begin(self, run: Record) {
        self.cursor.set(None);
        self.head.set(None);
        self.runs.update(|runs| {
            let other = runs.last().is_some_and(|last| last.settings.source != run.settings.source);
            if other {
                // Losses on different things have no common scale.
                runs.clear();
                self.chip.set((0, 0));
            }
            runs.push(run);
            let over = runs.len().saturating_sub(MOST_RUNS);
            runs.drain(..over);
        });
    }

    fn is_well(self) -> bool {
        self.state.try_with_untracked(|state| *state == LabState::Running).unwrap_or_default()
    }

    /// Does some work unless some is under way.
    fn work(self, work: impl Future<Output = ()> + 'static) {
        if self.state.with_untracked(|state| *state == LabState::Running) {
            return;
        }
        self.state.set(LabState::Running);
        self.says.set(String::new());
        self.stopping.set_value(false);
        spawn_local(async move {
            work.await;
            if self.is_well() {
                self.state.set(LabState::Done);
            }
        });
    }

    /// Runs the current run until its schedule ends, somebody stops it, or nothing helps.
    async fn go(self, steps: Option<u32>) {
        let mut failures = 0;
        loop {
            let asked = self.runs.try_update_untracked(|runs| {
                let run = runs.last_mut()?;
                let state = run.state_at(u32::MAX);
                // Losses after the newest kept state are told again.
                run.rewind(state.as_ref().map_or(0, |state| state.0));
                Some((run.settings.clone(), state))
            });
            let Some((settings, state)) = asked.flatten() else { return };
            let source = match corpus::source(&settings).await {
                Ok(source) => source,
                Err(why) => return self.fail(why),
            };
            if self.stopping.try_get_value() != Some(false) {
                return;
            }
            let before = state.as_ref().map(|state| state.0);
            let from = state.map(|(_, file)| file.to_vec());
            let job = RunBoard { source, shape: settings.shape, training: settings.training, from, steps };
            let on_handle = move |handle| {
                self.handle.try_set_value(Some(handle));
            };
            let ended = engine::run_with(&job, on_handle, move |update| self.hear(update)).await;
            self.handle.try_set_value(None);
            let after =
                self.runs.try_with_untracked(|runs| runs.last().and_then(|run| run.state_at(u32::MAX)).map(|s| s.0));
            match ended {
                Ok(stopped) => {
                    let why = Some(stopped.why).filter(|why| *why != Stopped::StepsDone);
                    self.runs.try_update(|runs| {
                        if let Some(run) = runs.last_mut() {
                            run.stopped = why;
                        }
                    });
                    return;
                }
                Err(JobError::Cancelled) => {
                    self.runs.try_update(|_| ());
                    return;
                }
                Err(JobError::Invalid(why)) => return self.fail(why),
                Err(JobError::Device(why)) => {
                    failures = if after.flatten() > before { 1 } else { failures + 1 };
                    if failures > ATTEMPTS {
                        return self.fail(t!("board.engine_lost", why = why.trim_end_matches('.')));
                    }
                }
            }
        }
    }

    fn fail(self, why: String) {
        // A run without a single look has nothing to show.
        self.runs.try_update(|runs| runs.retain(|run| !run.looks.is_empty()));
        self.state.try_set(LabState::Failed(why));
    }

    fn hear(self, update: BoardUpdate) {
        self.runs.try_update_untracked(|runs| {
            if let Some(run) = runs.last_mut() {
                run.take(update);
            }
            bound(runs, MOST_BYTES);
        });
        self.publish_soon();
    }

    /// Shows what there is, soon: several updates share one redraw.
    fn publish_soon(self) {
        if self.publishing.try_get_value() == Some(false) {
            self.publishing.set_value(true);
            set_timeout(
                move || {
                    self.publishing.try_set_value(false);
                    self.runs.try_update(|_| ());
                },
                REDRAW,
            );
        }
    }
}
