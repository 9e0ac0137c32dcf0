//! A model under budgets of memory and work: counted before it runs, timed while it writes, and set against a server.

mod route;
mod words;

use super::knobs;
use crate::{
    engine,
    picked::{PickModel, use_picked},
    widgets::{LabFrame, LabState, axis::grouped, outcome, settings::Fields},
};
use engine_core::{
    edge::plan::plan,
    job::JobError,
    jobs::{
        edge::{EdgeReport, RunAtEdge},
        model_card::{ModelCard, ReadModel},
    },
};
use kit::t;
use leptos::{prelude::*, task::spawn_local};
use serde::{Deserialize, Serialize};

/// What a lesson or the learner can set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Knobs {
    /// The id of a model of the learner's; empty is the built-in one.
    model: String,
    /// What it reads first.
    prompt: String,
    /// The most tokens it sees at once.
    context: usize,
    /// The most memory, in kilobytes.
    memory: f64,
    /// The most work, in million operations.
    work: f64,
    /// The most tokens to write.
    tokens: usize,
    /// Tokens of an answer, for the choice between here and a server.
    answer: f64,
    /// What a token takes on the server, in milliseconds.
    server: f64,
    /// The round trip to it, in milliseconds.
    trip: f64,
}

impl Default for Knobs {
    fn default() -> Self {
        let (model, prompt) = (String::new(), "It is a truth universally known".into());
        Self { model, prompt, context: 64, memory: 2000.0, work: 200.0, tokens: 100, answer: 100.0, server: 10.0, trip: 150.0 }
    }
}

impl Knobs {
    fn job(&self, file: Vec<u8>) -> RunAtEdge {
        let Self { context, tokens, .. } = *self;
        let (memory, work) = ((self.memory * 1e3) as u64, (self.work * 1e6) as u64);
        RunAtEdge { file, prompt: self.prompt.clone(), context, memory, work, tokens }
    }

    /// For a link: what differs from the defaults. A learner's own model is on no other device.
    fn shared(&self) -> String {
        let first = Self::default();
        let pair = |now: &dyn ToString, first: &dyn ToString| (now.to_string(), first.to_string());
        let all = [
            ("prompt", pair(&self.prompt, &first.prompt)),
            ("context", pair(&self.context, &first.context)),
            ("memory", pair(&self.memory, &first.memory)),
            ("work", pair(&self.work, &first.work)),
            ("tokens", pair(&self.tokens, &first.tokens)),
            ("answer", pair(&self.answer, &first.answer)),
            ("server", pair(&self.server, &first.server)),
            ("trip", pair(&self.trip, &first.trip)),
        ];
        knobs::differing(&all.map(|(name, (now, first))| (name, now, first)))
    }
}

