//! How the models are trained.

use super::Knobs;
use crate::decimal;
use kit::t;
use leptos::prelude::*;

type Read = fn(&Knobs) -> f64;
type Write = fn(&mut Knobs, f64);

/// Draws the settings of a run.
#[component]
pub fn Settings(
    /// The lab's settings.
    knobs: RwSignal<Knobs>,
    /// Whether a run is under way.
    busy: Signal<bool>,
) -> impl IntoView {
    let field = move |name: &'static str, label: &'static str, (low, high): (f64, f64), get: Read, put: Write| {
        let set = move |event| {
            if let Some(value) = decimal::parse(&event_target_value(&event)) {
                knobs.update(|knobs| put(knobs, value.clamp(low, high)));
            }
        };
        // The tail of single precision is cut.
        let now = move || (knobs.with(get) as f32).to_string();
        view! {
            <label class="families-field">
                <span>{label}</span>
                <input type="number" data-field=name min=low max=high step="any" disabled=busy prop:value=now on:change=set/>
            </label>
        }
    };
    view! {
        <details>
            <summary>{t!("families.settings")}</summary>
            <div class="families-settings">
                {field("layers", t!("families.layers"), (1.0, 3.0), |k| k.layers as f64, |k, v| k.layers = v as usize)}
                {field("steps", t!("families.steps"), (20.0, 5e3), |k| f64::from(k.steps), |k, v| k.steps = v as u32)}
                {field("rate", t!("families.rate"), (1e-5, 0.1), |k| f64::from(k.rate), |k, v| k.rate = v as f32)}
                {field("seed", t!("families.seed"), (0.0, 1e6), |k| k.seed as f64, |k, v| k.seed = v as u64)}
            </div>
        </details>
    }
}
