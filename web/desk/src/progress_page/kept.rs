//! Where the progress is kept, and what is wrong with that.

use crate::progress::{self, unsaved_words};
use kit::{t, text::fill};
use leptos::prelude::*;

/// What was lost, and why nothing can be kept; nothing where all is well.
#[component]
pub fn Trouble() -> impl IntoView {
    let health = progress::health();
    let lost = move || {
        let lost = health.with(|health| health.lost);
        (lost > 0).then(|| fill(t!("progress.lost"), &[("n", &lost.to_string())]))
    };
    let problem = move || health.with(|health| health.problem.as_ref().map(unsaved_words));
    view! {
        <p class="progress-trouble" data-trouble="lost" hidden=move || lost().is_none()>{lost}</p>
        <p class="progress-trouble" data-trouble="unsaved" hidden=move || problem().is_none()>{problem}</p>
    }
}

/// Says where it is kept.
#[component]
pub fn Where() -> impl IntoView {
    view! {
        <section aria-labelledby="progress-where">
            <h2 id="progress-where">{t!("progress.where")}</h2>
            <p>{t!("progress.where.words")}</p>
        </section>
    }
}
