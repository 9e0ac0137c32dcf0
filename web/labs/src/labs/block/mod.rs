//! From token to prediction on one screen: the residual stream as the spine, every block folded along it, the lens at
//! every layer and place.

mod lens;
mod spine;
mod tell;
mod unfolded;
mod written;

use super::knobs;
use crate::{
    engine::use_job,
    picked::{PickModel, use_picked},
    widgets::{LabFrame, LabState, timing::debounced, token_radio::TokenRadio},
};
use engine_core::jobs::{
    ModelSource,
    dissect::{Dissect, Dissection},
};
use kit::t;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What a lesson, a link or the learner can set. Numbers count from zero.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Knobs {
    /// The id of a kept model; empty is the built-in one.
    model: String,
    /// What the model reads.
    text: String,
    /// The place whose prediction is taken apart; the last one if none.
    position: Option<usize>,
    /// A block that is unfolded at first.
    unfolded: Option<usize>,
    /// What the table of the lens shows.
    lens: lens::Shown,
}

impl Default for Knobs {
    fn default() -> Self {
        let text = "She could not help laughing at his question".into();
        Self { model: String::new(), text, position: None, unfolded: None, lens: lens::Shown::Top }
    }
}

/// What was found, kept while the next reading is under way.
type Seen = Signal<Option<Arc<Dissection>>>;

/// Draws the lab.
#[component]
pub fn Lab(
    /// Where it starts.
    knobs: Knobs,
) -> impl IntoView {
    let text = RwSignal::new(knobs.text);
    let position = RwSignal::new(knobs.position);
    let unfolded = RwSignal::new(knobs.unfolded.into_iter().collect::<Vec<usize>>());
    let shown = RwSignal::new(knobs.lens);
    let picked = use_picked(knobs.model);
    let settled = debounced(Signal::from(text), 250);
    let run = use_job(move || {
        let file = picked.bytes()?;
        let (text, position): (String, _) = (settled.get(), position.get());
        (!text.trim().is_empty()).then(|| Dissect { model: ModelSource::File(file.to_vec()), text, position })
    });
    let seen = RwSignal::new(None::<Arc<Dissection>>);
    Effect::new(move |_| {
        run.outcome.with(|outcome| {
            let Some(Ok(found)) = outcome else { return };
            tell::report(found, &settled.get_untracked(), &picked.told());
            seen.set(Some(Arc::new(found.clone())));
        });
    });

    let empty = move || text.with(|text| text.trim().is_empty());
    let state = Signal::derive(move || match picked.trouble.get() {
        Some(sentence) => LabState::Failed(sentence),
        None if empty() => LabState::Idle,
        None if picked.bytes().is_none() || text.get() != settled.get() => LabState::Running,
        None => run.outcome.with(|outcome| LabState::of(run.running.get(), outcome.as_ref())),
    });
    let remarks = move || seen.with(|seen| seen.as_ref().map_or(Vec::new(), |seen| remarks(seen)));
    let share = Signal::derive(move || {
        let first = Knobs::default();
        let number = |number: Option<usize>| number.map_or(String::new(), |number| number.to_string());
        knobs::differing(&[
            ("model", picked.id.with(|id| crate::picked::shipped(id)), first.model),
            ("text", text.get(), first.text),
            ("position", number(position.get()), String::new()),
            ("unfolded", number(unfolded.with(|all| all.first().copied())), String::new()),
            ("lens", shown.get().key().into(), first.lens.key().into()),
        ])
    });

    let tokens = Memo::new(move |_| seen.with(|seen| seen.as_ref().map_or(Vec::new(), |seen| seen.tokens.clone())));
    let chosen = Memo::new(move |_| {
        seen.with(|seen| {
            seen.as_ref()
                .map_or(0, |seen| position.get().unwrap_or(seen.position).min(seen.tokens.len().saturating_sub(1)))
        })
    });
    let choose = Callback::new(move |at: usize| position.set(Some(at)));
    let found: Seen = seen.into();
    view! {
        <LabFrame name="block" title=t!("block.title") state share>
            <div class="pick-controls">
                <PickModel picked/>
                <label class="pick-text">
                    <span>{t!("block.text")}</span>
                    <textarea rows="2" maxlength="2000" spellcheck="false" prop:value=text on:input:target=move |e| text.set(e.target().value())></textarea>
                </label>
            </div>
            <div aria-live="polite">
                {move || remarks().into_iter().map(|remark| view! { <p class="lab-remark">{remark}</p> }).collect::<Vec<_>>()}
            </div>
            <p class="lab-remark" role="alert" hidden=move || !empty()>{move || empty().then_some(t!("block.no_text"))}</p>
            <Show when=move || seen.with(Option::is_some) fallback=|| view! { <p class="lab-wait">{t!("block.loading")}</p> }>
                <p class="block-part">{t!("block.tokens")}</p>
                <TokenRadio label=t!("block.tokens") tokens chosen on_choose=choose/>
                <p class="block-part">{t!("block.spine")}</p>
                <spine::Spine seen=found unfolded/>
                <p class="block-part">{t!("block.lens")}</p>
                <lens::Lens seen=found shown chosen on_choose=choose/>
                <p class="block-part">{t!("block.who_wrote")}</p>
                <written::Written seen=found/>
            </Show>
        </LabFrame>
    }
}

/// What the learner should know before trusting the pictures.
fn remarks(seen: &Dissection) -> Vec<String> {
    let mut all = Vec::new();
    if seen.left_off > 0 {
        all.push(t!("block.left_off", sees = seen.tokens.len(), count = seen.left_off));
    }
    if !seen.unknown.is_empty() {
        all.push(t!("block.unknown", characters = seen.unknown));
    }
    all
}
