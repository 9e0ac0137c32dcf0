//! The progress page: what is known, what is due, the file, and how to forget it all.

mod erase;
mod file;
mod kept;
mod lessons;
mod milestones;
mod streak;

use crate::{
    course::{self, Loading},
    go_on::GoOnCard,
    progress,
    slots::Slot,
};
use kit::{address, download, t, text::fill};
use learn::{
    itinerary::Date,
    progress::{Level, notes},
};
use leptos::prelude::*;

/// Draws the page.
pub fn part(_: Slot) -> AnyView {
    let course = course::course();
    view! {
        <div class="progress-page">
            <kept::Trouble/>
            <Summary course/>
            <GoOnCard course even_first=true/>
            <streak::StreakCard/>
            <lessons::Lessons course/>
            <milestones::Milestones course/>
            <Notes course/>
            <file::Files course/>
            <erase::Erase/>
            <kept::Where/>
        </div>
    }
    .into_any()
}

#[component]
fn Summary(course: Loading) -> impl IntoView {
    let standing = progress::standing();
    let figures = move || {
        let Some(Ok(course)) = course.get() else { return None };
        let (standing, now) = (standing.get(), progress::now());
        let reached: Vec<_> = course::all_asked(&course).iter().map(|asked| standing.reached(asked, now)).collect();
        let with = |least: Level| reached.iter().filter(|it| it.level >= Some(least)).count().to_string();
        let due = standing.due(now).len();
        let review = if due > 0 {
            let words = fill(t!("progress.due"), &[("n", &due.to_string())]);
            view! { <a class="button" data-due="" href=address::absolute("review/")>{words}</a> }.into_any()
        } else {
            let next = standing.next_due_day(now).map(|day| Date::of(day).to_string());
            match next {
                Some(day) => fill(t!("progress.due.next"), &[("day", &day)]).into_any(),
                None => t!("progress.due.none").into_any(),
            }
        };
        let all = reached.len().to_string();
        Some(view! {
            <p data-summary="">
                {fill(t!("progress.summary"), &[
                    ("begun", &with(Level::Attempted)), ("all", &all),
                    ("proficient", &with(Level::Proficient)), ("mastered", &with(Level::Mastered)),
                ])}
            </p>
            <p>{review}</p>
        })
    };
    let failed = move || match course.get() {
        Some(Err(error)) => Some(fill(t!("progress.no-course"), &[("error", &error)])),
        _ => None,
    };
    view! {
        <section aria-labelledby="progress-now">
            <h2 id="progress-now">{t!("progress.now")}</h2>
            {figures}
            <p role="alert">{failed}</p>
        </section>
    }
}

#[component]
fn Notes(course: Loading) -> impl IntoView {
    let standing = progress::standing();
    let any = Memo::new(move |_| standing.with(|standing| notes::any(standing)));
    let save = move |_| {
        let titles = match course.get_untracked() {
            Some(Ok(course)) => course.lessons().map(|it| (it.slug.clone(), it.title.clone())).collect(),
            _ => Vec::new(),
        };
        let text = notes::markdown(&progress::standing_now(), t!("notes.file.heading"), &titles);
        download::save_text(t!("notes.file.name"), "text/markdown", &text);
    };
    view! {
        <section aria-labelledby="notes">
            <h2 id="notes">{t!("notes.heading")}</h2>
            <p>{move || if any.get() { t!("notes.some") } else { t!("notes.none") }}</p>
            <p>
                <button type="button" class="button" data-action="export-notes" disabled=move || !any.get() on:click=save>
                    {t!("notes.export")}
                </button>
            </p>
        </section>
    }
}
