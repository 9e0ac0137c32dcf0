//! One text, two tokenizers, side by side.

use super::{
    Knobs,
    ask::{self, Answer, Busy},
    names,
    spans::{Spans, tokens_of},
};
use crate::widgets::outcome;
use engine_core::{
    jobs::tokenize::{Cut, Lesson, Which},
    subwords::statistics::Fertility,
};
use kit::t;
use leptos::prelude::*;

/// Asks for the tokens of `sample` with the tokenizer that `which` says.
pub fn side(
    busy: Busy,
    lesson: RwSignal<Answer<Lesson>>,
    which: Memo<Which>,
    texts: Signal<Vec<String>>,
) -> RwSignal<Answer<(String, Cut)>> {
    ask::follow(
        busy,
        move || {
            let lesson = lesson.with(|lesson| lesson.as_ref().and_then(|lesson| lesson.clone().ok()))?;
            Some((which.get(), lesson, texts.get()))
        },
        |(which, lesson, texts)| async move {
            let first = texts.first().cloned().unwrap_or_default();
            Ok((first, ask::cut(which, Lesson::clone(&lesson), None, texts).await?))
        },
    )
}

/// How the first text of an answer fares.
pub fn fertility(answer: &Answer<(String, Cut)>) -> Option<Fertility> {
    match answer {
        Some(Ok(done)) => done.1.texts.first().map(|tokens| Fertility::of(&done.0, tokens)),
        _ => None,
    }
}

/// Draws the view.
#[component]
pub fn Compare(
    /// The lab's settings.
    knobs: RwSignal<Knobs>,
    /// What own tokenizers are learned from, once it is there.
    lesson: RwSignal<Answer<Lesson>>,
    /// What the lab is doing.
    busy: Busy,
) -> impl IntoView {
    let sample = Signal::derive(move || knobs.with(|knobs| knobs.sample.clone()));
    let texts = Signal::derive(move || vec![sample.get()]);
    let (a, b) = (Memo::new(move |_| knobs.with(|knobs| knobs.a)), Memo::new(move |_| knobs.with(|knobs| knobs.b)));
    let (left, right) = (side(busy, lesson, a, texts), side(busy, lesson, b, texts));
    Effect::new(move |_| {
        let (Some(one), Some(two)) = (left.with(fertility), right.with(fertility)) else { return };
        let settled = busy.open.get() == 0 && busy.failed.with(Option::is_none);
        if !settled {
            return;
        }
        let seen =
            left.with(|left| left.as_ref().and_then(|it| it.as_ref().ok().map(|it| it.0.clone()))).unwrap_or_default();
        let (a, b) = (a.get(), b.get());
        let values = [
            ("view", "compare".into()),
            ("a", a.name().into()),
            ("b", b.name().into()),
            ("sample", seen.as_str().into()),
            ("words", one.words.into()),
            ("characters", one.characters.into()),
            ("bytes", one.bytes.into()),
            ("tokens_a", one.tokens.into()),
            ("tokens_b", two.tokens.into()),
            ("shared_a", one.shared.into()),
            ("shared_b", two.shared.into()),
            ("unknown_a", one.unknown.into()),
            ("unknown_b", two.unknown.into()),
        ];
        outcome::report("tokenizer", true, &values);
    });
    let set = move |put: fn(&mut Knobs, Which)| Callback::new(move |which| knobs.update(|knobs| put(knobs, which)));
    let part = move |field: &'static str,
                     label: &'static str,
                     which: Memo<Which>,
                     answer: RwSignal<Answer<(String, Cut)>>,
                     put: fn(&mut Knobs, Which)| {
        let spans = if field == "a" { "spans-a" } else { "spans-b" };
        let tokens = tokens_of(sample, answer);
        let title = Signal::derive(move || t!("tokenizer.tokens_of", name = names::name(which.get())));
        view! {
            <div class="tokenizer-side">
                <names::Choice field label value=which on_choose=set(put)/>
                <p class="tokenizer-count" data-output=if field == "a" { "count-a" } else { "count-b" }>{move || answer.with(count)}</p>
                <Spans label=title field=spans tokens ids=move || knobs.with(|knobs| knobs.ids)/>
            </div>
        }
    };
    view! {
        <label class="tokenizer-field">
            <span>{t!("tokenizer.look_at")}</span>
            <textarea
                rows="3" data-field="sample" spellcheck="false" prop:value=sample
                on:input:target=move |e| knobs.update(|knobs| knobs.sample = e.target().value())
            ></textarea>
        </label>
        <label class="tokenizer-check">
            <input
                type="checkbox" data-field="ids" prop:checked=move || knobs.with(|knobs| knobs.ids)
                on:change:target=move |e| knobs.update(|knobs| knobs.ids = e.target().checked())
            />
            " " {t!("tokenizer.show_ids")}
        </label>
        <div class="tokenizer-sides">
            {part("a", t!("tokenizer.first"), a, left, |k, which| k.a = which)}
            {part("b", t!("tokenizer.second"), b, right, |k, which| k.b = which)}
        </div>
        <Own knobs/>
    }
}

/// What the learner's own tokenizers are learned from; shown where one of them is chosen.
#[component]
pub fn Own(
    /// The lab's settings.
    knobs: RwSignal<Knobs>,
) -> impl IntoView {
    let learned = move || knobs.with(|knobs| knobs.a.is_learned() || knobs.b.is_learned());
    view! {
        <div hidden=move || !learned()>
            <p class="lab-note">{move || t!("tokenizer.own_how", size = knobs.with(|knobs| knobs.size))}</p>
            <super::source::Source knobs/>
        </div>
    }
}

/// The counts of one side in words.
fn count(answer: &Answer<(String, Cut)>) -> String {
    let Some(fertility) = fertility(answer) else { return String::new() };
    let Fertility { tokens, characters, bytes, words, shared, unknown, .. } = fertility;
    let ratio = |value: f64| if value.is_finite() { format!("{value:.2}") } else { "–".into() };
    let (per_word, per_token) = (ratio(fertility.per_word()), ratio(fertility.bytes_per_token()));
    let mut said = vec![t!(
        "tokenizer.counts",
        tokens = tokens,
        words = words,
        characters = characters,
        bytes = bytes,
        per_word = per_word,
        per_token = per_token
    )];
    if shared > 0 {
        said.push(t!("tokenizer.counts_shared", shared = shared));
    }
    if unknown > 0 {
        said.push(t!("tokenizer.counts_unknown", unknown = unknown));
    }
    said.join(" ")
}
