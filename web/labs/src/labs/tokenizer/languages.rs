//! The same two sentences in many languages, and code: how many tokens they take with two tokenizers.

use super::{
    Knobs,
    ask::{Answer, Busy},
    compare::{Own, side},
    names,
};
use crate::widgets::outcome::{self, Value};
use engine_core::{
    jobs::tokenize::{Cut, Lesson, Which},
    subwords::{
        samples::{SAMPLES, Sample},
        statistics::Fertility,
    },
};
use kit::t;
use leptos::prelude::*;

/// How every sample fares; none until all are known.
fn all(answer: &Answer<(String, Cut)>) -> Option<Vec<Fertility>> {
    let Some(Ok(done)) = answer else { return None };
    if done.1.texts.len() != SAMPLES.len() {
        return None;
    }
    Some(SAMPLES.iter().zip(&done.1.texts).map(|(sample, tokens)| Fertility::of(sample.text, tokens)).collect())
}

/// Tokens of a sample over those of the English one.
fn times(all: &[Fertility], at: usize) -> f64 {
    match (all.first(), all.get(at)) {
        (Some(english), Some(here)) => here.tokens as f64 / english.tokens.max(1) as f64,
        _ => f64::NAN,
    }
}

/// The language that takes the most tokens for what English says.
fn dearest(all: &[Fertility]) -> Option<(&'static Sample, f64)> {
    let parallel = SAMPLES.iter().enumerate().filter(|(_, sample)| sample.parallel);
    parallel.map(|(at, sample)| (sample, times(all, at))).max_by(|a, b| a.1.total_cmp(&b.1))
}

