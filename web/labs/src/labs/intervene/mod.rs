//! Interfering with a model: zero, scale, patch, swap or edit any part, and see both models side by side.

mod form;
mod list;
mod sides;
mod tell;
mod worth;

use super::knobs;
use crate::{
    engine::use_job,
    picked::{self, COPYING, PickModel, use_picked},
    widgets::{LabFrame, LabState, timing::debounced, token_radio::TokenRadio},
};
use engine_core::{
    dissect::{change::Change, code},
    jobs::{
        ModelSource,
        intervene::{Intervene, Intervened},
    },
};
use kit::t;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What a lesson, a link or the learner can set.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Knobs {
    /// The id of a kept model; empty is the built-in one, `copying` the one that copies.
    model: String,
    /// What the model reads; empty is a text that suits the model.
    text: String,
    /// The place whose prediction is compared, from zero; the last one if none.
    position: Option<usize>,
    /// One intervention per line: see `engine_core::dissect::code`.
    changes: String,
    /// The set of texts for the loss, one per line; empty is a set that suits the model.
    texts: String,
}

/// So many tokens are written after the text.
const WRITE: u32 = 12;

/// A text that suits the model.
fn text_for(model: &str) -> &'static str {
    if model == COPYING { "dkmahcgdkmahcgdkmah" } else { "She could not help laughing at his question" }
}

/// A set of texts that suits the model, one per line.
fn texts_for(model: &str) -> &'static str {
    if model == COPYING {
        "lfgbnlfgbnlfgbnlfgbnlfgbn\ndkmahcgdkmahcgdkmahcgdkm\nbfpaobfpaobfpaobfpaobfpao\nciejnociejnociejnociejnoc\nhgdlahgdlahgdlahgdlahgdla"
    } else {
        "She was very happy to see her sister again.\nHe had been to London the day before.\n\
         It was a great pleasure to them all.\nMr. Elton could not come to dinner.\nNothing could be more agreeable than this."
    }
}

/// What was found, kept while the next run is under way.
type Seen = Signal<Option<Arc<Intervened>>>;

/// Draws the lab.
#[component]
pub fn Lab(
    /// Where it starts.
    knobs: Knobs,
) -> impl IntoView {
    let (read, fault) = match code::read(&knobs.changes) {
        Ok(changes) => (changes, None),
        Err(why) => (Vec::new(), Some(why)),
    };
    let changes = RwSignal::new(read);
    let fault = RwSignal::new(fault);
    let own = |text: String| if text.is_empty() { None } else { Some(text) };
    // What the learner has written; none where the model's own text still stands.
    let (typed, typed_set) = (RwSignal::new(own(knobs.text)), RwSignal::new(own(knobs.texts)));
    let position = RwSignal::new(knobs.position);
    let picked = use_picked(knobs.model);
    let text = Memo::new(move |_| typed.get().unwrap_or_else(|| picked.id.with(|id| text_for(id)).to_owned()));
    let texts = Memo::new(move |_| typed_set.get().unwrap_or_else(|| picked.id.with(|id| texts_for(id)).to_owned()));
    let settled = debounced(Signal::derive(move || (text.get(), texts.get())), 250);
    let set = move || -> Vec<String> {
        settled.with(|(_, texts)| texts.lines().filter(|line| !line.trim().is_empty()).map(String::from).collect())
    };
    let run = use_job(move || {
        let file = picked.bytes()?;
        let (text, position) = (settled.with(|(text, _)| text.clone()), position.get());
        let (changes, texts) = (changes.get(), set());
        let model = ModelSource::File(file.to_vec());
        (!text.trim().is_empty()).then_some(Intervene { model, text, changes, texts, position, write: WRITE })
    });
    let seen = RwSignal::new(None::<Arc<Intervened>>);
    Effect::new(move |_| {
        run.outcome.with(|outcome| {
            let Some(Ok(found)) = outcome else { return };
            let told = tell::Asked {
                text: settled.with_untracked(|(text, _)| text.clone()),
                model: picked.told(),
                changes: changes.get_untracked(),
            };
            tell::report(found, &told);
            seen.set(Some(Arc::new(found.clone())));
        });
    });
    let state = Signal::derive(move || match picked.trouble.get().or_else(|| fault.get()) {
        Some(sentence) => LabState::Failed(sentence),
        None if text.with(|text| text.trim().is_empty()) => LabState::Idle,
        None if picked.bytes().is_none()
            || settled.with(|(old, old_set)| *old != text.get() || *old_set != texts.get()) =>
        {
            LabState::Running
        }
        None => run.outcome.with(|outcome| LabState::of(run.running.get(), outcome.as_ref())),
    });
    let share = Signal::derive(move || {
        let nothing = String::new;
        knobs::differing(&[
            ("model", picked.id.with(|id| picked::shipped(id)), nothing()),
            ("text", typed.get().unwrap_or_default(), nothing()),
            ("position", position.get().map_or(nothing(), |at| at.to_string()), nothing()),
            ("changes", changes.with(|changes| code::write(changes)), nothing()),
            ("texts", typed_set.get().unwrap_or_default(), nothing()),
        ])
    });
    let add = Callback::new(move |change: Change| {
        fault.set(None);
        changes.update(|all| all.push(change));
    });
    let tokens = Memo::new(move |_| seen.with(|seen| seen.as_ref().map_or(Vec::new(), |seen| seen.tokens.clone())));
    let chosen = Memo::new(move |_| {
        let last = tokens.with(Vec::len).saturating_sub(1);
        position.get().unwrap_or(last).min(last)
    });
    let found: Seen = seen.into();
    let set = Signal::derive(set);
    view! {
        <LabFrame name="intervene" title=t!("intervene.title") state share>
            <div class="pick-controls">
                <PickModel picked/>
                <label class="pick-text">
                    <span>{t!("intervene.text")}</span>
                    <textarea rows="2" maxlength="2000" spellcheck="false" data-field="text" prop:value=text on:input:target=move |e| typed.set(Some(e.target().value()))></textarea>
                </label>
            </div>
            <Show when=move || seen.with(Option::is_some) fallback=|| view! { <p class="lab-wait">{t!("block.loading")}</p> }>
                <p class="block-part">{t!("intervene.place")}</p>
                <TokenRadio label=t!("intervene.place") tokens chosen on_choose=Callback::new(move |at| position.set(Some(at)))/>
                <p class="block-part">{t!("intervene.interfere")}</p>
                <form::Form seen=found add/>
                <list::Changes seen=found changes/>
                <p class="block-part">{t!("intervene.side_by_side")}</p>
                <sides::Sides seen=found/>
                <details class="intervene-set">
                    <summary>{t!("intervene.set")}</summary>
                    <label>
                        <span>{t!("intervene.set_lines")}</span>
                        <textarea rows="6" maxlength="4000" spellcheck="false" data-field="texts" prop:value=texts on:input:target=move |e| typed_set.set(Some(e.target().value()))></textarea>
                    </label>
                </details>
                <p class="block-part">{t!("intervene.worth")}</p>
                <worth::EachPartOf picked set add/>
            </Show>
        </LabFrame>
    }
}
