//! What a pruned model takes, how fast it is, where its zeros are, and what it writes.

use crate::widgets::{lines::number, table::percent};
use engine_core::jobs::prune::{Rates, Report};
use kit::{axis::grouped, t};
use leptos::prelude::*;
use std::sync::Arc;

/// Four forms of the model: what each takes and how fast it is.
#[component]
pub fn Sizes(
    /// What is known.
    report: RwSignal<Arc<Report>>,
) -> impl IntoView {
    let row = move |key: &'static str, name: &'static str, bytes: fn(&Report) -> Option<usize>, rate: fn(&Rates) -> Option<f64>| {
        let size = move || {
            let bytes = report.with(|report| bytes(report));
            bytes.map_or("–".to_owned(), |bytes| grouped(&bytes.to_string()))
        };
        let ratio = move || {
            let both = report.with(|report| bytes(report).zip(report.taken.map(|taken| taken.before)));
            both.map_or("–".to_owned(), |(bytes, before)| format!("{:.2}×", before as f64 / bytes as f64))
        };
        let speed = move |one: bool| {
            let rates = report.with(|report| {
                let speed = report.speed.as_ref()?;
                let rates = if one { &speed.one } else { &speed.reading };
                Some((rate(rates)?, rates.whole))
            });
            rates.map_or("–".to_owned(), |(rate, whole)| format!("{} ({:.2}×)", grouped(&format!("{rate:.0}")), rate / whole))
        };
        view! {
            <tr data-form=key>
                <th scope="row">{name}</th>
                <td data-cell="bytes">{size}</td>
                <td data-cell="ratio">{ratio}</td>
                <td data-cell="reading">{move || speed(false)}</td>
                <td data-cell="one">{move || speed(true)}</td>
            </tr>
        }
    };
    let measured = move || {
        report.with(|report| {
            let speed = report.speed.as_ref()?;
            Some(t!("prune.measured", rounds = speed.rounds, variant = speed.variant, window = speed.window))
        })
    };
    let layers = move || {
        report.with(|report| {
            let layer = |(name, share): &(String, f64)| view! { <tr><th scope="row">{name.clone()}</th><td>{percent(*share)}</td></tr> };
            report.layers.iter().map(layer).collect::<Vec<_>>()
        })
    };
    let widths = move || {
        report.with(|report| {
            let block = |(place, (heads, neurons)): (usize, &(usize, usize))| {
                view! { <tr><th scope="row">{place + 1}</th><td>{*heads}</td><td>{*neurons}</td></tr> }
            };
            report.widths.iter().enumerate().map(block).collect::<Vec<_>>()
        })
    };
    let there = Memo::new(move |_| report.with(|report| report.taken.is_some()));
    view! {
        <Show when=move || there.get()>
            <p class="lab-caption">{t!("prune.sizes")}</p>
            <div class="table-scroll" tabindex="0" role="group" aria-label=t!("prune.sizes")>
                <table class="lab-numbers" data-output="forms">
                    <thead><tr>
                        <th scope="col">{t!("prune.form")}</th>
                        <th scope="col">{t!("prune.bytes")}</th>
                        <th scope="col">{t!("prune.ratio")}</th>
                        <th scope="col">{t!("prune.reading")}</th>
                        <th scope="col">{t!("prune.one")}</th>
                    </tr></thead>
                    <tbody>
                        {row("whole", t!("prune.form_whole"), |r| r.taken.map(|t| t.before), |r| Some(r.whole))}
                        {row("dense", t!("prune.form_dense"), |r| r.taken.map(|t| t.after.dense), |r| Some(r.zeros))}
                        {row("bitmap", t!("prune.form_bitmap"), |r| r.taken.map(|t| t.after.bitmap), |_| None)}
                        {row("indexed", t!("prune.form_indexed"), |r| r.taken.map(|t| t.after.indexed), |r| Some(r.sparse))}
                        {row("smaller", t!("prune.form_smaller"), |r| r.taken.map(|t| t.smaller), |r| Some(r.smaller))}
                    </tbody>
                </table>
            </div>
            <p class="lab-note">{measured}</p>
            <details>
                <summary>{t!("prune.where")}</summary>
                <div class="prune-columns">
                    <div class="table-scroll" tabindex="0" role="group" aria-label=t!("prune.zeros_of")>
                        <table class="lab-numbers">
                            <thead><tr><th scope="col">{t!("prune.matrix")}</th><th scope="col">{t!("prune.zeros")}</th></tr></thead>
                            <tbody>{layers}</tbody>
                        </table>
                    </div>
                    <div class="table-scroll" tabindex="0" role="group" aria-label=t!("prune.left_of")>
                        <table class="lab-numbers">
                            <thead><tr>
                                <th scope="col">{t!("prune.block")}</th>
                                <th scope="col">{t!("prune.heads_left")}</th>
                                <th scope="col">{t!("prune.neurons_left")}</th>
                            </tr></thead>
                            <tbody>{widths}</tbody>
                        </table>
                    </div>
                </div>
            </details>
        </Show>
    }
}

/// What the model writes, whole, cut, and trained again: with the same random numbers.
#[component]
pub fn Written(
    /// What is known.
    report: RwSignal<Arc<Report>>,
) -> impl IntoView {
    let text = move |(place, written): (usize, &String)| {
        let name = [t!("prune.whole"), t!("prune.wrote_cut"), t!("prune.wrote_trained")][place.min(2)];
        // Each text's loss stands beside it, as far as it is known.
        let loss = report.with(|report| match place {
            0 => report.whole(),
            1 => report.rounds_cut.last().filter(|_| report.rounds_cut.len() == 1).map(|point| point.loss),
            _ => report.rounds_trained.last().map(|point| point.loss),
        });
        let label = loss.map_or(name.to_owned(), |loss| format!("{name} ({})", number(loss)));
        view! { <dt>{label}</dt><dd data-wrote=place>{written.clone()}</dd> }
    };
    let all = move || report.with(|report| report.written.iter().enumerate().map(text).collect::<Vec<_>>());
    view! {
        <p class="lab-caption">{t!("prune.written")}</p>
        <dl class="lab-written">{all}</dl>
    }
}
