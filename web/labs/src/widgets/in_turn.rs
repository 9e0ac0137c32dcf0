//! Several trainings of one lab, one after another, each from where it stopped; what is done already stays.

use super::LabState;
use crate::engine;
use engine_core::job::{Job, JobError};
use leptos::{prelude::*, task::spawn_local};

/// What is trained, and where its results go. Copies are the same series.
pub trait Series: Copy + 'static {
    /// What tells one training from another.
    type Key: Copy + Send + Sync + 'static;
    /// One training; its end is told as the steps on the way are.
    type Job: Job<Output = <Self::Job as Job>::Update>;

    /// The job that begins one, or goes on with it; none if it is done, or if the lab has left the page.
    fn job(self, key: Self::Key) -> Option<Self::Job>;
    /// Keeps what a training tells.
    fn take(self, key: Self::Key, told: <Self::Job as Job>::Update);
    /// What is said while one runs.
    fn begins(self, key: Self::Key) -> String;
    /// What is said when the learner has stopped one.
    fn stopped(self) -> String;
    /// What is said when all are done.
    fn ended(self) -> String;
}

/// The trainings under way.
pub struct InTurn<K: Send + Sync + 'static> {
    /// For the frame.
    pub state: RwSignal<LabState>,
    /// One sentence on what happens.
    pub says: RwSignal<String>,
    /// Which one runs.
    pub current: RwSignal<Option<K>>,
    running: StoredValue<Option<engine::Handle>, LocalStorage>,
}

impl<K: Send + Sync + 'static> Clone for InTurn<K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K: Send + Sync + 'static> Copy for InTurn<K> {}

impl<K: Copy + Send + Sync + 'static> InTurn<K> {
    /// None yet; when the lab leaves the page, the one that runs is stopped.
    pub fn new() -> Self {
        let turns = Self {
            state: RwSignal::new(LabState::Idle),
            says: RwSignal::new(String::new()),
            current: RwSignal::new(None),
            running: StoredValue::new_local(None),
        };
        on_cleanup(move || turns.stop());
        turns
    }

    /// Stops the one that runs.
    pub fn stop(self) {
        if let Some(handle) = self.running.try_get_value().flatten() {
            handle.cancel();
        }
    }

    /// Whether one runs.
    pub fn busy(self) -> Signal<bool> {
        Signal::derive(move || self.state.with(|state| *state == LabState::Running))
    }

    /// Trains those that are `wanted` and not done yet.
    pub fn run<S: Series<Key = K>>(self, wanted: Vec<K>, series: S) {
        self.state.set(LabState::Running);
        spawn_local(async move {
            let (mut end, mut words) = (LabState::Done, None);
            for key in wanted {
                let Some(job) = series.job(key) else { continue };
                self.current.try_set(Some(key));
                self.says.try_set(series.begins(key));
                let on_handle = move |handle| {
                    self.running.try_set_value(Some(handle));
                };
                let ended = engine::run_with(&job, on_handle, move |told| series.take(key, told)).await;
                self.running.try_set_value(None);
                match ended {
                    Ok(last) => series.take(key, last),
                    Err(JobError::Cancelled) => (end, words) = (LabState::Idle, Some(series.stopped())),
                    Err(error) => (end, words) = (LabState::Failed(error.to_string()), Some(String::new())),
                }
                if words.is_some() {
                    break;
                }
            }
            self.current.try_set(None);
            self.says.try_set(words.unwrap_or_else(|| series.ended()));
            self.state.try_set(end);
        });
    }
}

/// Draws the button in one's row of a table: it begins that one, goes on with it, or stops it.
#[component]
pub fn One<K: Copy + PartialEq + Send + Sync + 'static>(
    /// Which one.
    key: K,
    /// As the learner knows it.
    name: &'static str,
    /// On the button.
    #[prop(into)]
    says: Signal<&'static str>,
    /// Whether there is nothing left to do.
    #[prop(into)]
    done: Signal<bool>,
    /// The one that runs.
    current: Signal<Option<K>>,
    /// Begins one, or stops it.
    begin: Callback<K>,
) -> impl IntoView {
    // Not `disabled`: that would drop the keyboard's focus.
    let off = move || done.get() || current.get().is_some_and(|other| other != key);
    let press = move |_| {
        if !off() {
            begin.run(key);
        }
    };
    view! {
        <button
            type="button" data-action="one" aria-disabled=move || off().to_string()
            aria-label=move || format!("{name}: {}", says.get()) on:click=press
        >
            {says}
        </button>
    }
}
