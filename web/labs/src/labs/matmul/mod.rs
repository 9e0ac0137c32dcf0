//! Matrix products on this device: the learner predicts a ratio, then the kernels are timed.

mod words;

use kit::t;
use super::knobs;
use crate::{
    engine::{self, Wanted},
    widgets::{LabFrame, LabState, download, line_chart::LineChart, lines::Reference, outcome},
};
use engine_core::{
    job::JobError,
    jobs::matmul::{Kernel, MatmulReport, TimeMatmul},
};
use leptos::{prelude::*, task::spawn_local};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What a lesson can set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Knobs {
    /// Rows and columns of the product whose ratio is predicted.
    size: usize,
    /// The largest size that is measured.
    largest: usize,
}

impl Default for Knobs {
    fn default() -> Self {
        Self { size: 256, largest: 512 }
    }
}

/// Half of them powers of two, half of them not: the naive loops tell them apart.
const SIZES: [usize; 11] = [16, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768];

impl Knobs {
    /// What is measured, rising: the usual sizes, and the one that is predicted.
    fn sizes(&self) -> Vec<usize> {
        let mut sizes: Vec<usize> = SIZES.into_iter().filter(|size| *size <= self.largest).collect();
        if let Err(place) = sizes.binary_search(&self.size) {
            sizes.insert(place, self.size);
        }
        sizes
    }
}

/// Fixes the numbers in the matrices; their values do not change the time.
const SEED: u64 = 1;
/// One kernel at one size is measured for so long, and once at least.
const BUDGET_MS: f64 = 60.0;
/// A product that takes longer ends its kernel's curve.
const LIMIT_MS: f64 = 1000.0;
/// The largest ratio that can be predicted.
const MOST: u32 = 150;

