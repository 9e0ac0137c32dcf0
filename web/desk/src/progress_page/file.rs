//! The progress as a file: out, and in again after a look at what it would change.

use crate::course::Loading;
use crate::progress;
use gloo::file::futures::read_as_bytes;
use kit::{t, text::fill};
use learn::progress::{IMPORT_CAP, Log, Plan, Refused, Summary, plan};
use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

/// Where an import stands.
#[derive(Clone, PartialEq)]
enum Step {
    Idle,
    Refused(String),
    /// Read, and not applied.
    Planned(Plan),
    /// Applied, with so many new events.
    Done(usize),
    Undone,
}

/// Draws export and import.
#[component]
pub fn Files(course: Loading) -> impl IntoView {
    let step = RwSignal::new(Step::Idle);
    let undoable = RwSignal::new(None::<Log>);
    let look_for_undo = move || {
        spawn_local(async move {
            let found = progress::imported().await;
            undoable.try_set(found);
        });
    };
    look_for_undo();
    let chosen = move |event: leptos::ev::Event| {
        let Some(input) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) else { return };
        let Some(file) = input.files().and_then(|files| files.get(0)) else { return };
        // So that the same file can be chosen once more.
        input.set_value("");
        spawn_local(async move {
            let found = look_at(file).await;
            step.try_set(match found {
                Ok(plan) => Step::Planned(plan),
                Err(words) => Step::Refused(words),
            });
        });
    };
    let apply = move |plan: Plan| {
        spawn_local(async move {
            let new = plan.summary.new_events;
            progress::import(&plan).await;
            step.try_set(Step::Done(new));
            look_for_undo();
        });
    };
    let undo = move |_| {
        if let Some(added) = undoable.get_untracked() {
            spawn_local(async move {
                progress::undo_import(&added).await;
                undoable.try_set(None);
                step.try_set(Step::Undone);
            });
        }
    };
    let content = move || match step.get() {
        Step::Idle => ().into_any(),
        Step::Refused(words) => view! { <p class="progress-trouble" data-import="refused">{words}</p> }.into_any(),
        Step::Planned(plan) => planned(plan, course, apply, move || step.set(Step::Idle)),
        Step::Done(new) => {
            view! { <p data-import="done">{fill(t!("import.done"), &[("n", &new.to_string())])}</p> }.into_any()
        }
        Step::Undone => view! { <p data-import="undone">{t!("import.undone")}</p> }.into_any(),
    };
    view! {
        <section aria-labelledby="progress-file">
            <h2 id="progress-file">{t!("import.heading")}</h2>
            <p>{t!("import.hint")}</p>
            <p class="desk-actions">
                <button type="button" class="button primary" data-action="export" on:click=move |_| progress::export()>
                    {t!("progress.export.now")}
                </button>
                <label class="import-file">
                    {t!("import.choose")} " " <input type="file" accept=".txt,text/plain" data-action="import" on:change=chosen/>
                </label>
            </p>
            <div aria-live="polite">{content}</div>
            <p hidden=move || undoable.with(Option::is_none)>
                <button type="button" class="button" data-action="import-undo" on:click=undo>{t!("import.undo")}</button>
            </p>
        </section>
    }
}

/// Reads a file and says what it would change, or why it cannot be read.
async fn look_at(file: web_sys::File) -> Result<Plan, String> {
    // Not even read into memory, if it is too large.
    if file.size() > IMPORT_CAP as f64 {
        return Err(t!("import.too-large").into());
    }
    let bytes = read_as_bytes(&gloo::file::File::from(file).into()).await;
    let bytes = bytes.map_err(|_| t!("import.unreadable").to_owned())?;
    progress::with_log(|log| plan(log, &bytes, progress::now())).map_err(|refused| {
        let words = match refused {
            Refused::TooLarge => t!("import.too-large"),
            Refused::NotOurs => t!("import.not-ours"),
        };
        words.to_owned()
    })
}

fn planned(
    plan: Plan,
    course: Loading,
    apply: impl Fn(Plan) + Copy + Send + Sync + 'static,
    cancel: impl Fn() + Copy + Send + Sync + 'static,
) -> AnyView {
    let lines: Vec<_> = told(&plan.summary, course).into_iter().map(|line| view! { <li>{line}</li> }).collect();
    let new = plan.summary.new_events;
    view! {
        <div class="import-plan" data-import="planned" data-new=new.to_string()>
            <p>{t!("import.plan")}</p>
            <ul>{lines}</ul>
            <p class="desk-actions">
                <button type="button" class="button primary" data-action="import-apply" disabled=move || new == 0
                    on:click=move |_| apply(plan.clone())>
                    {t!("import.apply")}
                </button>
                <button type="button" class="button" data-action="import-cancel" on:click=move |_| cancel()>
                    {t!("import.cancel")}
                </button>
            </p>
        </div>
    }
    .into_any()
}

/// What an import would change, line by line.
fn told(summary: &Summary, course: Loading) -> Vec<String> {
    let titles = |slugs: &[String]| -> String {
        let course = course.get_untracked();
        let title = |slug: &String| match &course {
            Some(Ok(course)) => course.lesson(slug).map_or_else(|| slug.clone(), |lesson| lesson.title.clone()),
            _ => slug.clone(),
        };
        slugs.iter().map(title).collect::<Vec<_>>().join(", ")
    };
    let count = |words: &str, n: usize| fill(words, &[("n", &n.to_string())]);
    let mut lines = vec![count(t!("import.new"), summary.new_events), count(t!("import.known"), summary.known_events)];
    let some = [
        (summary.conflicts, t!("import.conflicts")),
        (summary.unreadable, t!("import.damaged")),
        (summary.missing, t!("import.missing")),
    ];
    lines.extend(some.into_iter().filter(|(n, _)| *n > 0).map(|(n, words)| count(words, n)));
    if !summary.gained.is_empty() {
        lines.push(fill(t!("import.gained"), &[("lessons", &titles(&summary.gained))]));
    }
    if !summary.lowered.is_empty() {
        lines.push(fill(t!("import.lowered"), &[("lessons", &titles(&summary.lowered))]));
    }
    if summary.newer.is_some() {
        lines.push(t!("import.newer").to_owned());
    }
    lines
}