/// Draws the view.
#[component]
pub fn Languages(
    /// The lab's settings.
    knobs: RwSignal<Knobs>,
    /// What own tokenizers are learned from, once it is there.
    lesson: RwSignal<Answer<Lesson>>,
    /// What the lab is doing.
    busy: Busy,
) -> impl IntoView {
    let texts = Signal::derive(|| SAMPLES.iter().map(|sample| sample.text.to_owned()).collect::<Vec<_>>());
    let (a, b) = (Memo::new(move |_| knobs.with(|knobs| knobs.a)), Memo::new(move |_| knobs.with(|knobs| knobs.b)));
    let (left, right) = (side(busy, lesson, a, texts), side(busy, lesson, b, texts));
    Effect::new(move |_| {
        let (Some(one), Some(two)) = (left.with(all), right.with(all)) else { return };
        if busy.open.get() > 0 || busy.failed.with(Option::is_some) {
            return;
        }
        let (a, b) = (a.get(), b.get());
        let mut values: Vec<(&str, Value)> =
            vec![("view", "languages".into()), ("a", a.name().into()), ("b", b.name().into())];
        for (at, sample) in SAMPLES.iter().enumerate() {
            if let Some((first, second)) = reported(sample.language) {
                values.push((first, times(&one, at).into()));
                values.push((second, times(&two, at).into()));
            }
        }
        for (name, side) in [(["dearest_a", "dearest_times_a"], &one), (["dearest_b", "dearest_times_b"], &two)] {
            if let Some((sample, times)) = dearest(side) {
                values.push((name[0], sample.language.into()));
                values.push((name[1], times.into()));
            }
        }
        let unknown = |side: &[Fertility]| side.iter().map(|one| one.unknown).sum::<usize>();
        values.push(("unknown_a", unknown(&one).into()));
        values.push(("unknown_b", unknown(&two).into()));
        outcome::report("tokenizer", true, &values);
    });
    let set = move |put: fn(&mut Knobs, Which)| Callback::new(move |which| knobs.update(|knobs| put(knobs, which)));
    let cells = move |sample: &Sample, at: usize, answer: RwSignal<Answer<(String, Cut)>>| {
        let (spaced, parallel) = (sample.spaced, sample.parallel);
        let part = move |write: fn(&[Fertility], usize) -> String| {
            move || answer.with(|answer| all(answer).map_or("…".into(), |all| write(&all, at)))
        };
        let per_word =
            move || if spaced { part(|all, at| format!("{:.2}", all[at].per_word()))() } else { "–".into() };
        let compared = move || if parallel { part(|all, at| format!("{:.2}", times(all, at)))() } else { "–".into() };
        // One scale for both sides.
        let most = move || [left, right].iter().filter_map(|side| side.with(all)).flatten().map(|one| one.tokens).max();
        let share = move || match (answer.with(all), most()) {
            (Some(all), Some(most)) => all[at].tokens as f64 / most.max(1) as f64,
            _ => 0.0,
        };
        view! {
            <td class="tokenizer-bar">
                <span class="tokenizer-bar-fill" aria-hidden="true" style:width=move || format!("{:.1}%", share() * 100.0)></span>
                <span class="tokenizer-bar-value">{part(|all, at| all[at].tokens.to_string())}</span>
            </td>
            <td>{compared}</td>
            <td>{per_word}</td>
            <td>{part(|all, at| format!("{:.2}", all[at].bytes_per_token()))}</td>
        }
    };
    let rows: Vec<_> = SAMPLES
        .iter()
        .enumerate()
        .map(|(at, sample)| {
            let lang = (!sample.language.is_empty()).then_some(sample.language);
            view! {
                <tr data-language=sample.language>
                    <th scope="row" lang=lang title=sample.text><bdi>{sample.name}</bdi></th>
                    {cells(sample, at, left)}
                    {cells(sample, at, right)}
                </tr>
            }
        })
        .collect();
    let columns = || {
        [
            t!("tokenizer.col_tokens"),
            t!("tokenizer.col_times"),
            t!("tokenizer.col_per_word"),
            t!("tokenizer.col_bytes_per"),
        ]
        .map(|name| view! { <th scope="col">{name}</th> })
    };
    let says = move || {
        let words = |which: Which, answer: RwSignal<Answer<(String, Cut)>>| {
            answer.with(all).and_then(|all| {
                let (sample, times) = dearest(&all)?;
                Some(t!(
                    "tokenizer.dearest",
                    name = names::name(which),
                    language = sample.name,
                    times = format!("{times:.1}")
                ))
            })
        };
        [words(a.get(), left), words(b.get(), right)].into_iter().flatten().collect::<Vec<_>>().join(" ")
    };
    let texts = SAMPLES.map(|sample| {
        let lang = (!sample.language.is_empty()).then_some(sample.language);
        view! { <p class="tokenizer-sample" lang=lang dir="auto">{sample.text}</p> }
    });
    view! {
        <div class="tokenizer-sides">
            <names::Choice field="a" label=t!("tokenizer.first") value=a on_choose=set(|k, which| k.a = which)/>
            <names::Choice field="b" label=t!("tokenizer.second") value=b on_choose=set(|k, which| k.b = which)/>
        </div>
        <p class="tokenizer-says" role="status" data-output="dearest">{says}</p>
        <div class="table-scroll" tabindex="0" role="group" aria-label=t!("tokenizer.by_language")>
            <table data-output="languages" class="tokenizer-languages">
                <caption>{t!("tokenizer.by_language")}</caption>
                <thead>
                    <tr>
                        <td></td>
                        <th scope="colgroup" colspan="4">{move || names::name(a.get())}</th>
                        <th scope="colgroup" colspan="4">{move || names::name(b.get())}</th>
                    </tr>
                    <tr><th scope="col">{t!("tokenizer.language")}</th>{columns()}{columns()}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <p class="lab-note">{t!("tokenizer.by_language_note")}</p>
        <details><summary>{t!("tokenizer.show_texts")}</summary>{texts}</details>
        <Own knobs/>
    }
}

/// The names under which the languages that lessons ask about are reported.
fn reported(language: &str) -> Option<(&'static str, &'static str)> {
    match language {
        "de" => Some(("times_de_a", "times_de_b")),
        "fi" => Some(("times_fi_a", "times_fi_b")),
        "hi" => Some(("times_hi_a", "times_hi_b")),
        "th" => Some(("times_th_a", "times_th_b")),
        "zh" => Some(("times_zh_a", "times_zh_b")),
        _ => None,
    }
}
