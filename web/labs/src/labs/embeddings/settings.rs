//! The settings of a run: how, how many words, how wide, how long.

use super::Knobs;
use crate::widgets::settings::Fields;
use engine_core::jobs::embeddings::Method;
use kit::t;
use leptos::prelude::*;

/// Draws the settings.
#[component]
pub fn Settings(
    /// The lab's settings.
    knobs: RwSignal<Knobs>,
    /// Whether a run is under way.
    busy: Signal<bool>,
) -> impl IntoView {
    let fields = Fields { knobs, busy, class: "embeddings-field" };
    let method = move |name: &'static str, label: &'static str, method: Method| {
        view! {
            <label>
                <input
                    type="radio" name="embeddings-method" value=name disabled=busy
                    prop:checked=move || knobs.with(|knobs| knobs.method == method)
                    on:change=move |_| knobs.update(|knobs| knobs.method = method)
                />
                " " {label}
            </label>
        }
    };
    view! {
        <div class="embeddings-methods" role="group" aria-label=t!("embeddings.method")>
            {method("skip-gram", t!("embeddings.skip_gram"), Method::SkipGram)}
            {method("glove", t!("embeddings.glove"), Method::Glove)}
        </div>
        <div class="embeddings-settings">
            {fields.number("dim", t!("embeddings.dim"), (2.0, 128.0, 1.0), |k| k.dim as f64, |k, v| k.dim = v as usize)}
            {fields.number("window", t!("embeddings.window"), (1.0, 10.0, 1.0), |k| k.window as f64, |k, v| k.window = v as usize)}
            {fields.number("steps", t!("embeddings.steps"), (1e3, 2e7, 1e3), |k| k.steps as f64, |k, v| k.steps = v as u64)}
        </div>
        <details>
            <summary>{t!("embeddings.more_settings")}</summary>
            <div class="embeddings-settings">
                {fields.number("negatives", t!("embeddings.negatives"), (1.0, 20.0, 1.0), |k| k.negatives as f64, |k, v| k.negatives = v as usize)}
                {fields.number("rate", t!("embeddings.rate"), (1e-4, 1.0, 1e-2), |k| f64::from(k.rate), |k, v| k.rate = v as f32)}
                {fields.number("vocabulary", t!("embeddings.vocabulary"), (2.0, 5e3, 1.0), |k| k.vocabulary as f64, |k, v| k.vocabulary = v as usize)}
                {fields.number("min_count", t!("embeddings.min_count"), (1.0, 1e3, 1.0), |k| f64::from(k.min_count), |k, v| k.min_count = v as u32)}
                {fields.number("seed", t!("embeddings.seed"), (0.0, 1e9, 1.0), |k| k.seed as f64, |k, v| k.seed = v as u64)}
            </div>
            <label class="embeddings-check">
                <input
                    type="checkbox" data-field="thin" disabled=busy prop:checked=move || knobs.with(|knobs| knobs.thin)
                    on:change:target=move |e| knobs.update(|knobs| knobs.thin = e.target().checked())
                />
                " " {t!("embeddings.thin")}
            </label>
        </details>
    }
}
