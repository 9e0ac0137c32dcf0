//! A teacher's task above the page: the words, what is hidden and locked, and the way out of it.

use super::{Task, controls, hand_in::HandIn};
use crate::share::link;
use kit::{t, text::fill};
use learn::share::{State, Teacher};
use leptos::prelude::*;

/// Draws the task, where a link has set one.
#[component]
pub fn Banner(
    /// The task.
    task: RwSignal<Option<Task>>,
) -> impl IntoView {
    move || task.get().map(|task| view! { <TaskCard task/> })
}

#[component]
fn TaskCard(task: Task) -> impl IntoView {
    let Teacher { hide, lock, task: words, .. } = task.state.teacher.clone();
    let name = task.state.lab.clone();
    let go = move |_| {
        if let Some(lab) = controls::lab(&document(), &name) {
            lab.scroll_into_view();
        }
    };
    let listed = |names: &[String], words: &'static str| {
        (!names.is_empty()).then(|| view! { <li>{fill(words, &[("names", &names.join(", "))])}</li> })
    };
    let plain = plain_link(&task.state);
    let limits = (!hide.is_empty() || !lock.is_empty()).then(|| {
        view! { <ul class="teacher-limits">{listed(&hide, t!("teach.hidden"))} {listed(&lock, t!("teach.locked"))}</ul> }
    });
    view! {
        <section class="teacher-task" aria-labelledby="teacher-task-title" data-teacher-task="">
            <h2 id="teacher-task-title">{t!("teach.your-task")}</h2>
            <div class="teacher-said" role="status">
                // A text node: the words come from a link that anybody can have written.
                {(!words.is_empty()).then(|| view! { <p class="teacher-words" data-field="task-words">{words}</p> })}
                {limits}
            </div>
            <p class="teacher-ways">
                <button type="button" data-action="go-to-lab" on:click=go>{t!("teach.go")}</button>
                <a rel="external" data-action="plain" href=plain>{t!("teach.plain")}</a>
            </p>
            <HandIn state=task.state/>
        </section>
    }
}

/// The same lab with the same start, and without the task.
fn plain_link(state: &State) -> String {
    let plain = State { teacher: Teacher::default(), ..state.clone() };
    link::link(&link::here(), &plain).unwrap_or_else(|_| link::here())
}
