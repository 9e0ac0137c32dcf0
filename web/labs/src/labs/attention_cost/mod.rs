//! What attention costs on this device: the learner predicts what doubling a text does, then three ways are timed.

mod words;

use super::knobs;
use crate::{
    engine,
    widgets::{LabFrame, LabState, line_chart::LineChart, outcome},
};
use engine_core::{
    job::JobError,
    jobs::attention_cost::{AttentionReport, Method, TimeAttention},
};
use kit::t;
use leptos::{prelude::*, task::spawn_local};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What a lesson can set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Knobs {
    /// The longest text that is measured; from 64 tokens on, each length is twice the one before.
    longest: usize,
    /// Width of the head.
    d_head: usize,
}

impl Default for Knobs {
    fn default() -> Self {
        Self { longest: 4096, d_head: 64 }
    }
}

/// The shortest text.
const SHORTEST: usize = 64;
/// Each cell is measured so often.
const ROUNDS: usize = 5;
/// A round that would take longer ends its curve.
const LIMIT_MS: f64 = 4000.0;
/// Fixes the numbers; they do not change the time.
const SEED: u64 = 1;

impl Knobs {
    /// What is measured, rising.
    fn lengths(&self) -> Vec<usize> {
        let longest = self.longest.clamp(2 * SHORTEST, TimeAttention::LONGEST);
        std::iter::successors(Some(SHORTEST), |length| Some(length * 2))
            .take_while(|length| *length <= longest)
            .collect()
    }
}