/// Draws the lab.
#[component]
pub fn Lab(
    /// Where it starts.
    knobs: Knobs,
) -> impl IntoView {
    let size = knobs.size;
    let sizes = StoredValue::new(knobs.sizes());
    let guess = RwSignal::new(None::<u32>);
    // The guess that was standing when the newest run began.
    let predicted = RwSignal::new(None::<u32>);
    let (cpu, gpu) = (RwSignal::new(MatmulReport::default()), RwSignal::new(MatmulReport::default()));
    let state = RwSignal::new(LabState::Idle);
    let (says, says_gpu) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let device = RwSignal::new(String::new());
    let running = StoredValue::new_local(None::<engine::Handle>);
    let stop = move || {
        if let Some(handle) = running.try_get_value().flatten() {
            handle.cancel();
        }
    };
    on_cleanup(stop);
    let is_running = move || state.with(|state| *state == LabState::Running);

    let measure = async move |kernels: &[Kernel], report: RwSignal<MatmulReport>| {
        // The learner may have left while a GPU was looked for.
        let Some(sizes) = sizes.try_get_value() else { return false };
        let job = TimeMatmul { sizes, kernels: kernels.to_vec(), seed: SEED, budget_ms: BUDGET_MS, limit_ms: LIMIT_MS };
        report.try_set(MatmulReport::default());
        let outcome = engine::run_with(
            &job,
            move |handle| {
                running.try_set_value(Some(handle));
            },
            move |update| drop(report.try_set(update)),
        )
        .await;
        running.try_set_value(None);
        let (end, done) = match outcome {
            Ok(whole) => {
                report.try_set(whole);
                (LabState::Done, true)
            }
            Err(JobError::Cancelled) => (LabState::Idle, false),
            Err(error) => (LabState::Failed(error.to_string()), false),
        };
        state.try_set(end);
        done
    };

    let begin = move |_| {
        if is_running() {
            return stop();
        }
        if guess.get_untracked().is_none() {
            return says.set(t!("matmul.move_slider_first").into());
        }
        predicted.set(guess.get_untracked());
        gpu.set(MatmulReport::default());
        says_gpu.set(String::new());
        says.set(t!("matmul.measuring_on_device").into());
        state.set(LabState::Running);
        spawn_local(async move {
            let done = measure(&words::ON_CPU, cpu).await;
            device.try_set(engine::status().with_untracked(|status| status.device.clone().unwrap_or_default()));
            let ratio = cpu.try_with_untracked(|cpu| cpu.ratio(Kernel::Packed, size)).flatten();
            let said = match (done, ratio, predicted.try_get_untracked().flatten()) {
                (true, Some(ratio), Some(predicted)) => words::verdict(predicted, ratio, size),
                (true, ..) => t!("matmul.naive_loops_are", size = size),
                (false, ..) => t!("matmul.stopped_what_measured").into(),
            };
            says.try_set(said);
            if done {
                let guess = predicted.try_get_untracked().flatten();
                cpu.try_with_untracked(|cpu| outcome::report("matmul", true, &words::values(cpu, size, guess)));
            }
        });
    };

    let begin_gpu = move |_| {
        if is_running() {
            return;
        }
        state.set(LabState::Running);
        says_gpu.set(t!("matmul.asking_browser_for").into());
        spawn_local(async move {
            let wanted = engine::status().with_untracked(|status| status.wanted);
            let refusal = match engine::gpu_available().await {
                None => Some(
                    t!("matmul.browser_offers_no")
                        .to_owned(),
                ),
                Some(found) if found.software && wanted != Wanted::Gpu => Some(t!("matmul.only_adapter_here", adapter = found.name)),
                Some(_) => None,
            };
            if let Some(why) = refusal {
                says_gpu.try_set(why);
                state.try_set(LabState::Done);
                return;
            }
            says_gpu.try_set(t!("matmul.measuring_gpu_its").into());
            if wanted != Wanted::Gpu {
                engine::choose(Wanted::Gpu);
            }
            let done = measure(&[Kernel::Gpu], gpu).await;
            if wanted != Wanted::Gpu {
                // As it was found: the next run measures the CPU's own program.
                engine::choose(wanted);
            }
            let said = gpu.try_with_untracked(|gpu| words::gpu_words(gpu, &cpu.get_untracked())).flatten();
            says_gpu.try_set(said.filter(|_| done).unwrap_or_else(|| t!("matmul.gpu_not_measured").into()));
        });
    };

    let save = move |_| {
        let measured_ratio = cpu.with_untracked(|cpu| cpu.ratio(Kernel::Packed, size));
        let json = cpu.with_untracked(|cpu| {
            gpu.with_untracked(|gpu| {
                device.with_untracked(|device| {
                    let predicted_ratio = predicted.get_untracked();
                    let export =
                        words::Export { build: engine::BUILD, device, size, predicted_ratio, measured_ratio, cpu, gpu };
                    serde_json::to_string(&export).expect("a report is plain data")
                })
            })
        });
        download::save_text("matmul.json", "application/json", &json);
    };

    let measured = Memo::new(move |_| cpu.with(|cpu| !cpu.timings.is_empty()));
    let progress = move || {
        let count = |report: RwSignal<MatmulReport>| report.with(|report| report.timings.len() + report.left_out.len());
        count(cpu) + count(gpu)
    };
    let slider_value = move || guess.get().unwrap_or(1);
    let guessed = move || guess.get().map_or(t!("matmul.not_chosen_yet").to_owned(), |times| t!("matmul.times_as_fast", times = times));
    let charts = Signal::derive(move || cpu.with(|cpu| Arc::new(words::curves(cpu, words::ceiling(cpu)))));
    let gpu_chart = Signal::derive(move || {
        let best = cpu.with(|cpu| words::best(cpu).map(|best| best.gflops));
        let line = |y: f64| Reference { label: t!("matmul.best_cpu_kernel", y = format!("{:.1}", y)), y };
        gpu.with(|gpu| Arc::new(words::curves(gpu, best.map(line).into_iter().collect())))
    });
    let rows = move || {
        cpu.with(|cpu| {
            let at_size = cpu.timings.iter().filter(|timing| timing.size == size);
            let cells = |timing| {
                let [name, rest @ ..] = words::row(cpu, timing);
                let rest = rest.map(|text| view! { <td>{text}</td> });
                view! { <tr><th scope="row">{name}</th>{rest}</tr> }
            };
            at_size.map(cells).collect::<Vec<_>>()
        })
    };
    let heads = [t!("matmul.kernel"), "ms", "GFLOP/s", t!("matmul.ceiling"), t!("matmul.vs_naive")].map(|name| view! { <th scope="col">{name}</th> });
    let label = t!("matmul.predict_first_how", size = size);
    let note = t!("matmul.then_kernels_take", sizes = words::range(&sizes.get_value()));
    let largest = knobs.largest;
    let share = Signal::derive(move || {
        let first = Knobs::default();
        knobs::differing(&[
            ("size", size.to_string(), first.size.to_string()),
            ("largest", largest.to_string(), first.largest.to_string()),
        ])
    });
    view! {
        <LabFrame name="matmul" title=t!("matmul.how_fast_does") state=state share>
            <label class="matmul-guess">
                <span>{label}</span>
                <output>{guessed}</output>
                <input
                    type="range" data-field="guess" min="1" max=MOST step="1"
                    aria-valuetext=guessed
                    prop:value=slider_value
                    on:input=move |event| guess.set(event_target_value(&event).parse().ok())
                />
            </label>
            <p class="lab-note">{note}</p>
            <div class="matmul-actions">
                <button type="button" class="primary" data-action="measure" on:click=begin>
                    {move || if is_running() { t!("matmul.stop") } else if measured.get() { t!("matmul.measure_again") } else { t!("matmul.measure") }}
                </button>
                // Not `disabled` while it measures: that would drop the keyboard's focus.
                <button type="button" data-action="measure-gpu" hidden=move || !measured.get() aria-disabled=move || is_running().to_string() on:click=begin_gpu>
                    {t!("matmul.measure_gpu_too")}
                </button>
                <button type="button" data-action="save" hidden=move || !measured.get() on:click=save>{t!("matmul.download_results_json")}</button>
            </div>
            <progress
                class="matmul-progress" aria-label=t!("matmul.measured_so_far") hidden=move || !is_running()
                max=words::ON_CPU.len() * sizes.get_value().len() prop:value=move || progress() as f64
            ></progress>
            <p class="matmul-verdict" role="status" data-output="verdict">{says}</p>
            <div hidden=move || !measured.get()>
                <LineChart title=t!("matmul.pace_one_core") data=charts summary=Signal::derive(move || cpu.with(words::summary))/>
                <p class="lab-note" data-output="left-out">{move || cpu.with(words::left_out)}</p>
                <p class="matmul-caption">{t!("matmul.at", size = size)}</p>
                <div class="table-scroll" tabindex="0" role="group" aria-label=t!("matmul.every_kernel_at", size = size)>
                    <table data-output="kernels"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>
                </div>
                <p class="lab-note" data-output="machine">{move || cpu.with(|cpu| words::machine(cpu, &device.get()))}</p>
            </div>
            <p class="lab-note" role="status" data-output="gpu">{says_gpu}</p>
            <div hidden=move || gpu.with(|gpu| gpu.timings.is_empty())>
                <LineChart title=t!("matmul.pace_gpu_against") data=gpu_chart summary=Signal::derive(move || gpu.with(words::summary))/>
                <p class="lab-note">{move || gpu.with(words::left_out)}</p>
            </div>
        </LabFrame>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_predicted_size_is_always_measured() {
        assert_eq!(Knobs::default().sizes(), [16, 32, 48, 64, 96, 128, 192, 256, 384, 512]);
        assert_eq!(Knobs { size: 100, largest: 64 }.sizes(), [16, 32, 48, 64, 100]);
    }
}
