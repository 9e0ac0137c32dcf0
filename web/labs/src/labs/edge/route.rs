//! Here or on a server: the device's own speed as it was measured, set against what the learner says of the other one.

use super::{Knobs, words};
use crate::widgets::settings::Fields;
use engine_core::{
    edge::{
        latency::latency,
        route::{Question, break_even, route},
    },
    jobs::edge::EdgeReport,
};
use kit::t;
use leptos::prelude::*;

/// Draws the settings and the choice that follows.
#[component]
pub fn Choice(
    /// The lab's settings.
    fields: Fields<Knobs>,
    /// The newest run.
    report: RwSignal<Option<EdgeReport>>,
) -> impl IntoView {
    let knobs = fields.knobs;
    let (offline, private) = (RwSignal::new(false), RwSignal::new(false));
    let says = move || {
        let measured = report.with(|report| report.as_ref().and_then(|report| latency(&report.token_ms)));
        let Some(measured) = measured else { return t!("edge.route_first").to_owned() };
        let question = knobs.with(|knobs| Question {
            tokens: knobs.answer,
            device_ms: measured.median,
            server_ms: knobs.server,
            round_trip_ms: knobs.trip,
            online: !offline.get(),
            private: private.get(),
        });
        words::route(question, route(question), break_even(question))
    };
    let tick = move |name: &'static str, words: &'static str, on: RwSignal<bool>| {
        view! {
            <label class="edge-tick">
                <input type="checkbox" data-field=name prop:checked=on on:change:target=move |e| on.set(e.target().checked())/>
                <span>{words}</span>
            </label>
        }
    };
    view! {
        <div class="lab-settings">
            {fields.number("answer", t!("edge.answer_tokens"), (1.0, 1e5, 0.0), |k| k.answer, |k, v| k.answer = v)}
            {fields.number("server", t!("edge.server_ms"), (0.001, 1e4, 0.0), |k| k.server, |k, v| k.server = v)}
            {fields.number("trip", t!("edge.round_trip"), (0.0, 1e5, 0.0), |k| k.trip, |k, v| k.trip = v)}
        </div>
        <div class="edge-ticks">
            {tick("offline", t!("edge.offline"), offline)}
            {tick("private", t!("edge.private"), private)}
        </div>
        <p class="edge-fits" role="status" data-output="route">{says}</p>
    }
}