/// Draws the lab.
#[component]
pub fn Lab(
    /// Where it starts.
    knobs: Knobs,
) -> impl IntoView {
    let lengths = StoredValue::new(knobs.lengths());
    let d_head = knobs.d_head;
    let guess = RwSignal::new(None::<f64>);
    let report = RwSignal::new(AttentionReport::default());
    let state = RwSignal::new(LabState::Idle);
    let says = RwSignal::new(String::new());
    let running = StoredValue::new_local(None::<engine::Handle>);
    let stop = move || {
        if let Some(handle) = running.try_get_value().flatten() {
            handle.cancel();
        }
    };
    on_cleanup(stop);
    let is_running = move || state.with(|state| *state == LabState::Running);

    let begin = move |_| {
        if is_running() {
            return stop();
        }
        let Some(guessed) = guess.get_untracked() else {
            return says.set(t!("attention_cost.move_slider_first").into());
        };
        says.set(t!("attention_cost.measuring").into());
        state.set(LabState::Running);
        report.set(AttentionReport::default());
        spawn_local(async move {
            let job =
                TimeAttention { lengths: lengths.get_value(), d_head, seed: SEED, rounds: ROUNDS, limit_ms: LIMIT_MS };
            let outcome = engine::run_with(
                &job,
                move |handle| {
                    running.try_set_value(Some(handle));
                },
                move |update| drop(report.try_set(update)),
            )
            .await;
            running.try_set_value(None);
            match outcome {
                Ok(whole) => {
                    outcome::report("attention-cost", true, &words::values(&whole, guessed));
                    says.try_set(words::verdict(guessed, &whole));
                    report.try_set(whole);
                    state.try_set(LabState::Done);
                }
                Err(JobError::Cancelled) => {
                    says.try_set(t!("attention_cost.stopped").into());
                    state.try_set(LabState::Idle);
                }
                Err(error) => {
                    says.try_set(String::new());
                    state.try_set(LabState::Failed(error.to_string()));
                }
            }
        });
    };

    let measured = Memo::new(move |_| report.with(|report| !report.timings.is_empty()));
    let progress = move || report.with(|report| report.timings.len() + report.left_out.len());
    let guessed = move || {
        guess
            .get()
            .map_or(t!("attention_cost.not_chosen_yet").to_owned(), |times| t!("attention_cost.times", times = times))
    };
    let share = Signal::derive(move || {
        let first = Knobs::default();
        knobs::differing(&[
            ("longest", knobs.longest.to_string(), first.longest.to_string()),
            ("d_head", knobs.d_head.to_string(), first.d_head.to_string()),
        ])
    });
    let rows = move || {
        let row = |length: usize| {
            let cells = report.with(|report| words::row(report, length));
            let cells = cells.map(|cell| view! { <td>{cell}</td> });
            view! { <tr><th scope="row">{length}</th>{cells}</tr> }
        };
        lengths
            .get_value()
            .into_iter()
            .filter(|length| report.with(|report| words::has(report, *length)))
            .map(row)
            .collect::<Vec<_>>()
    };
    let slopes = move || {
        report.with(|report| {
            Method::ALL.map(|method| words::slope(report, method)).into_iter().flatten().collect::<Vec<_>>()
        })
    };
    let slopes = move || slopes().into_iter().map(|words| view! { <li>{words}</li> }).collect::<Vec<_>>();
    let heads = words::heads();
    view! {
        <LabFrame name="attention-cost" title=t!("attention_cost.title") state share>
            <label class="cost-guess">
                <span>{t!("attention_cost.predict")}</span>
                <output>{guessed}</output>
                <input
                    type="range" data-field="guess" min="1" max="8" step="0.5" aria-valuetext=guessed
                    prop:value=move || guess.get().unwrap_or(1.0).to_string()
                    on:input=move |event| guess.set(event_target_value(&event).parse().ok())
                />
            </label>
            <p class="lab-note">{words::plan(&lengths.get_value(), d_head, ROUNDS)}</p>
            <div class="cost-actions">
                <button type="button" class="primary" data-action="measure" on:click=begin>
                    {move || if is_running() { t!("attention_cost.stop") } else if measured.get() { t!("attention_cost.measure_again") } else { t!("attention_cost.measure") }}
                </button>
            </div>
            <progress
                class="cost-progress" aria-label=t!("attention_cost.measured_so_far") hidden=move || !is_running()
                max=Method::ALL.len() * lengths.get_value().len() prop:value=move || progress() as f64
            ></progress>
            <p class="cost-verdict" role="status" data-output="verdict">{says}</p>
            <div hidden=move || !measured.get()>
                <LineChart
                    title=t!("attention_cost.time_chart") data=Signal::derive(move || report.with(|report| Arc::new(words::times(report))))
                    summary=Signal::derive(move || report.with(words::summary))
                />
                <ul class="cost-slopes" data-output="slopes">{slopes}</ul>
                <LineChart
                    title=t!("attention_cost.memory_chart") data=Signal::derive(move || report.with(|report| Arc::new(words::memory(report))))
                    summary=Signal::derive(move || report.with(words::memory_summary))
                />
                <div class="table-scroll" tabindex="0" role="group" aria-label=t!("attention_cost.table")>
                    <table data-output="cells">
                        <thead><tr>{heads.map(|name| view! { <th scope="col">{name}</th> })}</tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
                <p class="lab-note">{t!("attention_cost.counted")}</p>
                <p class="lab-note" data-output="left-out">{move || report.with(words::left_out)}</p>
                <p class="lab-note" data-output="machine">{move || report.with(|report| t!("attention_cost.machine", variant = report.variant))}</p>
            </div>
        </LabFrame>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_is_twice_the_one_before() {
        assert_eq!(Knobs::default().lengths(), [64, 128, 256, 512, 1024, 2048, 4096]);
        assert_eq!(Knobs { longest: 0, d_head: 64 }.lengths(), [64, 128]);
        let job = |longest| TimeAttention {
            lengths: Knobs { longest, d_head: 64 }.lengths(),
            d_head: 64,
            seed: 1,
            rounds: ROUNDS,
            limit_ms: LIMIT_MS,
        };
        assert!([0, 100, 4096, 1 << 30].into_iter().all(|longest| job(longest).validate().is_ok()));
    }
}
