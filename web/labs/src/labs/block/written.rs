//! The score of one token, divided among everything that was written into the stream.

use super::Seen;
use crate::widgets::signed_bars::{SignedBar, SignedBars, plain};
use engine_core::{
    dissect::{pass::Part, shares::Writer},
    jobs::dissect::{Dissection, Wrote},
};
use kit::t;
use leptos::prelude::*;

/// What a part is called.
pub fn name(writer: Writer) -> String {
    match writer {
        Writer::Token => t!("block.of_token").into(),
        Writer::Place => t!("block.of_place").into(),
        Writer::AttentionBias(layer) => t!("block.of_bias", layer = layer + 1),
        Writer::Part(Part::Head { layer, head }) => t!("block.of_head", layer = layer + 1, head = head + 1),
        Writer::Part(Part::Mlp { layer } | Part::Layer { layer }) => t!("block.of_mlp", layer = layer + 1),
        Writer::Part(Part::Position { position }) => t!("block.of_position", position = position + 1),
    }
}

/// For tests, outcomes and exercises.
pub fn key(writer: Writer) -> String {
    match writer {
        Writer::Token => "token".into(),
        Writer::Place => "place".into(),
        Writer::AttentionBias(layer) => format!("bias-{}", layer + 1),
        Writer::Part(Part::Head { layer, head }) => format!("head-{}-{}", layer + 1, head + 1),
        Writer::Part(Part::Mlp { layer } | Part::Layer { layer }) => format!("mlp-{}", layer + 1),
        Writer::Part(Part::Position { position }) => format!("position-{}", position + 1),
    }
}

/// Draws the shares: of the likeliest token, or of the one that really follows.
#[component]
pub fn Written(
    /// What was found.
    seen: Seen,
) -> impl IntoView {
    let truth = RwSignal::new(false);
    let by_size = RwSignal::new(false);
    // At the end of the text nothing follows.
    let of_truth = move || truth.get() && seen.with(|seen| seen.as_ref().is_some_and(|seen| seen.truth.is_some()));
    let bars = Signal::derive(move || {
        let (of_truth, by_size) = (of_truth(), by_size.get());
        seen.with(|seen| seen.as_ref().map_or(Vec::new(), |seen| bars(seen, of_truth, by_size)))
    });
    let words = move || {
        let of_truth = of_truth();
        seen.with(|seen| seen.as_ref().map_or(String::new(), |seen| sum(seen, of_truth)))
    };
    let label = Signal::derive(move || t!("block.shares_label").to_owned());
    let turn = |which: RwSignal<bool>, to: bool, key: &'static str, label: &'static str| {
        view! {
            <button type="button" data-show=key aria-pressed=move || (which.get() == to).to_string() on:click=move |_| which.set(to)>{label}</button>
        }
    };
    view! {
        <p class="lab-note">{t!("block.shares_how")}</p>
        <div class="block-choices" role="group" aria-label=t!("block.shares_of")>
            {turn(truth, false, "of-top", t!("block.shares_top"))}
            {turn(truth, true, "of-truth", t!("block.shares_truth"))}
            {turn(by_size, false, "in-order", t!("block.in_order"))}
            {turn(by_size, true, "by-size", t!("block.by_size"))}
        </div>
        <p class="lens-words" role="status" data-output="shares">{words}</p>
        <SignedBars label bars/>
    }
}

fn share(wrote: &Wrote, of_truth: bool) -> f64 {
    f64::from(if of_truth { wrote.to_truth.unwrap_or_default() } else { wrote.to_top })
}

fn bars(seen: &Dissection, of_truth: bool, by_size: bool) -> Vec<SignedBar> {
    let bar = |wrote: &Wrote| SignedBar {
        key: key(wrote.writer),
        label: name(wrote.writer),
        value: share(wrote, of_truth),
        says: None,
    };
    let mut bars: Vec<SignedBar> = seen.written.iter().map(bar).collect();
    if by_size {
        bars.sort_by(|a, b| b.value.abs().total_cmp(&a.value.abs()));
    }
    bars
}

fn sum(seen: &Dissection, of_truth: bool) -> String {
    let Some(scored) = (if of_truth { seen.truth.as_ref() } else { Some(&seen.top) }) else { return String::new() };
    let parts: f64 = seen.written.iter().map(|wrote| share(wrote, of_truth)).sum();
    t!(
        "block.shares_sum",
        token = scored.token,
        parts = plain(parts, 3),
        constant = plain(f64::from(scored.constant), 3),
        logit = plain(f64::from(scored.logit), 3)
    )
}
