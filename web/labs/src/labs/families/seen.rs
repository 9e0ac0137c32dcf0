//! Where the heads of a trained model look while it answers.

use super::{asked::Asked, results::{Results, name}, Knobs};
use crate::widgets::{cells::Cells, heatmap::Heatmap};
use engine_core::families::{
    Family,
    ask::Map,
    model::{Looks, N_HEADS},
};
use kit::t;
use leptos::prelude::*;
use std::sync::Arc;

fn words(looks: Looks) -> &'static str {
    match looks {
        Looks::Encoder => t!("families.looks_encoder"),
        Looks::Decoder => t!("families.looks_decoder"),
        Looks::Cross => t!("families.looks_cross"),
    }
}

/// One head of a map.
fn cells(map: &Map, head: usize) -> Cells {
    let (rows, columns) = (map.queries.len(), map.keys.len());
    Cells {
        row_axis: t!("families.query").into(),
        column_axis: t!("families.key").into(),
        rows: map.queries.clone(),
        columns: map.keys.clone(),
        values: map.weights[head * rows * columns..][..rows * columns].to_vec(),
        causal: map.looks == Looks::Decoder,
        shares: true,
        ..Cells::default()
    }
}

/// Draws one head of the family in view.
#[component]
pub fn Seen(
    /// The lab's settings.
    knobs: RwSignal<Knobs>,
    /// What the runs have shown.
    results: RwSignal<Results>,
    /// The answers.
    asked: Asked,
) -> impl IntoView {
    let family = Memo::new(move |_| knobs.with(|knobs| knobs.family));
    let maps = Memo::new(move |_| asked.answer(family.get()).map(|answer| answer.maps).unwrap_or_default());
    let (which, head) = (RwSignal::new(0_usize), RwSignal::new(0_usize));
    // What was chosen of one family may not be there of the next.
    let at = Memo::new(move |_| which.get().min(maps.with(Vec::len).saturating_sub(1)));
    let shown = Signal::derive(move || {
        maps.with(|maps| Arc::new(maps.get(at.get()).map(|map| cells(map, head.get())).unwrap_or_default()))
    });
    let label = move |map: &Map| t!("families.map", looks = words(map.looks), layer = map.layer + 1);
    let names = Memo::new(move |_| maps.with(|maps| maps.iter().map(label).collect::<Vec<_>>()));
    let title = Signal::derive(move || {
        let map = names.with(|names| names.get(at.get()).cloned().unwrap_or_default());
        t!("families.map_title", map = map, head = head.get() + 1)
    });
    let choice = move |this: Family| {
        view! {
            <label>
                <input
                    type="radio" name="families-family" value=this.key()
                    prop:checked=move || family.get() == this
                    on:change=move |_| knobs.update(|knobs| knobs.family = this)
                />
                " " {name(this)}
            </label>
        }
    };
    let options = move || {
        let option = |(place, name): (usize, String)| {
            view! { <option value=place prop:selected=move || at.get() == place>{name}</option> }
        };
        names.get().into_iter().enumerate().map(option).collect::<Vec<_>>()
    };
    let heads = (0..N_HEADS).map(move |place| {
        let says = t!("families.head", head = place + 1);
        view! { <option value=place prop:selected=move || head.get() == place>{says}</option> }
    });
    let pick = |signal: RwSignal<usize>| move |event| signal.set(event_target_value(&event).parse().unwrap_or_default());
    let trained = Memo::new(move |_| results.with(|results| results.runs.contains_key(&family.get())));
    view! {
        <div class="families-choices" role="group" aria-label=t!("families.family")>
            {Family::ALL.map(choice).into_iter().collect::<Vec<_>>()}
        </div>
        <Show
            when=move || trained.get() && !maps.with(Vec::is_empty)
            fallback=move || view! { <p class="lab-note">{move || t!("families.not_trained", name = name(family.get()))}</p> }
        >
            <div class="families-settings">
                <label class="families-field">
                    <span>{t!("families.attention")}</span>
                    <select data-field="map" on:change=pick(which)>{options}</select>
                </label>
                <label class="families-field">
                    <span>{t!("families.which_head")}</span>
                    <select data-field="head" on:change=pick(head)>{heads.clone().collect::<Vec<_>>()}</select>
                </label>
            </div>
            <Heatmap title cells=shown/>
        </Show>
    }
}
