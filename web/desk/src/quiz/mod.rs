//! The quiz at a lesson's end: answer, check, read why, and keep the score.

mod ask;
mod choices;
mod matching;
mod order;
mod typed;

#[allow(unused_imports, reason = "for the review page, which shows one question at a time")]
pub use ask::ask;

use crate::{progress, slots::Slot};
use ask::{Ask, State};
use kit::{store, t, text::fill};
use learn::{
    practice::{Quiz, Verdict},
    progress::Kind,
};
use leptos::{prelude::*, task::spawn_local};

/// The part called `quiz`.
pub fn part(slot: Slot) -> AnyView {
    match serde_json::from_str::<Quiz>(&slot.json) {
        Ok(quiz) => view! { <Block quiz/> }.into_any(),
        // Of another build than this program: what the compiler wrote can be read all the same.
        Err(_) => view! { <div inner_html=slot.fallback></div> }.into_any(),
    }
}

/// A kept score: how many were right, of how many. Written as `4/6`.
fn read_score(text: &str) -> Option<(usize, usize)> {
    let (right, of) = text.split_once('/')?;
    Some((right.parse().ok()?, of.parse().ok()?))
}

#[component]
fn Block(quiz: Quiz) -> impl IntoView {
    let Quiz { slug, questions } = quiz;
    let of = questions.len();
    let slug = StoredValue::new(slug);
    let best = RwSignal::new(None::<usize>);
    spawn_local(async move {
        let key = slug.get_value();
        if let Ok(Some(text)) = store::get("quiz", &key).await
            && let Some((right, kept_of)) = read_score(&text)
            // A lesson that got more questions since is asked anew.
            && kept_of == of
        {
            best.try_update(|best| *best = (*best).max(Some(right)));
        }
    });
    let states: Vec<State> = questions.iter().map(State::new).collect();
    let states = StoredValue::new(states);
    let count = move |wanted: fn(Verdict) -> bool| {
        states.with_value(|states| states.iter().filter(|state| wanted(state.verdict())).count())
    };
    let right = move || count(|verdict| verdict == Verdict::Right);
    let checked = move || count(Verdict::is_final);
    let failed = RwSignal::new(String::new());

    let keep_score = move || {
        let score = right();
        if best.get_untracked().is_some_and(|best| best >= score) {
            return;
        }
        best.set(Some(score));
        spawn_local(async move {
            let key = slug.get_value();
            if let Err(error) = store::put("quiz", &key, &format!("{score}/{of}")).await {
                failed.try_set(error.0);
            }
        });
    };
    let again = move |_| states.with_value(|states| states.iter().for_each(|state| state.reset()));
    let asked: Vec<_> = questions
        .into_iter()
        .enumerate()
        .map(|(index, question)| {
            let state = states.with_value(|states| states[index]);
            let (item, objectives) = (format!("q:{}", question.id), question.objectives.clone());
            let id = format!("quiz-{}", question.id);
            let on_answer = move |right: bool, helped: bool| {
                let (lesson, item, objectives) = (slug.get_value(), item.clone(), objectives.clone());
                progress::record(Kind::Answered { lesson, item, objectives, right, helped });
                keep_score();
            };
            view! { <li id=id><Ask question number=index + 1 state on_answer/></li> }
        })
        .collect();
    let numbers = move |n: usize| [n.to_string(), of.to_string()];
    let so_far = move || {
        let [n, of] = numbers(right());
        (checked() > 0).then(|| fill(t!("quiz.so-far"), &[("n", &n), ("of", &of)]))
    };
    let kept = move || {
        let [n, of] = numbers(best.get()?);
        Some(fill(t!("quiz.kept"), &[("n", &n), ("of", &of)]))
    };
    view! {
        <h2 id="quiz-heading">{t!("quiz.heading")}</h2>
        <ol class="quiz-questions quiz-live">{asked}</ol>
        <div class="quiz-end">
            <p class="quiz-score" role="status" data-quiz-score="">{so_far} {" "} {kept}</p>
            <p class="quiz-error" role="alert" hidden=move || failed.with(String::is_empty)>{failed}</p>
            <button type="button" data-action="try-again" disabled=move || checked() == 0 on:click=again>
                {t!("quiz.again")}
            </button>
        </div>
    }
}
