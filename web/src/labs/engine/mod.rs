//! The engine room: which device computes, whether it computes right, how fast, and what happens when it breaks.

mod drills;

use crate::{
    engine, store,
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
            <Facts/>
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
fn Facts() -> impl IntoView {
    let status = engine::status();
    let adapter = RwSignal::new("asking the browser …".to_owned());
    let usage = RwSignal::new(None::<store::Usage>);
    let persistent = store::persistent();
    spawn_local(async move {
        adapter.try_set(match engine::gpu_available().await {
            None => "none: this browser offers no WebGPU adapter, so the CPU computes".to_owned(),
            Some(found) if found.software => format!("{} (emulated in software: the CPU is faster)", found.name),
            Some(found) => found.name,
        });
        let now = store::usage().await;
        usage.try_set(now);
    });
    let device = move || status.with(|status| status.device.clone().unwrap_or_else(|| "starting …".into()));
    let kept = move || match (persistent.get(), usage.get()) {
        (false, _) => "only in this page's memory: the browser denies storage".to_owned(),
        (true, Some(usage)) => format!("in this browser, {:.1} MB used", usage.used / 1e6),
        (true, None) => "in this browser".to_owned(),
    };
    let offline = document().document_element().and_then(|root| root.get_attribute("data-offline"));
    let offline = match offline.as_deref() {
        Some("ready") => "works without a connection",
        Some(_) => "needs the connection: this browser keeps no offline copy",
        None => "being prepared",
    };
    view! {
        <dl class="facts">
            <dt>"Computes on"</dt><dd data-output="device">{device}</dd>
            <dt>"WebGPU adapter"</dt><dd data-output="adapter">{adapter}</dd>
            <dt>"Engine starts so far"</dt><dd data-output="generation">{move || status.with(|status| status.generation)}</dd>
            <dt>"Models and scores"</dt><dd data-output="storage">{kept}</dd>
            <dt>"Offline"</dt><dd data-output="offline">{offline}</dd>
            <dt>"Build"</dt><dd><code data-output="build">{engine::BUILD}</code></dd>
        </dl>
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
