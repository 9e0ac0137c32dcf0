//! What it cost and what it saved: loss, bytes, speed and what both models write.

use super::words;
use crate::widgets::signed_bars::plain;
use engine_core::jobs::quantize::Report;
use kit::t;
use leptos::prelude::*;
use std::sync::Arc;

/// Stands where nothing is known yet.
const NOT_YET: &str = "…";

/// Draws what is known of the whole model.
#[component]
pub fn Results(
    /// What is known so far.
    found: Signal<Arc<Report>>,
) -> impl IntoView {
    let losses = Memo::new(move |_| found.with(|found| found.losses));
    let bytes = Memo::new(move |_| found.with(|found| found.bytes));
    let fact = |name: &'static str, label: &'static str, value: Signal<String>| {
        view! { <div><dt>{label}</dt><dd data-fact=name>{value}</dd></div> }
    };
    let loss = move |of: fn(&engine_core::jobs::quantize::Losses) -> String| {
        Signal::derive(move || losses.get().map_or(NOT_YET.to_owned(), |losses| of(&losses)))
    };
    let size = move |of: fn(&engine_core::quantize::scheme::ModelBytes) -> usize| {
        Signal::derive(move || bytes.get().map_or(NOT_YET.to_owned(), |bytes| words::bytes(of(&bytes))))
    };
    let ratio = Signal::derive(move || {
        bytes.get().map_or(NOT_YET.to_owned(), |bytes| t!("quantize.times", times = format!("{:.2}", bytes.ratio())))
    });
    let measured_on = move || losses.get().map(|losses| t!("quantize.measured_on", tokens = losses.tokens));
    let writes = move |at: usize| {
        move || found.with(|found| found.written.as_ref().map_or(NOT_YET.to_owned(), |written| written[at].clone()))
    };
    let unknown = move || found.with(|found| found.unknown.clone());
    view! {
        <p class="quantize-caption">{t!("quantize.cost_caption")}</p>
        <dl class="quantize-facts" data-output="loss">
            {fact("loss-before", t!("quantize.loss_before"), loss(|losses| plain(losses.before, 4)))}
            {fact("loss-after", t!("quantize.loss_after"), loss(|losses| plain(losses.after, 4)))}
            {fact("cost", t!("quantize.loss_cost"), loss(words::cost_words))}
        </dl>
        <p class="lab-note">{measured_on}</p>
        <p class="quantize-caption">{t!("quantize.bytes_caption")}</p>
        <dl class="quantize-facts" data-output="bytes">
            {fact("before", t!("quantize.bytes_before"), size(|bytes| bytes.before))}
            {fact("codes", t!("quantize.bytes_codes"), size(|bytes| bytes.quantized.codes))}
            {fact("scales", t!("quantize.bytes_scales"), size(|bytes| bytes.quantized.scales))}
            {fact("zeros", t!("quantize.bytes_zeros"), size(|bytes| bytes.quantized.zeros))}
            {fact("kept", t!("quantize.bytes_kept"), size(|bytes| bytes.kept))}
            {fact("after", t!("quantize.bytes_after"), size(|bytes| bytes.after()))}
            {fact("ratio", t!("quantize.ratio"), ratio)}
        </dl>
        <p class="quantize-caption">{t!("quantize.speed_caption")}</p>
        <Speeds found/>
        <p class="quantize-caption">{t!("quantize.written_caption")}</p>
        <div class="quantize-written" data-output="written">
            <figure><figcaption>{t!("quantize.before")}</figcaption><blockquote data-written="before">{writes(0)}</blockquote></figure>
            <figure><figcaption>{t!("quantize.after")}</figcaption><blockquote data-written="after">{writes(1)}</blockquote></figure>
        </div>
        <Show when=move || !unknown().is_empty()>
            <p class="lab-note">{move || t!("quantize.unknown", characters = unknown())}</p>
        </Show>
    }
}

/// Draws how fast both are.
#[component]
fn Speeds(
    /// What is known so far.
    found: Signal<Arc<Report>>,
) -> impl IntoView {
    let speed = Memo::new(move |_| found.with(|found| found.speed.clone()));
    let row = move |name: &'static str,
                    label: Signal<String>,
                    of: fn(&engine_core::jobs::quantize::Speed) -> [f64; 2]| {
        let rate = move |at: usize| {
            move || speed.with(|speed| speed.as_ref().map_or(NOT_YET.to_owned(), |speed| words::rate(of(speed)[at])))
        };
        let times = move || {
            speed.with(|speed| {
                let [before, after] = speed.as_ref().map(of)?;
                Some(t!("quantize.times", times = format!("{:.2}", after / before)))
            })
        };
        view! {
            <tr data-speed=name>
                <th scope="row">{label}</th>
                <td>{rate(0)}</td>
                <td>{rate(1)}</td>
                <td>{move || times().unwrap_or_else(|| NOT_YET.to_owned())}</td>
            </tr>
        }
    };
    let window = move || speed.with(|speed| speed.as_ref().map_or(0, |speed| speed.window));
    let reading = Signal::derive(move || t!("quantize.speed_reading", tokens = window()));
    let writing = Signal::derive(|| t!("quantize.speed_writing").to_owned());
    let heads = [t!("quantize.speed_work"), t!("quantize.before"), t!("quantize.after"), t!("quantize.speed_times")];
    let rounds = move || {
        speed.with(|speed| {
            speed.as_ref().map(|speed| t!("quantize.speed_rounds", rounds = speed.rounds, variant = speed.variant))
        })
    };
    view! {
        <div class="table-scroll" tabindex="0" role="group" aria-label=t!("quantize.speed_caption")>
            <table class="quantize-table" data-output="speed">
                <thead><tr>{heads.map(|head| view! { <th scope="col">{head}</th> }).into_iter().collect::<Vec<_>>()}</tr></thead>
                <tbody>
                    {row("reading", reading, |speed| speed.reading)}
                    {row("writing", writing, |speed| speed.writing)}
                </tbody>
            </table>
        </div>
        <p class="lab-note" data-output="rounds">{rounds}</p>
    }
}
