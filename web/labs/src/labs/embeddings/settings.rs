//! The settings of a run: how, how many words, how wide, how long.

use super::Knobs;
use crate::decimal;
use engine_core::jobs::embeddings::Method;
use kit::t;
use leptos::prelude::*;

type Get = fn(&Knobs) -> f64;
type Put = fn(&mut Knobs, f64);

/// Draws the settings.
#[component]
pub fn Settings(
    /// The lab's settings.
    knobs: RwSignal<Knobs>,
    /// Whether a run is under way.
    busy: Signal<bool>,
) -> impl IntoView {
    let field = move |name: &'static str, label: &'static str, (low, high, step): (f64, f64, f64), get: Get, put: Put| {
        let set = move |event| {
            if let Some(value) = decimal::parse(&event_target_value(&event)) {
                knobs.update(|knobs| put(knobs, value.clamp(low, high)));
            }
        };
        view! {
            <label class="embeddings-field">
                <span>{label}</span>
                <input
                    type="number" data-field=name min=low max=high step=step disabled=busy
                    prop:value=move || knobs.with(|knobs| shown(get(knobs))) on:change=set
                />
            </label>
        }
    };
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
            {field("dim", t!("embeddings.dim"), (2.0, 128.0, 1.0), |k| k.dim as f64, |k, v| k.dim = v as usize)}
            {field("window", t!("embeddings.window"), (1.0, 10.0, 1.0), |k| k.window as f64, |k, v| k.window = v as usize)}
            {field("steps", t!("embeddings.steps"), (1e3, 2e7, 1e3), |k| k.steps as f64, |k, v| k.steps = v as u64)}
        </div>
        <details>
            <summary>{t!("embeddings.more_settings")}</summary>
            <div class="embeddings-settings">
                {field("negatives", t!("embeddings.negatives"), (1.0, 20.0, 1.0), |k| k.negatives as f64, |k, v| k.negatives = v as usize)}
                {field("rate", t!("embeddings.rate"), (1e-4, 1.0, 1e-2), |k| f64::from(k.rate), |k, v| k.rate = v as f32)}
                {field("vocabulary", t!("embeddings.vocabulary"), (2.0, 5e3, 1.0), |k| k.vocabulary as f64, |k, v| k.vocabulary = v as usize)}
                {field("min_count", t!("embeddings.min_count"), (1.0, 1e3, 1.0), |k| f64::from(k.min_count), |k, v| k.min_count = v as u32)}
                {field("seed", t!("embeddings.seed"), (0.0, 1e9, 1.0), |k| k.seed as f64, |k, v| k.seed = v as u64)}
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

/// A number for a field: whole numbers whole, others without the tail of single precision.
fn shown(value: f64) -> String {
    if value.fract() == 0.0 { value.to_string() } else { (value as f32).to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_has_no_tail() {
        assert_eq!((shown(f64::from(0.05f32)).as_str(), shown(1e6).as_str()), ("0.05", "1000000"));
    }
}
