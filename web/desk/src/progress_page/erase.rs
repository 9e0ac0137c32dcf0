//! Forgetting everything: asked twice, and undone until the page is left.

use crate::progress;
use kit::t;
use learn::progress::Log;
use leptos::{prelude::*, task::spawn_local};

/// Where the erasing stands.
#[derive(Clone, PartialEq)]
enum Step {
    Idle,
    Asked,
    Done(Log),
}

/// Draws the button, the question and the way back.
#[component]
pub fn Erase() -> impl IntoView {
    let step = RwSignal::new(Step::Idle);
    let erase = move |_| {
        spawn_local(async move {
            let before = progress::erase().await;
            step.try_set(Step::Done(before));
        });
    };
    let content = move || {
        match step.get() {
        Step::Idle => view! {
            <button type="button" class="button danger" data-action="erase" on:click=move |_| step.set(Step::Asked)>
                {t!("erase.button")}
            </button>
        }
        .into_any(),
        Step::Asked => view! {
            <p>{t!("erase.sure")}</p>
            <p class="desk-actions">
                <button type="button" class="button danger" data-action="erase-sure" on:click=erase>{t!("erase.yes")}</button>
                <button type="button" class="button" data-action="erase-not" on:click=move |_| step.set(Step::Idle)>{t!("erase.no")}</button>
            </p>
        }
        .into_any(),
        Step::Done(before) => {
            let undo = move |_| {
                progress::restore(&before);
                step.set(Step::Idle);
            };
            view! {
                <p>{t!("erase.done")}</p>
                <p><button type="button" class="button" data-action="erase-undo" on:click=undo>{t!("erase.undo")}</button></p>
            }
            .into_any()
        }
    }
    };
    view! {
        <section aria-labelledby="erase">
            <h2 id="erase">{t!("erase.heading")}</h2>
            <div aria-live="polite">{content}</div>
        </section>
    }
}
