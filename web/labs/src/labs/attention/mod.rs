//! The attention lab: the learner's own sentence, inside any head of a trained model.

mod about;
mod cell;
mod cell_card;
mod compare;
mod heads;
mod kinds;
mod patterns;
mod predictions;
mod side;
mod steps;
mod unfold;

use super::knobs;
use crate::{
    picked::{self, PickModel, use_another, use_picked},
    widgets::{LabFrame, LabState, heatmap::{Cell, Heatmap}, outcome},
};
use engine_core::jobs::inspect::Inspection;
use heads::HeadGrid;
use kit::t;
use leptos::prelude::*;
use predictions::Predictions;
use serde::{Deserialize, Serialize};
use side::{Seen, use_side};
use std::sync::Arc;
use unfold::Unfold;

/// What a lesson, a link or the learner can set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Knobs {
    /// The id of a kept model; empty is the built-in one, `copying` the one that copies. `?model=…` in the address wins.
    pub model: String,
    /// What the model reads.
    pub text: String,
    /// From zero.
    pub layer: usize,
    /// From zero.
    pub head: usize,
    /// Whether a second view stands beside the first.
    pub compare: bool,
    /// The model of the second view, as `model`.
    pub pinned_model: String,
    /// What it reads there; empty is the same text.
    pub pinned_text: String,
    /// From zero.
    pub pinned_layer: usize,
    /// From zero.
    pub pinned_head: usize,
}

impl Default for Knobs {
    fn default() -> Self {
        let none = String::new;
        Self {
            model: none(),
            text: "Alice was beginning to get very tired".into(),
            layer: 0,
            head: 0,
            compare: false,
            pinned_model: none(),
            pinned_text: none(),
            pinned_layer: 0,
            pinned_head: 0,
        }
    }
}

