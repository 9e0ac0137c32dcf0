//! A live completion: the built-in model goes on with what the learner types, without a click.

use kit::t;
use super::knobs;
use crate::{
    decimal, engine, models,
    widgets::{
        lab_frame::{LabFrame, LabState},
        outcome,
        token_bars::TokenBars,
    },
};
use engine_core::{
    job::JobError,
    jobs::{ModelSource, TokenChance, generate::Generate},
    sampling::Sampling,
};
use gloo::timers::callback::Timeout;
use leptos::{prelude::*, task::spawn_local};
use serde::{Deserialize, Serialize};
use std::rc::Rc;

/// What a page or the learner can set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Knobs {
    /// The text to begin with.
    prompt: String,
    /// How many tokens are added.
    tokens: u32,
    /// How daring the draw is.
    temperature: f32,
    /// Fixes the draws.
    seed: u64,
}

impl Default for Knobs {
    fn default() -> Self {
        Self { prompt: "Once upon a time".into(), tokens: 48, temperature: 0.7, seed: 1 }
    }
}

/// Typing pauses this long before the model starts over.
const PAUSE_MS: u32 = 200;

/// What is on screen of the newest run.
#[derive(Debug, Clone, Default, PartialEq)]
struct Written {
    /// The prompt it belongs to.
    prompt: String,
    /// The continuation so far.
    text: String,
    /// The likeliest tokens right after the prompt.
    chances: Vec<TokenChance>,
    first_token_ms: f64,
    tokens_per_s: Option<f64>,
    unknown: String,
}

fn now() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now())
}

