//! The engine room: which device computes, whether it computes right, how fast, and what happens when it breaks.

mod drills;
mod facts;
mod ladder;

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
        <LabFrame name="engine" title="What computes here" state=state>
            <facts::Facts/>
            <h2>"Does it compute right?"</h2>
            <p class="lab-note">
                "A tiny GPT runs forward and backward on this device, and every result is compared with plain Rust. \
                 Errors are relative to the largest value."
            </p>
            <div class="table-scroll" tabindex="0" role="group" aria-label="Self-test">
                <table data-output="self-test">
                    <thead><tr><th scope="col">"Compared"</th><th scope="col">"Error"</th><th scope="col">"Allowed"</th><th scope="col">"Result"</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            <button type="button" data-action="self-test" on:click=move |_| round.update(|round| *round += 1)>"Test again"</button>
            <ladder::Ladder/>
            <Bench/>
            <drills::Drills/>
        </LabFrame>
    }
}

fn check_row(check: &Check) -> impl IntoView + use<> {
    let (word, mark) = if check.passed() { ("passed", "true") } else { ("failed", "false") };
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
        words.set("Measuring: one step to warm up, then three that count …".into());
        failed.set(String::new());
        spawn_local(async move {
            let outcome = engine::run(&BENCH).await;
            measuring.try_set(false);
            match outcome {
                Ok(Probed { ms_per_step, tokens_per_s, steps }) => {
                    words.try_set(format!(
                        "{ms_per_step:.0} ms for a training step (median of {steps}), {tokens_per_s:.0} tokens per second."
                    ));
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
        <h2>"How fast is it?"</h2>
        <p class="lab-note">"Training steps of a GPT with 4 layers, 4 heads, d_model 128, context 128, batch 16 and 65 tokens in its vocabulary."</p>
        // Not `disabled` while it measures: that would drop the keyboard's focus.
        <button type="button" class="primary" data-action="bench" aria-disabled=move || measuring.get().to_string() on:click=measure>
            "Measure this device"
        </button>
        <p class="lab-note" role="status">{words}</p>
        <p class="lab-error" role="alert" hidden=move || failed.with(String::is_empty)>{failed}</p>
        <pre class="bench-json" hidden=move || json.with(String::is_empty)><code data-bench-result="">{json}</code></pre>
    }
}
