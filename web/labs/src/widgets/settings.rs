//! Settings of a lab as fields for numbers.

use crate::decimal;
use leptos::prelude::*;

/// The fields of one lab, whose settings are a `K`.
pub struct Fields<K: Send + Sync + 'static> {
    /// The settings.
    pub knobs: RwSignal<K>,
    /// Whether nothing can be set at the moment.
    pub busy: Signal<bool>,
    /// The class of a field.
    pub class: &'static str,
}

impl<K: Send + Sync + 'static> Clone for Fields<K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K: Send + Sync + 'static> Copy for Fields<K> {}

impl<K: Send + Sync + 'static> Fields<K> {
    /// A field for the number that `get` reads and `put` writes, kept between `low` and `high`. The buttons of the
    /// field go by `step`; a step of 0 lets it go as the browser likes.
    pub fn number(
        self,
        name: &'static str,
        label: &'static str,
        (low, high, step): (f64, f64, f64),
        get: fn(&K) -> f64,
        put: fn(&mut K, f64),
    ) -> impl IntoView {
        let knobs = self.knobs;
        let set = move |event| {
            if let Some(value) = decimal::parse(&event_target_value(&event)) {
                knobs.update(|knobs| put(knobs, value.clamp(low, high)));
            }
        };
        let step = if step > 0.0 { step.to_string() } else { "any".to_owned() };
        view! {
            <label class=self.class>
                <span>{label}</span>
                <input
                    type="number" data-field=name min=low max=high step=step disabled=self.busy
                    prop:value=move || knobs.with(|knobs| shown(get(knobs))) on:change=set
                />
            </label>
        }
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
