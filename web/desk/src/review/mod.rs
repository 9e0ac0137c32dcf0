//! The review page: what is due, from all lessons, one at a time, the most likely forgotten first.

mod find;

use crate::{
    course::{self, course},
    level::LevelMark,
    progress::{self, record},
    quiz,
    slots::Slot,
};
use kit::{address, t, text::fill};
use learn::{
    itinerary::{Course, Date},
    practice::Question,
    progress::Kind,
};
use leptos::{prelude::*, task::spawn_local};

/// More than this at once is put off until the next visit.
const MOST: usize = 30;

/// One item to review.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Due {
    lesson: String,
    item: String,
}

/// Draws the page.
pub fn part(_: Slot) -> AnyView {
    let health = progress::health();
    let loaded = Memo::new(move |_| health.with(|health| health.loaded));
    let course = course();
    let page = move || match (course.get(), loaded.get()) {
        (Some(Ok(course)), true) => view! { <Round course/> }.into_any(),
        (Some(Err(error)), _) => {
            view! { <p role="alert">{fill(t!("progress.no-course"), &[("error", &error)])}</p> }.into_any()
        }
        _ => view! { <p role="status">{t!("review.loading")}</p> }.into_any(),
    };
    view! { <div class="review">{page}</div> }.into_any()
}

/// What is due now and still asked somewhere, in the order of review.
fn due_now(course: &Course) -> Vec<Due> {
    let standing = progress::standing_now();
    let asked = course::all_asked(course);
    let is_asked = |due: &Due| asked.iter().any(|asked| asked.lesson == due.lesson && asked.items.contains(&due.item));
    let due = standing.due(progress::now());
    let due = due.into_iter().map(|item| Due { lesson: item.lesson.clone(), item: item.item.clone() });
    due.filter(is_asked).take(MOST).collect()
}

#[component]
fn Round(course: std::sync::Arc<Course>) -> impl IntoView {
    // The round is fixed when it begins, so that an answer does not move the question under the learner's hands.
    let round = RwSignal::new(due_now(&course));
    let at = RwSignal::new(0_usize);
    let answered = RwSignal::new(false);
    let course = StoredValue::new(course);
    let next = move |_| {
        answered.set(false);
        at.update(|at| *at += 1);
    };
    let again = move |_| {
        round.set(course.with_value(|course| due_now(course)));
        answered.set(false);
        at.set(0);
    };
    let current = Memo::new(move |_| round.with(|round| round.get(at.get()).cloned()));
    let card = move || match current.get() {
        Some(due) => view! { <Card due course=course.get_value() answered/> }.into_any(),
        None => view! { <Nothing done=at.get()/> }.into_any(),
    };
    let count = move || {
        let (n, all) = ((at.get() + 1).to_string(), round.with(Vec::len).to_string());
        current.with(Option::is_some).then(|| fill(t!("review.count"), &[("n", &n), ("all", &all)]))
    };
    view! {
        <p role="status" data-review-count="">{count}</p>
        {card}
        <p class="desk-actions">
            <button type="button" class="button primary" data-action="review-next"
                hidden=move || current.with(Option::is_none) on:click=next>
                {move || if answered.get() { t!("review.next") } else { t!("review.skip") }}
            </button>
            <button type="button" class="button" data-action="review-again"
                hidden=move || current.with(Option::is_some) || at.get() == 0 on:click=again>
                {t!("review.again")}
            </button>
        </p>
    }
}

#[component]
fn Nothing(done: usize) -> impl IntoView {
    let standing = progress::standing();
    let next = move || {
        let day = standing.with(|standing| standing.next_due_day(progress::now()));
        match day {
            Some(day) => fill(t!("progress.due.next"), &[("day", &Date::of(day).to_string())]),
            None => t!("progress.due.none").to_owned(),
        }
    };
    view! {
        <p data-review="done">{(done > 0).then(|| t!("review.done"))} " " {next}</p>
    }
}

#[component]
fn Card(due: Due, course: std::sync::Arc<Course>, answered: RwSignal<bool>) -> impl IntoView {
    let Some(lesson) = course.lesson(&due.lesson).cloned() else { return ().into_any() };
    let path = address::absolute(lesson.path.as_deref().unwrap_or_default());
    let Due { lesson: slug, item } = due;
    let standing = progress::standing();
    let level = {
        let (slug, item) = (slug.clone(), item.clone());
        move || standing.with(|standing| standing.item(&slug, &item).map(|item| item.level(progress::now())))
    };
    let question = RwSignal::new(None::<Result<Option<Question>, String>>);
    let wanted = item.strip_prefix("q:").map(str::to_owned);
    let is_question = wanted.is_some();
    if let Some(id) = wanted {
        let path = path.clone();
        spawn_local(async move {
            let found = find::question(&path, &id).await;
            question.try_set(Some(found));
        });
    }
    let place = item.clone();
    let body = {
        let (path, slug, item) = (path.clone(), slug.clone(), item.clone());
        move || match question.get() {
            _ if !is_question => {
                // Exercises and predictions need their lab, which is in the lesson.
                let path = format!("{path}#{}", place.replacen("x:", "exercise-", 1).replacen("p:", "predict-", 1));
                view! { <p>{t!("review.in-lesson")} " " <a href=path>{t!("review.go")}</a></p> }.into_any()
            }
            None => view! { <p role="status">{t!("review.loading")}</p> }.into_any(),
            Some(Ok(Some(found))) => {
                let (lesson, item, objectives) = (slug.clone(), item.clone(), found.objectives.clone());
                // Only the first answer counts here: after it the explanations are open.
                quiz::ask(found, move |right, helped| {
                    if !answered.get_untracked() {
                        answered.set(true);
                        let (lesson, item, objectives) = (lesson.clone(), item.clone(), objectives.clone());
                        record(Kind::Answered { lesson, item, objectives, right, helped });
                    }
                })
            }
            Some(Ok(None)) => view! { <p>{t!("review.gone")}</p> }.into_any(),
            Some(Err(error)) => {
                view! { <p role="alert">{fill(t!("review.failed"), &[("error", &error)])}</p> }.into_any()
            }
        }
    };
    view! {
        <section class="review-card" data-review=item aria-label=lesson.title.clone()>
            <p class="progress-line">
                <a href=path>{lesson.title.clone()}</a>
                {move || view! { <LevelMark level=level()/> }}
            </p>
            {body}
        </section>
    }
    .into_any()
}
