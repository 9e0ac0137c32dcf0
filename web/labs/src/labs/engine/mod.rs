//! The engine room: which device computes, whether it computes right, how fast, and what happens when it breaks.

mod drills;
mod facts;
mod ladder;

use kit::t;
use crate::{
    engine,
    widgets::lab_frame::{LabFrame, LabState},
};
use engine_core::{
    config::GptConfig,
    jobs::{
        probe::{Probe, Probed},
        self_test::{Check, SelfTest},
    },
};
use leptos::{prelude::*, task::spawn_local};
use serde::{Deserialize, Serialize};

/// Nothing can be set.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Knobs {}

/// What is measured, here and by `cargo xtask bench`.
const BENCH: Probe = Probe {
    config: GptConfig { vocab_size: 65, n_layers: 4, n_heads: 4, d_model: 128, context: 128, tied_head: true },
    batch: 16,
    steps: 3,
    budget_ms: 600_000.0,
};

/// Draws the lab.
#[component]
pub fn Lab(knobs: Knobs) -> impl IntoView {
    let Knobs {} = knobs;
    let status = engine::status();
    let generation = Memo::new(move |_| status.with(|status| status.generation));
    let round = RwSignal::new(0_u32);
    // Every new worker has to prove itself again.
    let test = engine::use_job(move || {
        round.track();
        (generation.get() > 0).then_some(SelfTest)
    });
    let state = Signal::derive(move || test.outcome.with(|outcome| LabState::of(test.running.get(), outcome.as_ref())));
    let rows = move || {
        test.outcome.with(|outcome| match outcome {
            Some(Ok(checks)) => checks.iter().map(check_row).collect::<Vec<_>>(),
            _ => Vec::new(),
        })
    };
    view! {
        <LabFrame name="engine" title=t!("room.what_computes_here") state=state>
            <facts::Facts/>
            <h2>{t!("room.does_compute_right")}</h2>
            <p class="lab-note">
                {t!("room.tiny_gpt_runs")}
            </p>
            <div class="table-scroll" tabindex="0" role="group" aria-label=t!("room.self_test")>
                <table data-output="self-test">
                    <thead><tr><th scope="col">{t!("room.compared")}</th><th scope="col">{t!("room.error")}</th><th scope="col">{t!("room.allowed")}</th><th scope="col">{t!("room.result")}</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            <button type="button" data-action="self-test" on:click=move |_| round.update(|round| *round += 1)>{t!("room.test_again")}</button>
            <ladder::Ladder/>
            <Bench/>
            <drills::Drills/>
        </LabFrame>
    }
}

fn check_row(check: &Check) -> impl IntoView + use<> {
    let (word, mark) =
        if check.passed() { (t!("room.check_passed"), "true") } else { (t!("room.check_failed"), "false") };
    view! {
        <tr data-passed=mark>
            <th scope="row">{check.name.clone()}</th>
            <td>{format!("{:.1e}", check.error)}</td>
            <td>{format!("{:.0e}", check.tolerance)}</td>
            <td>{word}</td>
        </tr>
    }
}

#[component]
fn Bench() -> impl IntoView {
    let measuring = RwSignal::new(false);
    let words = RwSignal::new(String::new());
    let json = RwSignal::new(String::new());
    let failed = RwSignal::new(String::new());
    let measure = move |_| {
        if measuring.get_untracked() {
            return;
        }
        measuring.set(true);
        json.set(String::new());
        words.set(t!("room.measuring_one_step").into());
        failed.set(String::new());
        spawn_local(async move {
            let outcome = engine::run(&BENCH).await;
            measuring.try_set(false);
            match outcome {
                Ok(Probed { ms_per_step, tokens_per_s, steps }) => {
                    words.try_set(t!("room.ms_for_training", ms_per_step = format!("{:.0}", ms_per_step), steps = steps, tokens_per_s = format!("{:.0}", tokens_per_s)));
                    json.try_set(format!("{{\"train_step_ms\":{ms_per_step:.3},\"tokens_per_s\":{tokens_per_s:.3}}}"));
                }
                Err(error) => {
                    words.try_set(String::new());
                    failed.try_set(error.to_string());
                }
            }
        });
    };
    view! {
        <h2>{t!("room.how_fast")}</h2>
        <p class="lab-note">{t!("room.training_steps_gpt")}</p>
        // Not `disabled` while it measures: that would drop the keyboard's focus.
        <button type="button" class="primary" data-action="bench" aria-disabled=move || measuring.get().to_string() on:click=measure>
            {t!("room.measure_device")}
        </button>
        <p class="lab-note" role="status">{words}</p>
        <p class="lab-error" role="alert" hidden=move || failed.with(String::is_empty)>{failed}</p>
        <pre class="bench-json" hidden=move || json.with(String::is_empty)><code data-bench-result="">{json}</code></pre>
    }
}