/// Draws the lab.
#[component]
pub fn Lab(
    /// Where it starts.
    knobs: Knobs,
) -> impl IntoView {
    let pinned_text = if knobs.pinned_text.is_empty() { knobs.text.clone() } else { knobs.pinned_text };
    let side = use_side(use_picked(knobs.model), knobs.text, (knobs.layer, knobs.head), Signal::stored(true));
    let (picked, text, chosen, seen) = (side.picked, side.text, side.chosen, side.seen);
    let compared = RwSignal::new(knobs.compare);
    let pinned_head = (knobs.pinned_layer, knobs.pinned_head);
    let pinned = use_side(use_another(knobs.pinned_model), pinned_text, pinned_head, Signal::from(compared));
    let pin = Callback::new(move |()| pinned.become_like(side));

    let cursor = RwSignal::new(None::<Cell>);
    Effect::new(move |_| {
        let Some(found) = seen.get() else { return };
        let last = found.tokens.len().saturating_sub(1);
        // There is always a cell to explain: at first where the last token looks most.
        if cursor.get_untracked().is_none_or(|(from, to)| from.max(to) > last) {
            cursor.set(cell::favourite(&found, last).map(|to| (last, to)));
        }
        let model = picked.id.get_untracked();
        let told = patterns::values(&found, (found.layer, found.head), &text.get_untracked(), &model);
        outcome::report("attention", true, &told);
    });

    let position = RwSignal::new(None);
    Effect::new(move |_| {
        // A chosen token is looked at from: the cursor goes to its row, where the head looks most.
        if let (Some(from), Some(seen)) = (position.get(), seen.get_untracked()) {
            cursor.set(cell::favourite(&seen, from).map(|to| (from, to)));
        }
    });

    let empty = move || text.with(|text| text.trim().is_empty());
    let state = Signal::derive(move || match picked.trouble.get() {
        Some(sentence) => LabState::Failed(sentence),
        None if empty() => LabState::Idle,
        None if picked.bytes().is_none() => LabState::Running,
        None => side.run.outcome.with(|outcome| LabState::of(side.run.running.get(), outcome.as_ref())),
    });
    let remarks = move || seen.with(|seen| seen.as_ref().map_or(Vec::new(), |seen| steps::remarks(seen)));

    let share = Signal::derive(move || {
        let (first, head, other, compare) = (Knobs::default(), chosen.get(), pinned.chosen.get(), compared.get());
        let beside = |now: String| if compare { now } else { String::new() };
        knobs::differing(&[
            ("model", picked::shipped(&picked.id.get()), first.model),
            ("text", text.get(), first.text),
            ("layer", head.0.to_string(), first.layer.to_string()),
            ("head", head.1.to_string(), first.head.to_string()),
            ("compare", compare.to_string(), first.compare.to_string()),
            ("pinned_model", beside(picked::shipped(&pinned.picked.id.get())), first.pinned_model),
            ("pinned_text", beside(pinned.text.get()), first.pinned_text),
            ("pinned_layer", if compare { other.0 } else { 0 }.to_string(), first.pinned_layer.to_string()),
            ("pinned_head", if compare { other.1 } else { 0 }.to_string(), first.pinned_head.to_string()),
        ])
    });
    let grouped = move || seen.with(|seen| seen.as_ref().is_some_and(|seen| seen.group > 1));
    let n_heads = Signal::derive(move || seen.with(|seen| seen.as_ref().map_or(1, |seen| seen.n_heads)));

    view! {
        <LabFrame name="attention" title=t!("attention.inside_one_attention") state share>
            <div class="attention-controls">
                <PickModel picked/>
                <label class="attention-text">
                    <span>{t!("attention.text")}</span>
                    <textarea rows="2" maxlength="2000" spellcheck="false" prop:value=text on:input:target=move |e| text.set(e.target().value())></textarea>
                </label>
            </div>
            <p class="lab-remark" role="alert" hidden=move || !empty()>
                {move || empty().then_some(t!("attention.there_no_text"))}
            </p>
            <div aria-live="polite">
                {move || remarks().into_iter().map(|remark| view! { <p class="lab-remark">{remark}</p> }).collect::<Vec<_>>()}
            </div>
            <Show when=move || seen.with(Option::is_some) fallback=|| view! { <p class="lab-wait">{t!("attention.model_being_loaded")}</p> }>
                <p class="lab-part">{t!("attention.text_as_tokens")}</p>
                <Predictions seen position cursor/>
                <p class="lab-part">{t!("attention.every_head_at")}</p>
                <HeadGrid seen chosen/>
                <about::About seen chosen/>
                <kinds::Kinds picked n_heads chosen/>
                <compare::Compare now=side pinned open=compared pin/>
                <Show when=move || !grouped() fallback=move || view! { <Grouped seen/> }>
                    <p class="lab-part">{t!("attention.one_head_step")}</p>
                    <Unfold seen cursor/>
                    <p class="lab-part">{t!("attention.its_queries_keys")}</p>
                    <Matrices seen/>
                </Show>
            </Show>
        </LabFrame>
    }
}

/// Draws the chosen head's shares where tokens stand in groups: single cells have no arithmetic of their own then.
#[component]
fn Grouped(
    /// What the engine computed.
    seen: Seen,
) -> impl IntoView {
    let cells = Memo::new(move |_| Arc::new(seen.with(|seen| seen.as_ref().map(|seen| steps::Stage::Softmax.cells(seen)).unwrap_or_default())));
    view! {
        <p class="lab-part">{t!("attention.one_head_groups")}</p>
        <p>{t!("attention.groups_how")}</p>
        <Heatmap title=t!("attention.softmax") cells=cells/>
    }
}

/// Draws the chosen head's queries, keys and values, each in its colour.
#[component]
fn Matrices(
    /// What the engine computed.
    #[prop(into)]
    seen: Signal<Option<Arc<Inspection>>>,
) -> impl IntoView {
    type Part = fn(&Inspection) -> &[f32];
    let parts: [(&str, &str, Part); 3] = [
        (t!("attention.queries_what_each"), "--q", |seen| &seen.queries),
        (t!("attention.keys_what_each"), "--k", |seen| &seen.keys),
        (t!("attention.values_what_each"), "--v", |seen| cell::values(seen, seen.head)),
    ];
    let maps = parts.map(|(title, hue, part)| {
        let cells = Memo::new(move |_| {
            let cells = |seen: &Arc<Inspection>| steps::strip(seen, part(seen), t!("attention.token"));
            Arc::new(seen.with(|seen| seen.as_ref().map(cells)).unwrap_or_default())
        });
        view! { <Heatmap title=title.to_owned() cells=cells hue/> }
    });
    view! { <div class="matrices">{maps.into_iter().collect::<Vec<_>>()}</div> }
}
