//! The choices: which model, which texts, what an adapter is, and how it learns.

use super::{Knobs, texts::OWN};
use crate::{
    picked::{PickModel, Picked},
    texts::SHIPPED,
    widgets::settings::Fields,
};
use engine_core::quantize::blocks::Levels;
use kit::t;
use leptos::prelude::*;

/// Draws the choice of the model and of both texts.
#[component]
pub fn Texts(
    /// The lab's settings.
    knobs: RwSignal<Knobs>,
    /// The model.
    picked: Picked,
    /// Whether a run is under way.
    busy: Signal<bool>,
) -> impl IntoView {
    let options = move |get: fn(&Knobs) -> &String, own: bool| {
        let all = SHIPPED.into_iter().chain(own.then_some((OWN, t!("lora.own_text"))));
        let option = move |(id, title): (&'static str, &'static str)| {
            view! { <option value=id prop:selected=move || knobs.with(|knobs| get(knobs) == id)>{title}</option> }
        };
        all.map(option).collect::<Vec<_>>()
    };
    view! {
        <div class="lab-settings">
            <PickModel picked/>
            <label class="lab-field">
                <span>{t!("lora.old_text")}</span>
                <select data-field="old" disabled=busy on:change:target=move |e| knobs.update(|k| k.old = e.target().value())>
                    {options(|knobs| &knobs.old, false)}
                </select>
            </label>
            <label class="lab-field">
                <span>{t!("lora.new_text")}</span>
                <select data-field="new" disabled=busy on:change:target=move |e| knobs.update(|k| k.new = e.target().value())>
                    {options(|knobs| &knobs.new, true)}
                </select>
            </label>
        </div>
        <label class="lab-field" hidden=move || knobs.with(|knobs| knobs.new != OWN)>
            <span>{t!("lora.paste_here")}</span>
            <textarea
                rows="5" data-field="own" spellcheck="false" disabled=busy
                prop:value=move || knobs.with(|knobs| knobs.own.clone())
                on:change:target=move |e| knobs.update(|k| k.own = e.target().value())
            ></textarea>
        </label>
        <p class="lab-note">{t!("lora.about_texts")}</p>
    }
}

/// Draws the fields of adapters, of four bits, and of learning.
#[component]
pub fn Numbers(
    /// The lab's settings.
    knobs: RwSignal<Knobs>,
    /// Whether a run is under way.
    busy: Signal<bool>,
) -> impl IntoView {
    let fields = Fields { knobs, busy, class: "lab-field" };
    let tick = move |field: &'static str, label: &'static str, get: fn(&Knobs) -> bool, put: fn(&mut Knobs, bool)| {
        view! {
            <label>
                <input
                    type="checkbox" data-field=field disabled=busy prop:checked=move || knobs.with(get)
                    on:change:target=move |e| { let on = e.target().checked(); knobs.update(|knobs| put(knobs, on)); }
                />
                " " {label}
            </label>
        }
    };
    view! {
        <div class="lab-settings">
            {fields.number("rank", t!("lora.rank"), (1.0, 64.0, 1.0), |k| k.rank as f64, |k, v| k.rank = v as usize)}
            {fields.number("alpha", t!("lora.alpha"), (0.1, 256.0, 0.0), |k| f64::from(k.alpha), |k, v| k.alpha = v as f32)}
            {fields.number("steps", t!("lora.steps"), (20.0, 2000.0, 1.0), |k| f64::from(k.steps), |k, v| k.steps = v as u32)}
        </div>
        <div class="lora-choices" role="group" aria-label=t!("lora.targets")>
            <span>{t!("lora.targets")}</span>
            {tick("qkv", t!("lora.qkv"), |k| k.qkv, |k, v| k.qkv = v)}
            {tick("proj", t!("lora.proj"), |k| k.proj, |k, v| k.proj = v)}
            {tick("up", t!("lora.up"), |k| k.up, |k, v| k.up = v)}
            {tick("down", t!("lora.down"), |k| k.down, |k, v| k.down = v)}
        </div>
        <details>
            <summary>{t!("lora.more")}</summary>
            <div class="lab-settings">
                {fields.number("rate", t!("lora.rate"), (1e-6, 1.0, 0.0), |k| f64::from(k.rate), |k, v| k.rate = v as f32)}
                {fields.number("full_rate", t!("lora.full_rate"), (1e-6, 1.0, 0.0), |k| f64::from(k.full_rate), |k, v| k.full_rate = v as f32)}
                {fields.number("batch", t!("lora.batch"), (1.0, 64.0, 1.0), |k| k.batch as f64, |k, v| k.batch = v as usize)}
                {fields.number("seed", t!("lora.seed"), (0.0, 1e6, 1.0), |k| k.seed as f64, |k, v| k.seed = v as u64)}
            </div>
            <div class="lora-choices" role="group" aria-label=t!("lora.four_bits")>
                <span>{t!("lora.four_bits")}</span>
                {tick("levels", t!("lora.normal_levels"), |k| k.levels == Levels::Normal, |k, v| k.levels = if v { Levels::Normal } else { Levels::Even })}
                {tick("double", t!("lora.double"), |k| k.double, |k, v| k.double = v)}
            </div>
        </details>
    }
}