/// Draws the lab.
#[component]
pub fn Lab(
    /// Where it starts.
    knobs: Knobs,
) -> impl IntoView {
    let picked = use_picked(knobs.model.clone());
    let knobs = RwSignal::new(knobs);
    let state = RwSignal::new(LabState::Idle);
    let report = RwSignal::new(None::<EdgeReport>);
    let running = StoredValue::new_local(None::<engine::Handle>);
    let card = engine::use_job(move || picked.bytes().map(|file| ReadModel { file: file.to_vec() }));
    let config = Memo::new(move |_| {
        card.outcome.with(|outcome| match outcome {
            Some(Ok(ModelCard { config, .. })) => Some(*config),
            _ => None,
        })
    });
    let stop = move || {
        if let Some(handle) = running.try_get_value().flatten() {
            handle.cancel();
        }
    };
    on_cleanup(stop);
    let busy = Signal::derive(move || state.with(|state| *state == LabState::Running));
    let begin = move |_| {
        if busy.get_untracked() {
            return stop();
        }
        let Some(file) = picked.bytes() else { return };
        let job = knobs.with_untracked(|knobs| knobs.job(file.to_vec()));
        state.set(LabState::Running);
        spawn_local(async move {
            let on_handle = move |handle| {
                running.try_set_value(Some(handle));
            };
            let ended = engine::run_with(&job, on_handle, |()| {}).await;
            running.try_set_value(None);
            let end = match ended {
                Ok(found) => {
                    let (server, trip) = knobs.try_with_untracked(|knobs| (knobs.server, knobs.trip)).unwrap_or_default();
                    outcome::report("edge", true, &words::values(&found, server, trip));
                    report.try_set(Some(found));
                    LabState::Done
                }
                Err(JobError::Cancelled) => LabState::Idle,
                Err(error) => {
                    report.try_set(None);
                    LabState::Failed(error.to_string())
                }
            };
            state.try_set(end);
        });
    };
    let frame = Signal::derive(move || picked.trouble.get().map_or_else(|| state.get(), LabState::Failed));

    let needs = Memo::new(move |_| {
        let context = knobs.with(|knobs| knobs.context);
        config.get().map(|config| {
            let context = context.clamp(1, config.context);
            (plan(&config, 32, context), context)
        })
    });
    let rows = move || {
        let Some((needs, context)) = needs.get() else { return Vec::new() };
        let all = [
            ("weights", t!("edge.weights").to_owned(), needs.weights),
            ("cache", t!("edge.cache", context = context), needs.cache),
            ("work", t!("edge.work").to_owned(), needs.work),
            ("all", t!("edge.all").to_owned(), needs.all()),
        ];
        let row = |(key, name, bytes): (&'static str, String, u64)| {
            view! { <tr data-needs=key><th scope="row">{name}</th><td>{grouped(&bytes.to_string())}</td></tr> }
        };
        all.map(row).into_iter().collect::<Vec<_>>()
    };
    let fits = move || {
        let budget = knobs.with(|knobs| (knobs.memory * 1e3) as u64);
        needs.get().map(|(needs, _)| match budget.checked_sub(needs.all()) {
            Some(left) => t!("edge.fits", left = grouped(&left.to_string())),
            None => t!("edge.over", over = grouped(&(needs.all() - budget).to_string())),
        })
    };
    let told = move || report.with(|report| report.as_ref().map(words::told).unwrap_or_default());
    let told = move || told().into_iter().map(|words| view! { <li>{words}</li> }).collect::<Vec<_>>();
    let text = move || report.with(|report| report.as_ref().map(|report| report.text.clone()));
    let fields = Fields { knobs, busy, class: "lab-field" };
    let share = Signal::derive(move || knobs.with(Knobs::shared));
    view! {
        <LabFrame name="edge" title=t!("edge.title") state=frame share>
            <div class="lab-settings">
                <PickModel picked/>
                {fields.number("context", t!("edge.context"), (2.0, 2048.0, 0.0), |k| k.context as f64, |k, v| k.context = v as usize)}
                {fields.number("memory", t!("edge.budget_memory"), (1.0, 1e6, 0.0), |k| k.memory, |k, v| k.memory = v)}
                {fields.number("work", t!("edge.budget_work"), (0.001, 1e6, 0.0), |k| k.work, |k, v| k.work = v)}
                {fields.number("tokens", t!("edge.tokens"), (1.0, 400.0, 0.0), |k| k.tokens as f64, |k, v| k.tokens = v as usize)}
            </div>
            <label class="lab-field lab-wide">
                <span>{t!("edge.prompt")}</span>
                <input
                    type="text" data-field="prompt" maxlength="200" prop:value=move || knobs.with(|knobs| knobs.prompt.clone())
                    on:change=move |event| knobs.update(|knobs| knobs.prompt = event_target_value(&event))
                />
            </label>
            <div class="table-scroll" tabindex="0" role="group" aria-label=t!("edge.needs")>
                <table data-output="needs">
                    <thead><tr><th scope="col">{t!("edge.needs")}</th><th scope="col">{t!("edge.bytes")}</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            <p class="edge-fits" role="status" data-output="fits">{fits}</p>
            <p class="lab-note">{t!("edge.counted")}</p>
            <div class="lab-actions">
                <button type="button" class="primary" data-action="run" on:click=begin>
                    {move || if busy.get() { t!("edge.stop") } else { t!("edge.go") }}
                </button>
            </div>
            <div role="status" data-output="told">
                <p hidden=move || !busy.get()>{t!("edge.running")}</p>
                <ul class="edge-told">{told}</ul>
            </div>
            <div hidden=move || text().is_none()>
                <p class="lab-caption">{t!("edge.written")}</p>
                <p class="edge-text" data-output="text">{text}</p>
            </div>
            <p class="lab-caption">{t!("edge.route")}</p>
            <route::Choice fields report/>
        </LabFrame>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_carries_every_setting_but_the_model() {
        let odd = Knobs {
            model: "x1".into(),
            prompt: "a".into(),
            context: 9,
            memory: 0.5,
            work: 2.25,
            tokens: 7,
            answer: 3.0,
            server: 4.5,
            trip: 6.0,
        };
        let read: Knobs = knobs::parse(&odd.shared()).expect("it fits");
        assert_eq!(read, Knobs { model: String::new(), ..odd });
        assert_eq!(Knobs::default().shared(), "");
    }

    #[test]
    fn budgets_are_handed_on_in_bytes_and_operations() {
        let job = Knobs::default().job(Vec::new());
        assert_eq!((job.memory, job.work, job.validate()), (2_000_000, 200_000_000, Ok(())));
    }
}
