//! The attention lab: the learner's own sentence, inside any head of a trained model.

mod cell;
mod cell_card;
mod heads;
mod model_choice;
mod patterns;
mod predictions;
mod steps;
mod unfold;

use kit::t;
use super::knobs;
use crate::{
    engine::use_job,
    widgets::{LabFrame, LabState, heatmap::{Cell, Heatmap}, outcome, timing::debounced},
};
use engine_core::jobs::{
    ModelSource,
    inspect::{Inspect, Inspection},
};
use heads::HeadGrid;
use leptos::prelude::*;
use model_choice::{ModelChoice, use_model};
use predictions::Predictions;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use unfold::Unfold;

/// What a lesson, a link or the learner can set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Knobs {
    /// The id of a kept model; empty is the built-in one. `?model=…` in the address wins.
    pub model: String,
    /// What the model reads.
    pub text: String,
    /// From zero.
    pub layer: usize,
    /// From zero.
    pub head: usize,
}

impl Default for Knobs {
    fn default() -> Self {
        Self { model: String::new(), text: "Alice was beginning to get very tired".into(), layer: 0, head: 0 }
    }
}

/// Draws the lab.
#[component]
pub fn Lab(
    /// Where it starts.
    knobs: Knobs,
) -> impl IntoView {
    let text = RwSignal::new(knobs.text);
    let chosen = RwSignal::new((knobs.layer, knobs.head));
    let model = use_model(knobs.model, chosen);
    let settled = debounced(Signal::from(text), 250);
    let run = use_job(move || {
        let file = model.bytes.get()?;
        let text: String = settled.get();
        let (layer, head) = chosen.get();
        (!text.trim().is_empty()).then(|| Inspect { model: ModelSource::File(file.to_vec()), text, layer, head })
    });

    // Kept while the next run works, so that the pictures do not blink.
    let seen = RwSignal::new(None::<Arc<Inspection>>);
    let cursor = RwSignal::new(None::<Cell>);
    Effect::new(move |_| {
        run.outcome.with(|outcome| {
            let Some(Ok(found)) = outcome else { return };
            let last = found.tokens.len().saturating_sub(1);
            // There is always a cell to explain: at first where the last token looks most.
            if cursor.get_untracked().is_none_or(|(from, to)| from.max(to) > last) {
                cursor.set(cell::favourite(found, last).map(|to| (last, to)));
            }
            let told = model.id.with_untracked(|id| patterns::values(found, chosen.get_untracked(), &text.get_untracked(), id));
            outcome::report("attention", true, &told);
            seen.set(Some(Arc::new(found.clone())));
        });
    });

    let position = RwSignal::new(None);
    Effect::new(move |_| {
        // A chosen token is looked at from: the cursor goes to its row, where the head looks most.
        if let (Some(from), Some(seen)) = (position.get(), seen.get_untracked()) {
            cursor.set(cell::favourite(&seen, from).map(|to| (from, to)));
        }
    });

    let empty = move || text.with(|text| text.trim().is_empty());
    let state = Signal::derive(move || match model.trouble.get() {
        Some(sentence) => LabState::Failed(sentence),
        None if empty() => LabState::Idle,
        None if model.bytes.with(Option::is_none) => LabState::Running,
        None => run.outcome.with(|outcome| LabState::of(run.running.get(), outcome.as_ref())),
    });
    let remarks = move || seen.with(|seen| seen.as_ref().map_or(Vec::new(), |seen| steps::remarks(seen)));

    let share = Signal::derive(move || {
        let (first, (layer, head)) = (Knobs::default(), chosen.get());
        // A kept model is in this browser only: a link names the built-in one.
        knobs::differing(&[
            ("text", text.get(), first.text),
            ("layer", layer.to_string(), first.layer.to_string()),
            ("head", head.to_string(), first.head.to_string()),
        ])
    });

    view! {
        <LabFrame name="attention" title=t!("attention.inside_one_attention") state share>
            <div class="attention-controls">
                <ModelChoice model/>
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
                <p class="lab-part">{t!("attention.one_head_step")}</p>
                <Unfold seen cursor/>
                <p class="lab-part">{t!("attention.its_queries_keys")}</p>
                <Matrices seen/>
            </Show>
        </LabFrame>
    }
}

/// Draws the chosen head's queries, keys and values, each in its colour.
#[component]
fn Matrices(
    /// What the engine computed.
    #[prop(into)]
    seen: Signal<Option<Arc<Inspection>>>,
) -> impl IntoView {
    type Part = fn(&Inspection) -> &Vec<f32>;
    let parts: [(&str, &str, Part); 3] = [
        (t!("attention.queries_what_each"), "--q", |seen| &seen.queries),
        (t!("attention.keys_what_each"), "--k", |seen| &seen.keys),
        (t!("attention.values_what_each"), "--v", |seen| &seen.values),
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
