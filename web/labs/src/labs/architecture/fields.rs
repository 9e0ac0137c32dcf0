//! The settings: a preset to start from, sizes, switches.

use super::Knobs;
use engine_core::architecture::PRESETS;
use kit::t;
use leptos::prelude::*;

type Size = (&'static str, &'static str, fn(&Knobs) -> usize, fn(&mut Knobs, usize));
type Switch = (&'static str, &'static str, fn(&Knobs) -> bool, fn(&mut Knobs, bool));

/// Draws the controls.
#[component]
pub fn Fields(
    /// What they set.
    knobs: RwSignal<Knobs>,
) -> impl IntoView {
    let sizes: [Size; 7] = [
        ("n_layers", t!("architecture.n_layers"), |k| k.n_layers, |k, v| k.n_layers = v),
        ("n_heads", t!("architecture.n_heads"), |k| k.n_heads, |k, v| k.n_heads = v),
        ("d_model", t!("architecture.d_model"), |k| k.d_model, |k, v| k.d_model = v),
        ("d_ff", t!("architecture.d_ff"), |k| k.d_ff, |k, v| k.d_ff = v),
        ("vocab", t!("architecture.vocab"), |k| k.vocab, |k, v| k.vocab = v),
        ("context", t!("architecture.context"), |k| k.context, |k, v| k.context = v),
        ("batch", t!("architecture.batch"), |k| k.batch, |k, v| k.batch = v),
    ];
    let switches: [Switch; 3] = [
        ("tied", t!("architecture.tied"), |k| k.tied, |k, v| k.tied = v),
        ("bias", t!("architecture.bias"), |k| k.bias, |k, v| k.bias = v),
        ("positions", t!("architecture.positions"), |k| k.positions, |k, v| k.positions = v),
    ];
    let size = move |(name, label, get, put): Size| {
        let set = move |event| {
            // What is no number counts as zero, which the lab refuses by name.
            let value = event_target_value(&event).trim().parse().unwrap_or(0);
            knobs.update(|knobs| put(knobs, value));
        };
        let least = usize::from(name != "d_ff");
        view! {
            <label class="arch-size">
                <span>{label}</span>
                <input type="number" inputmode="numeric" step="1" min=least data-field=name prop:value=move || get(&knobs.get()).to_string() on:input=set/>
            </label>
        }
    };
    let switch = move |(name, label, get, put): Switch| {
        let set = move |event| {
            let value = event_target_checked(&event);
            knobs.update(|knobs| put(knobs, value));
        };
        view! {
            <label class="arch-switch">
                <input type="checkbox" data-field=name prop:checked=move || get(&knobs.get()) on:change=set/>
                <span>{label}</span>
            </label>
        }
    };
    let choose = move |event| {
        let key = event_target_value(&event);
        if let Some(preset) = PRESETS.iter().find(|preset| preset.key == key) {
            knobs.update(|knobs| *knobs = Knobs::of(&preset.model, knobs.batch));
        }
    };
    let chosen = move || knobs.with(Knobs::preset).map_or("", |at| PRESETS[at].key);
    let options = PRESETS.map(|preset| view! { <option value=preset.key>{preset.name}</option> });
    view! {
        <div class="arch-fields">
            <label class="arch-size arch-preset">
                <span>{t!("architecture.start_from")}</span>
                <select data-field="preset" prop:value=chosen on:change=choose>
                    <option value="" disabled>{t!("architecture.own_settings")}</option>
                    {options.into_iter().collect_view()}
                </select>
            </label>
            {sizes.map(size).into_iter().collect_view()}
            <div class="arch-switches">{switches.map(switch).into_iter().collect_view()}</div>
        </div>
    }
}
