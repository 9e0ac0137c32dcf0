//! How the models are trained.

use super::Knobs;
use crate::widgets::settings::Fields;
use kit::t;
use leptos::prelude::*;

/// Draws the settings of a run.
#[component]
pub fn Settings(
    /// The lab's settings.
    knobs: RwSignal<Knobs>,
    /// Whether a run is under way.
    busy: Signal<bool>,
) -> impl IntoView {
    let fields = Fields { knobs, busy, class: "families-field" };
    view! {
        <details>
            <summary>{t!("families.settings")}</summary>
            <div class="families-settings">
                {fields.number("layers", t!("families.layers"), (1.0, 3.0, 0.0), |k| k.layers as f64, |k, v| k.layers = v as usize)}
                {fields.number("steps", t!("families.steps"), (20.0, 5e3, 0.0), |k| f64::from(k.steps), |k, v| k.steps = v as u32)}
                {fields.number("rate", t!("families.rate"), (1e-5, 0.1, 0.0), |k| f64::from(k.rate), |k, v| k.rate = v as f32)}
                {fields.number("seed", t!("families.seed"), (0.0, 1e6, 0.0), |k| k.seed as f64, |k, v| k.seed = v as u64)}
            </div>
        </details>
    }
}
