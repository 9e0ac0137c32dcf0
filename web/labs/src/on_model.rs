//! A job on one of the learner's models and its text: started, stopped, its report as it grows, and its file kept.

use crate::{engine, model_text, models, picked::Picked, texts::SHIPPED, widgets::LabState};
use engine_core::job::{Job, JobError};
use kit::t;
use leptos::{prelude::*, task::spawn_local};
use std::sync::Arc;

/// The runs of one lab, one at a time. Copies are the same.
pub struct OnModel<R: Send + Sync + 'static> {
    /// For the frame.
    pub state: RwSignal<LabState>,
    /// One sentence on what happens.
    pub says: RwSignal<String>,
    /// The newest report; what the default is before the first run.
    pub report: RwSignal<Arc<R>>,
    /// The text of the newest run.
    pub text: RwSignal<Option<Arc<str>>>,
    running: StoredValue<Option<engine::Handle>, LocalStorage>,
}

impl<R: Send + Sync + 'static> Clone for OnModel<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R: Send + Sync + 'static> Copy for OnModel<R> {}

impl<R: Default + Send + Sync + 'static> OnModel<R> {
    /// None yet; when the lab leaves the page, the one that runs is stopped.
    pub fn new() -> Self {
        let runs = Self {
            state: RwSignal::new(LabState::Idle),
            says: RwSignal::new(String::new()),
            report: RwSignal::new(Arc::default()),
            text: RwSignal::new(None),
            running: StoredValue::new_local(None),
        };
        on_cleanup(move || runs.stop());
        runs
    }

    /// Whether one runs.
    pub fn busy(self) -> Signal<bool> {
        Signal::derive(move || self.state.with(|state| *state == LabState::Running))
    }

    /// Stops the one that runs; what it has found stays.
    pub fn stop(self) {
        if let Some(handle) = self.running.try_get_value().flatten() {
            handle.cancel();
        }
    }

    /// Starts the job that `make` makes of the chosen model's file and of the text called `which`; stops it if one runs.
    pub fn toggle<J>(self, picked: Picked, which: String, make: impl FnOnce(Vec<u8>, String) -> J + 'static)
    where
        J: Job<Update = R, Output = R>,
    {
        if self.busy().get_untracked() {
            return self.stop();
        }
        self.state.set(LabState::Running);
        self.says.set(t!("on_model.reading").into());
        spawn_local(async move {
            let ended = match self.ask(picked, &which, make).await {
                Ok(()) => (LabState::Done, t!("on_model.done")),
                Err(JobError::Cancelled) => (LabState::Idle, t!("on_model.stopped")),
                Err(error) => (LabState::Failed(error.to_string()), ""),
            };
            self.running.try_set_value(None);
            self.says.try_set(ended.1.into());
            self.state.try_set(ended.0);
        });
    }

    async fn ask<J>(self, picked: Picked, which: &str, make: impl FnOnce(Vec<u8>, String) -> J) -> Result<(), JobError>
    where
        J: Job<Update = R, Output = R>,
    {
        let text = model_text::of(&picked.id.get_untracked(), which).await.map_err(JobError::Invalid)?;
        let file = picked.load().await.map_err(JobError::Invalid)?;
        self.says.try_set(String::new());
        self.text.try_set(Some(text.as_str().into()));
        let job = make(file, text);
        self.report.try_set(Arc::default());
        let on_handle = move |handle| {
            self.running.try_set_value(Some(handle));
        };
        let take = move |report| {
            self.report.try_set(Arc::new(report));
        };
        let last = engine::run_with(&job, on_handle, take).await?;
        self.report.try_set(Arc::new(last));
        Ok(())
    }
}

/// Draws the button that starts and stops a job, how far it is, and what happens.
#[component]
pub fn Start<R: Default + Send + Sync + 'static>(
    /// The runs.
    runs: OnModel<R>,
    /// For tests: what the button does.
    action: &'static str,
    /// On the button while nothing runs.
    begins: &'static str,
    /// Starts the job, or stops it.
    begin: Callback<()>,
    /// Steps done, and steps in all; nothing is drawn where that cannot be said.
    #[prop(optional, into)]
    steps: Option<Signal<(u32, u32)>>,
) -> impl IntoView {
    let busy = runs.busy();
    let progress = steps.map(|steps| {
        view! {
            <progress
                aria-label=t!("on_model.so_far") hidden=move || !busy.get()
                max=move || steps.get().1.max(1) prop:value=move || steps.get().0
            ></progress>
        }
    });
    view! {
        <div class="lab-actions">
            <button type="button" class="primary" data-action=action on:click=move |_| begin.run(())>
                {move || if busy.get() { t!("on_model.stop") } else { begins }}
            </button>
            {progress}
        </div>
        <p class="lab-note" role="status" data-output="says">{runs.says}</p>
    }
}

/// Draws the list of texts that a model can be trained and measured on.
#[component]
pub fn PickText(
    /// What is chosen: [`model_text::OWN`], or a shipped one.
    #[prop(into)]
    which: Signal<String>,
    /// Chooses another one.
    choose: Callback<String>,
    /// Whether nothing can be chosen at the moment.
    busy: Signal<bool>,
) -> impl IntoView {
    let option = move |id: &'static str, name: &'static str| {
        view! { <option value=id prop:selected=move || which.with(|which| which == id)>{name}</option> }
    };
    let shipped = SHIPPED.map(|(id, title)| option(id, title));
    view! {
        <label class="pick-model">
            <span>{t!("on_model.text")}</span>
            <select data-field="text" disabled=busy on:change:target=move |e| choose.run(e.target().value())>
                {option(model_text::OWN, t!("on_model.own_text"))}
                {shipped.into_iter().collect::<Vec<_>>()}
            </select>
        </label>
    }
}

/// Draws the button that keeps a job's file among the learner's models, with the text it is measured on.
#[component]
pub fn KeepModel(
    /// The file, once there is one.
    #[prop(into)]
    file: Signal<Option<Arc<Vec<u8>>>>,
    /// What it will be called.
    #[prop(into)]
    name: Signal<String>,
    /// The text that goes with it.
    text: RwSignal<Option<Arc<str>>>,
) -> impl IntoView {
    let (says, busy) = (RwSignal::new(String::new()), RwSignal::new(false));
    let keep = move |_| {
        let (Some(file), Some(text)) = (file.get_untracked(), text.get_untracked()) else { return };
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let kept = models::keep_made(&name.get_untracked(), &text, &file).await;
            busy.try_set(false);
            says.try_set(match kept {
                Ok(record) => t!("on_model.kept", name = record.name),
                Err(why) => t!("on_model.not_kept", why = why),
            });
        });
    };
    Effect::new(move |_| {
        // Another file is not kept yet.
        file.track();
        says.try_set(String::new());
    });
    view! {
        <div hidden=move || file.with(Option::is_none)>
            <button type="button" data-action="keep" aria-disabled=move || busy.get().to_string() on:click=keep>
                {t!("on_model.keep")}
            </button>
            <p class="lab-note" role="status" data-output="kept">{says}</p>
        </div>
    }
}
