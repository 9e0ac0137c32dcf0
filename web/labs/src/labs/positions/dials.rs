//! RoPE's turning pairs: a dial for each pair of numbers, with the hands of a query and of a key.

use super::{Knobs, drawn::rope_scores};
use crate::widgets::line_chart::LineChart;
use engine_core::positions::{encodings, model::D_HEAD, training::FARTHER};
use kit::t;
use leptos::prelude::*;
use std::sync::Arc;

/// Draws the dials, the two positions, and the score against the distance.
#[component]
pub fn Dials(
    /// The lab's settings.
    knobs: RwSignal<Knobs>,
) -> impl IntoView {
    let last = Memo::new(move |_| knobs.with(|knobs| FARTHER * knobs.tokens - 1));
    let slider = move |field: &'static str, label: &'static str, get: fn(&Knobs) -> usize, put: fn(&mut Knobs, usize)| {
        let set = move |event| {
            if let Ok(value) = event_target_value(&event).parse::<usize>() {
                knobs.update(|knobs| put(knobs, value));
            }
        };
        let now = move || knobs.with(get).min(last.get());
        view! {
            <label class="positions-slider">
                <span>{label} ": " <output>{now}</output></span>
                <input type="range" data-field=field min="0" max=move || last.get() step="1" prop:value=now on:input=set/>
            </label>
        }
    };
    let places = Memo::new(move |_| knobs.with(|knobs| (knobs.query.min(last.get()), knobs.key.min(last.get()), knobs.base)));
    let dial = move |pair: usize| {
        let turn = Memo::new(move |_| encodings::turn(pair, D_HEAD, places.get().2));
        let angle = move |of_query: bool| {
            let (query, key, _) = places.get();
            turn.get() * if of_query { query } else { key } as f64
        };
        // As on a clock face in a textbook: counter-clockwise, and up is positive.
        let across = move |of_query| format!("{:.4}", angle(of_query).cos());
        let up = move |of_query| format!("{:.4}", -angle(of_query).sin());
        let between = move || degrees(angle(true) - angle(false));
        let words = move || t!("positions.dial", pair = pair + 1, turn = degrees(turn.get()), between = between());
        view! {
            <figure class="positions-dial">
                <svg viewBox="-1.15 -1.15 2.3 2.3" role="img" aria-label=words>
                    <circle class="positions-face" r="1"></circle>
                    <line class="positions-key" x1="0" y1="0" x2=move || across(false) y2=move || up(false)></line>
                    <line class="positions-query" x1="0" y1="0" x2=move || across(true) y2=move || up(true)></line>
                </svg>
                <figcaption aria-hidden="true">{words}</figcaption>
            </figure>
        }
    };
    let scores = Signal::derive(move || Arc::new(rope_scores(FARTHER * knobs.with(|k| k.tokens), knobs.with(|k| k.base))));
    view! {
        <div class="positions-sliders">
            {slider("query", t!("positions.query_at"), |k| k.query, |k, v| k.query = v)}
            {slider("key", t!("positions.key_at"), |k| k.key, |k, v| k.key = v)}
        </div>
        <div class="positions-dials">{(0..D_HEAD / 2).map(dial).collect::<Vec<_>>()}</div>
        <p class="lab-note">
            <span class="positions-swatch positions-is-query"></span> {t!("positions.query_hand")} " "
            <span class="positions-swatch positions-is-key"></span> {t!("positions.key_hand")}
        </p>
        <LineChart title=t!("positions.scores_title") data=scores/>
    }
}

/// An angle in degrees, between −180 and 180.
fn degrees(angle: f64) -> String {
    let turned = (angle.to_degrees() + 180.0).rem_euclid(360.0) - 180.0;
    let places = usize::from(turned.abs() < 10.0);
    format!("{turned:.places$}°").replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn angles_go_once_around() {
        assert_eq!([degrees(1.0), degrees(-1.0), degrees(7.0), degrees(0.001)], ["57°", "−57°", "41°", "0.1°"]);
    }
}
