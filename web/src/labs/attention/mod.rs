//! The attention lab: the learner's own sentence, inside any head of a trained model.

mod cell;
mod cell_card;
mod heads;
mod model_choice;
mod predictions;
mod steps;
mod unfold;

use crate::{
    engine::use_job,
    widgets::{LabFrame, LabState, heatmap::{Cell, Heatmap}, timing::debounced},
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

    view! {
        <LabFrame name="attention" title="Inside one attention head" state>
            <div class="attention-controls">
                <ModelChoice model/>
                <label class="attention-text">
                    <span>"Your text"</span>
                    <textarea rows="2" maxlength="2000" spellcheck="false" prop:value=text on:input:target=move |e| text.set(e.target().value())></textarea>
                </label>
            </div>
            <p class="lab-remark" role="alert" hidden=move || !empty()>
                {move || empty().then_some("There is no text to read. Type a few words above.")}
            </p>
            <div aria-live="polite">
                {move || remarks().into_iter().map(|remark| view! { <p class="lab-remark">{remark}</p> }).collect::<Vec<_>>()}
            </div>
            <Show when=move || seen.with(Option::is_some) fallback=|| view! { <p class="lab-wait">"The model is being loaded …"</p> }>
                <p class="lab-part">"Your text as tokens"</p>
                <Predictions seen position cursor/>
                <p class="lab-part">"Every head at once"</p>
                <HeadGrid seen chosen/>
                <p class="lab-part">"One head, step by step"</p>
                <Unfold seen cursor/>
                <p class="lab-part">"Its queries, keys and values"</p>
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
        ("Queries: what each token asks", "--q", |seen| &seen.queries),
        ("Keys: what each token answers", "--k", |seen| &seen.keys),
        ("Values: what each token hands over", "--v", |seen| &seen.values),
    ];
    let maps = parts.map(|(title, hue, part)| {
        let cells = Memo::new(move |_| {
            let cells = |seen: &Arc<Inspection>| steps::strip(seen, part(seen), "token");
            Arc::new(seen.with(|seen| seen.as_ref().map(cells)).unwrap_or_default())
        });
        view! { <Heatmap title=title.to_owned() cells=cells hue/> }
    });
    view! { <div class="matrices">{maps.into_iter().collect::<Vec<_>>()}</div> }
}
