//! The learner's own sentences, and what each trained model makes of them.

use super::{Knobs, results::{Results, name}};
use crate::{
    engine::{self, Run},
    widgets::token_bars::TokenBars,
};
use engine_core::{
    families::{Family, ask, ask::Answer, language},
    jobs::families::AskFamily,
};
use kit::t;
use leptos::prelude::*;

/// What was asked of every family, by its place in [`Family::ALL`].
#[derive(Clone, Copy)]
pub struct Asked([Run<AskFamily>; 4]);

impl Asked {
    /// Asks each family as soon as it has learned something, and again when a sentence or a model changes.
    pub fn new(knobs: RwSignal<Knobs>, results: RwSignal<Results>) -> Self {
        Self(Family::ALL.map(|family| {
            let words = Memo::new(move |_| {
                let read = knobs.with(|knobs| language::read(knobs.sentence(family)));
                read.ok().filter(|words| ask::validate(family, words).is_ok())
            });
            engine::use_job(move || {
                let words = words.get()?;
                results.with(|results| {
                    let (setup, kept) = (results.setup?, results.runs.get(&family)?);
                    Some(AskFamily { family, setup, params: kept.params.clone(), words })
                })
            })
        }))
    }

    /// What a family has answered.
    pub fn answer(self, family: Family) -> Option<Answer> {
        let place = Family::ALL.iter().position(|known| *known == family)?;
        self.0[place].outcome.get()?.ok()
    }
}

/// Why a sentence cannot be asked, in the words of those who would be asked.
fn fault(families: [Family; 2], text: &str) -> Option<String> {
    match language::read(text) {
        Err(why) => Some(format!("{why} {}", t!("families.words_are_below"))),
        Ok(words) => families.into_iter().find_map(|family| ask::validate(family, &words).err()),
    }
}

/// Draws the two sentences and all answers.
#[component]
pub fn Questions(
    /// The lab's settings.
    knobs: RwSignal<Knobs>,
    /// What the runs have shown.
    results: RwSignal<Results>,
    /// The answers.
    asked: Asked,
) -> impl IntoView {
    let there = move |family| results.with(|results| results.runs.contains_key(&family));
    let bars = move |family: Family| {
        let chances = Signal::derive(move || asked.answer(family).map(|answer| answer.top).unwrap_or_default());
        let there = Memo::new(move |_| there(family));
        let view = move || {
            if there.get() {
                view! { <div data-answer=family.key()><TokenBars title=name(family) chances/></div> }.into_any()
            } else {
                view! { <p class="lab-note">{t!("families.not_trained", name = name(family))}</p> }.into_any()
            }
        };
        view! { <div>{view}</div> }
    };
    let translation = move |family: Family| {
        let text = move || match asked.answer(family) {
            Some(answer) if there(family) => answer.wrote.join(" "),
            _ => t!("families.not_trained", name = name(family)),
        };
        view! { <dt>{name(family)}</dt><dd data-answer=family.key()>{text}</dd> }
    };
    let field = move |key: &'static str, label: &'static str, families: [Family; 2]| {
        let text = move || knobs.with(|knobs| knobs.sentence(families[0]).to_owned());
        let said = Memo::new(move |_| fault(families, &text()));
        let put = move |event| knobs.update(|knobs| *knobs.sentence_mut(families[0]) = event_target_value(&event));
        let id = format!("families-{key}-fault");
        view! {
            <label class="families-field families-wide">
                <span>{label}</span>
                <input
                    type="text" data-field=key autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="120"
                    aria-describedby=id.clone() aria-invalid=move || said.get().is_some().to_string()
                    prop:value=text on:input=put
                />
            </label>
            <p class="families-fault" id=id role="status">{said}</p>
        }
    };
    let words = move || {
        let all = &language::vocabulary()[4..language::english_words()];
        all.join(" ")
    };
    view! {
        {field("gap", t!("families.gap"), [Family::Encoder, Family::Decoder])}
        <div class="families-answers">{bars(Family::Encoder)}{bars(Family::Decoder)}</div>
        {field("translate", t!("families.translate"), [Family::EncoderDecoder, Family::Prompted])}
        <dl class="families-translations">{translation(Family::EncoderDecoder)}{translation(Family::Prompted)}</dl>
        <details>
            <summary>{t!("families.words")}</summary>
            <p class="families-words">{words()}</p>
        </details>
    }
}
