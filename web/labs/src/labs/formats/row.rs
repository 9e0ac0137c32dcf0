//! One format: its bits as buttons, the number they make, and what that is worth.

use super::words;
use engine_core::number_formats::{Field, Format, Held};
use kit::t;
use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// The places of each field, the highest first.
fn fields(format: Format) -> Vec<(Field, Vec<u32>)> {
    let mut fields: Vec<(Field, Vec<u32>)> = Vec::new();
    for place in (0..format.bits()).rev() {
        match fields.last_mut() {
            Some((field, places)) if *field == format.field(place) => places.push(place),
            _ => fields.push((format.field(place), vec![place])),
        }
    }
    fields
}

/// The class of a field, for its colour.
fn class(field: Field) -> &'static str {
    match field {
        Field::Sign => "formats-part sign",
        Field::Exponent => "formats-part exponent",
        Field::Fraction => "formats-part fraction",
        Field::Whole => "formats-part whole",
    }
}

/// Draws a format.
#[component]
pub fn Row(
    /// Which.
    format: Format,
    /// What it holds.
    held: Memo<Held>,
    /// What it should hold.
    meant: Memo<f64>,
    /// Called with what the learner makes of it.
    on_change: Callback<Held>,
) -> impl IntoView {
    let last = format.bits() - 1;
    let bits = NodeRef::<html::Div>::new();
    // Of all bits of a row, one is reached by the tab key, and the others from there by arrows.
    let near = RwSignal::new(last);
    let press = move |event: ev::KeyboardEvent| {
        let now = near.get_untracked();
        let next = match event.key().as_str() {
            "ArrowRight" | "ArrowDown" => now.saturating_sub(1),
            "ArrowLeft" | "ArrowUp" => (now + 1).min(last),
            "Home" => last,
            "End" => 0,
            _ => return,
        };
        event.prevent_default();
        near.set(next);
        let bit = bits
            .get_untracked()
            .and_then(|bits| bits.query_selector(&format!("[data-place=\"{next}\"]")).ok().flatten())
            .and_then(|bit| bit.dyn_into::<HtmlElement>().ok());
        if let Some(bit) = bit {
            // A bit that is on the page takes the focus.
            let _ = bit.focus();
        }
    };
    let button = move |field: Field, place: u32| {
        let turn = move |_| {
            near.set(place);
            on_change.run(held.get_untracked().flipped(place));
        };
        let set = move || held.with(|held| held.bit(place));
        let digit = move || if set() { "1" } else { "0" };
        view! {
            <button
                type="button" class="formats-bit" data-place=place.to_string() aria-pressed=move || set().to_string()
                aria-label=move || t!("formats.bit", place = place, field = words::field(field), digit = digit())
                tabindex=move || if near.get() == place { "0" } else { "-1" } on:click=turn
            >
                {digit}
            </button>
        }
    };
    let part = move |(field, places): (Field, Vec<u32>)| {
        view! {
            <span class=class(field)>
                <span class="formats-digits">{places.into_iter().map(|place| button(field, place)).collect_view()}</span>
                <span class="formats-label" aria-hidden="true">{words::field(field)}</span>
            </span>
        }
    };
    let beside = move |name: &'static str, words: fn(String) -> String, other: fn(&Held) -> Option<Held>| {
        let there = Memo::new(move |_| held.with(other));
        let go = move |_| {
            if let Some(there) = there.get_untracked() {
                on_change.run(there);
            }
        };
        let value = move || there.get().map_or(t!("formats.none").to_owned(), |there| words::shown(there.value()));
        view! {
            <button type="button" class="formats-beside" data-action=name disabled=move || there.get().is_none() on:click=go>
                {move || words(value())}
            </button>
        }
    };
    view! {
        <section class="formats-row" data-format=format.name() aria-label=format.name()>
            <p class="formats-name">
                <strong>{format.name()}</strong>
                <span class="lab-note">{t!("formats.bits", count = format.bits())}</span>
                <output data-output="value">{move || words::shown(held.get().value())}</output>
            </p>
            <div
                node_ref=bits class="formats-bits" role="toolbar" on:keydown=press
                aria-label=t!("formats.bits_of", format = format.name())
            >
                {fields(format).into_iter().map(part).collect_view()}
            </div>
            <p class="formats-formula" data-output="formula">{move || held.with(words::formula)}</p>
            <p class="formats-error" data-output="error">{move || held.with(|held| words::error(held, meant.get()))}</p>
            <div class="formats-besides">
                {beside("below", |value| t!("formats.below", value = value), Held::below)}
                {beside("above", |value| t!("formats.above", value = value), Held::above)}
            </div>
            <p class="lab-note" data-output="range">{move || held.with(words::range)}</p>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bit_is_in_one_field() {
        for format in Format::ALL {
            let fields = fields(format);
            let places: Vec<u32> = fields.iter().flat_map(|(_, places)| places.clone()).collect();
            assert_eq!(places, (0..format.bits()).rev().collect::<Vec<_>>());
            assert_eq!(fields.len(), if format.layout().is_some() { 3 } else { 2 });
            assert_eq!(fields[0].1.len(), 1, "one bit of sign");
        }
    }
}
