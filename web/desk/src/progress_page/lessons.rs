//! What is known of each lesson and each of its objectives, module by module.

use crate::course::Loading;
use crate::{course, level::LevelMark, progress};
use kit::{address, t, text::fill};
use learn::{
    itinerary::{Course, Lesson, Module},
    progress::{Now, Standing},
};
use leptos::prelude::*;

/// Draws the lessons that are written.
#[component]
pub fn Lessons(course: Loading) -> impl IntoView {
    let standing = progress::standing();
    let modules = move || {
        let Some(Ok(course)) = course.get() else { return Vec::new() };
        let (standing, now) = (standing.get(), progress::now());
        course.modules().filter_map(|module| module_view(module, &standing, now)).collect()
    };
    let unwritten = move || match course.get() {
        Some(Ok(course)) => fill(t!("progress.unwritten"), &[("n", &unwritten(&course).to_string())]),
        _ => String::new(),
    };
    view! {
        <section aria-labelledby="progress-lessons">
            <h2 id="progress-lessons">{t!("progress.lessons")}</h2>
            {modules}
            <p>{unwritten} " " <a href=address::absolute("learn/")>{t!("progress.map")}</a></p>
            <details>
                <summary>{t!("progress.rule.heading")}</summary>
                <p>{t!("progress.rule.rise")}</p>
                <p>{t!("progress.rule.fall")}</p>
                <p>{t!("progress.rule.lesson")}</p>
                <p>{t!("progress.rule.review")}</p>
            </details>
        </section>
    }
}

fn is_written(lesson: &Lesson) -> bool {
    lesson.path.is_some() && lesson.within.is_none()
}

fn unwritten(course: &Course) -> usize {
    course.lessons().filter(|lesson| lesson.path.is_none()).count()
}

fn module_view(module: &Module, standing: &Standing, now: Now) -> Option<AnyView> {
    let lessons: Vec<_> = module.lessons.iter().filter(|lesson| is_written(lesson)).collect();
    if lessons.is_empty() {
        return None;
    }
    let rows: Vec<_> = lessons.into_iter().map(|lesson| lesson_view(lesson, standing, now)).collect();
    Some(
        view! {
            <div class="progress-module" data-module=module.slug.clone()>
                <h3>{module.title.clone()}</h3>
                <ul class="progress-lessons">{rows}</ul>
            </div>
        }
        .into_any(),
    )
}

fn lesson_view(lesson: &Lesson, standing: &Standing, now: Now) -> AnyView {
    let reached = standing.reached(&course::asked(lesson), now);
    let (right, of) = (reached.right.to_string(), reached.of.to_string());
    let so_far = (reached.of > 0).then(|| fill(t!("progress.right"), &[("right", &right), ("of", &of)]));
    let due = (reached.due > 0).then(|| fill(t!("progress.lesson.due"), &[("n", &reached.due.to_string())]));
    let old = standing.scored(&lesson.slug).filter(|_| reached.right == 0);
    let old =
        old.map(|(right, of)| fill(t!("progress.scored"), &[("right", &right.to_string()), ("of", &of.to_string())]));
    let path = address::absolute(lesson.path.as_deref().unwrap_or_default());
    let objectives: Vec<_> = (1..=u8::MAX)
        .zip(&lesson.objectives)
        .map(|(number, objective)| {
            let level = standing.objective(&lesson.slug, number, now);
            view! {
                <li data-objective=number.to_string()>
                    // The content compiler wrote this HTML.
                    <span inner_html=objective.clone()></span>
                    " "
                    <LevelMark level/>
                </li>
            }
        })
        .collect();
    view! {
        <li class="progress-lesson" data-lesson=lesson.slug.clone()>
            <p class="progress-line">
                <a href=path>{lesson.title.clone()}</a>
                <LevelMark level=reached.level/>
                <span>{so_far}</span>
                <span>{due}</span>
                <span>{old}</span>
            </p>
            {(!objectives.is_empty()).then(|| view! {
                <details>
                    <summary>{t!("progress.objectives")}</summary>
                    <ol>{objectives}</ol>
                </details>
            })}
        </li>
    }
    .into_any()
}
