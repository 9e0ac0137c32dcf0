//! The same products on the GPU, where whole numbers lie four and eight to a word.

use super::words;
use crate::engine;
use engine_core::jobs::{
    packed::{Kept, PackedReport, TimePacked},
    quantize::Report,
};
use kit::t;
use leptos::{prelude::*, task::spawn_local};
use std::sync::Arc;

/// Rows of the input: so many tokens are read at once.
const TOKENS: usize = 128;
/// A product large enough for any GPU to have work for, beside those of the model.
const LARGE: [usize; 3] = [TOKENS, 512, 512];
/// So many shapes of the model are measured at most.
const MOST_SHAPES: usize = 3;
/// Milliseconds for one product.
const BUDGET_MS: f64 = 150.0;

/// The shapes of the model's layers, each once, and a large one.
fn shapes(report: &Report) -> Vec<[usize; 3]> {
    let mut shapes: Vec<[usize; 3]> = Vec::new();
    for layer in report.layers.iter().filter(|layer| layer.outputs.is_some()) {
        let [outputs, inputs] = layer.shape;
        let fits = inputs.is_multiple_of(TimePacked::GROUP) && inputs.max(outputs) <= TimePacked::LONGEST;
        if fits && shapes.len() < MOST_SHAPES && !shapes.contains(&[TOKENS, inputs, outputs]) {
            shapes.push([TOKENS, inputs, outputs]);
        }
    }
    shapes.push(LARGE);
    shapes
}

/// Draws the measure, or how to get a GPU.
#[component]
pub fn Gpu(
    /// What is known of the model so far.
    found: Signal<Arc<Report>>,
) -> impl IntoView {
    let report = RwSignal::new(PackedReport::default());
    let running = RwSignal::new(false);
    let trouble = RwSignal::new(None::<String>);
    let measure = move |_| {
        let job = TimePacked { shapes: found.with_untracked(|found| shapes(found)), seed: 1, budget_ms: BUDGET_MS };
        running.set(true);
        trouble.set(None);
        report.set(PackedReport::default());
        spawn_local(async move {
            let hear = move |update| drop(report.try_set(update));
            let ended = engine::run_with(&job, |_| {}, hear).await;
            running.try_set(false);
            match ended {
                Ok(done) => drop(report.try_set(done)),
                Err(error) => drop(trouble.try_set(Some(error.to_string()))),
            }
        });
    };
    let rows = move || {
        let report = report.get();
        let one = |chunk: &[engine_core::jobs::packed::PackedTiming]| {
            let [m, k, n] = chunk[0].shape;
            let float = chunk[0].ms;
            let cells = chunk.iter().map(|it| {
                let times = format!("{:.2}", float / it.ms);
                let words = if it.kept == Kept::Float {
                    t!("quantize.gpu_ms", ms = format!("{:.3}", it.ms), bytes = words::bytes(it.bytes))
                } else {
                    t!("quantize.gpu_ms_times", ms = format!("{:.3}", it.ms), times = times, bytes = words::bytes(it.bytes))
                };
                view! { <td data-kept=format!("{:?}", it.kept)>{words}</td> }
            });
            let cells: Vec<_> = cells.collect();
            view! { <tr><th scope="row">{format!("{m} × {k} · {k} × {n}")}</th>{cells}</tr> }
        };
        report.timings.chunks(Kept::ALL.len()).map(one).collect::<Vec<_>>()
    };
    let heads = [t!("quantize.gpu_product"), "f32", "int8", "int4"];
    let says = move || match (trouble.get(), running.get(), report.with(|report| report.timings.is_empty())) {
        (Some(why), ..) => why,
        (None, true, _) => t!("quantize.gpu_measuring").into(),
        (None, false, true) => t!("quantize.gpu_how").into(),
        (None, false, false) if report.with(|report| report.built_in) => t!("quantize.gpu_built_in").into(),
        (None, false, false) => t!("quantize.gpu_not_built_in").into(),
    };
    let there = move || report.with(|report| !report.timings.is_empty());
    view! {
        <p class="quantize-caption">{t!("quantize.gpu_caption")}</p>
        <p class="lab-note" role="status" data-output="gpu-says">{says}</p>
        <button type="button" data-action="measure-gpu" disabled=running on:click=measure>{t!("quantize.gpu_measure")}</button>
        <div class="table-scroll" tabindex="0" role="group" aria-label=t!("quantize.gpu_caption") hidden=move || !there()>
            <table class="quantize-table" data-output="gpu">
                <thead><tr>{heads.map(|head| view! { <th scope="col">{head}</th> }).into_iter().collect::<Vec<_>>()}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}