/// Draws the lab.
#[component]
pub fn Lab(knobs: Knobs) -> impl IntoView {
    let Knobs { prompt, tokens, temperature, seed } = knobs;
    let typed = RwSignal::new(prompt.clone());
    let prompt = RwSignal::new(prompt);
    let temperature = RwSignal::new(temperature);
    let seed = RwSignal::new(seed);
    let attempt = RwSignal::new(0_u32);
    let model = RwSignal::new_local(None::<Rc<Vec<u8>>>);
    let written = RwSignal::new(None::<Written>);
    let state = RwSignal::new(LabState::Running);
    let newest = StoredValue::new(0_u32);
    let pause = StoredValue::new_local(None::<Timeout>);

    // On the first page of a visit the clock starts with the visit, else with this lab.
    let root = document().document_element();
    let visiting = root.is_some_and(|root| !root.has_attribute("data-ready"));
    let began = if visiting { 0.0 } else { now() };
    let first_token_ms = RwSignal::new(None::<f64>);

    Effect::new(move |_| {
        attempt.track();
        if model.with_untracked(Option::is_some) {
            return;
        }
        state.set(LabState::Running);
        spawn_local(async move {
            match models::built_in().await {
                Ok(bytes) => drop(model.try_set(Some(Rc::new(bytes)))),
                Err(why) => drop(state.try_set(LabState::Failed(why))),
            }
        });
    });

    let status = engine::status();
    let switches = Memo::new(move |_| status.with(|status| status.switches));
    Effect::new(move |_| {
        attempt.track();
        switches.track();
        let Some(file) = model.get() else { return };
        let prompt = prompt.get();
        let sampling = Sampling { temperature: temperature.get(), seed: seed.get(), ..Sampling::default() };
        let job = Generate { model: ModelSource::File(file.to_vec()), prompt: prompt.clone(), sampling, tokens };
        let ticket = newest.get_value() + 1;
        newest.set_value(ticket);
        let is_newest = move || newest.try_get_value() == Some(ticket);
        state.set(LabState::Running);
        let running = StoredValue::new_local(None::<engine::Handle>);
        on_cleanup(move || {
            if let Some(handle) = running.try_get_value().flatten() {
                handle.cancel();
            }
        });
        spawn_local(async move {
            let asked = now();
            let outcome = engine::run_with(
                &job,
                move |handle| running.set_value(Some(handle)),
                move |update| {
                    if !is_newest() {
                        return;
                    }
                    first_token_ms.update(|first| {
                        first.get_or_insert(now() - began);
                    });
                    written.update(|written| match written {
                        Some(written)
                            if written.prompt == prompt
                                && !written.text.is_empty()
                                && written.tokens_per_s.is_none() =>
                        {
                            written.text = update.text;
                        }
                        _ => {
                            *written = Some(Written {
                                prompt: prompt.clone(),
                                text: update.text,
                                chances: update.chances,
                                first_token_ms: now() - asked,
                                ..Written::default()
                            });
                        }
                    });
                },
            )
            .await;
            if !is_newest() {
                return;
            }
            match outcome {
                Ok(done) => {
                    let next = written.with_untracked(|it| it.as_ref().and_then(|it| it.chances.first().cloned()));
                    if let Some(next) = next {
                        let values = [
                            ("prompt", job.prompt.as_str().into()),
                            ("next", next.token.as_str().into()),
                            ("next_probability", f64::from(next.probability).into()),
                            ("written", done.text.as_str().into()),
                        ];
                        outcome::report("complete", true, &values);
                    }
                    written.update(|written| {
                        if let Some(written) = written {
                            written.text = done.text;
                            written.tokens_per_s = Some(done.tokens_per_s);
                            written.unknown = done.unknown;
                        }
                    });
                    state.set(LabState::Done);
                }
                Err(JobError::Cancelled) => {}
                Err(error) => state.set(LabState::Failed(error.to_string())),
            }
        });
    });

    let on_input = move |event| {
        typed.set(event_target_value(&event));
        // An older timer is cancelled as it is replaced.
        pause.set_value(Some(Timeout::new(PAUSE_MS, move || drop(prompt.try_set(typed.get_untracked())))));
    };
    let ghost = Memo::new(move |_| {
        let typed = typed.get();
        written.with(|written| {
            written.as_ref().filter(|it| it.prompt == typed).map(|it| it.text.clone()).unwrap_or_default()
        })
    });
    let accept = move |_| {
        let whole = format!("{}{}", typed.get_untracked(), ghost.get_untracked());
        typed.set(whole.clone());
        prompt.set(whole);
    };
    let chances =
        Memo::new(move |_| written.with(|written| written.as_ref().map(|it| it.chances.clone()).unwrap_or_default()));
    let summary = move || {
        let written = written.get()?;
        let program = status.with(|status| status.device.clone()).unwrap_or_default();
        let device = if engine::on_gpu() { t!("complete.cpu_beside_webgpu").to_owned() } else { program };
        let pace = written.tokens_per_s?;
        Some(t!("complete.first_token_after", device = device, first_token_ms = format!("{:.0}", written.first_token_ms), pace = format!("{:.0}", pace)))
    };
    let unknown = move || {
        let unknown = written.with(|written| written.as_ref().map(|it| it.unknown.clone()).unwrap_or_default());
        (!unknown.is_empty()).then(|| t!("complete.model_has_never", unknown = unknown))
    };
    let failed = move || state.with(|state| matches!(state, LabState::Failed(_)));
    let share = Signal::derive(move || {
        let first = Knobs::default();
        knobs::differing(&[
            ("prompt", typed.get(), first.prompt),
            ("tokens", tokens.to_string(), first.tokens.to_string()),
            ("temperature", temperature.get().to_string(), first.temperature.to_string()),
            ("seed", seed.get().to_string(), first.seed.to_string()),
        ])
    });
    view! {
        <LabFrame name="complete" title=t!("complete.language_model_at") state=state share>
            <div class="complete" data-first-token-ms=move || first_token_ms.get().map(|ms| format!("{ms:.0}"))>
                <label class="complete-prompt">
                    <span>{t!("complete.type_anything_model")}</span>
                    <textarea rows="2" maxlength="2000" data-field="prompt" prop:value=typed on:input=on_input></textarea>
                </label>
                <p class="complete-text" data-output="completion">
                    <span class="typed">{typed}</span><span class="ghost" data-ghost="">{ghost}</span>
                </p>
                <div class="complete-controls">
                    <button type="button" class="primary" data-action="accept" disabled=move || ghost.with(String::is_empty) on:click=accept>
                        {t!("complete.keep_text")}
                    </button>
                    <button type="button" data-action="again" on:click=move |_| seed.update(|seed| *seed += 1)>{t!("complete.draw_again")}</button>
                    <label class="complete-temperature">
                        <span>{t!("complete.temperature")} " "<output>{move || format!("{:.1}", temperature.get())}</output></span>
                        <input
                            type="range" min="0" max="2" step="0.1"
                            prop:value=temperature
                            on:change=move |event| if let Some(value) = decimal::parse(&event_target_value(&event)) { temperature.set(value as f32) }
                        />
                    </label>
                    <button type="button" data-action="retry" hidden=move || !failed() on:click=move |_| attempt.update(|n| *n += 1)>
                        {t!("complete.try_again")}
                    </button>
                </div>
                <TokenBars title=t!("complete.likeliest_next_tokens") chances=chances most=6/>
                <p class="lab-note" role="status" data-output="summary">{summary}</p>
                <p class="lab-note" hidden=move || unknown().is_none()>{unknown}</p>
            </div>
        </LabFrame>
    }
}
