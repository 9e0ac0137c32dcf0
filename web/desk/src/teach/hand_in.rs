//! What a learner hands in: the result of the task as a code or a file, made when the learner wants it.

use super::controls;
use crate::share::copy::Copy;
use kit::{download, t, wire};
use learn::practice::{Exercise, Outcome};
use learn::share::{Achieved, Collected, State, code, to_results_file};
use leptos::prelude::*;

/// Draws the panel; it fills as soon as the lab has reported something.
#[component]
pub fn HandIn(
    /// The task.
    state: State,
) -> impl IntoView {
    let wanted = state.teacher.exercise.clone();
    let lesson = state.teacher.lesson.clone();
    let collected = RwSignal::new(Collected::of(&state.lab));
    let exercise_id = wanted.clone();
    let take = move |json: String| {
        let Ok(outcome) = serde_json::from_str::<Outcome>(&json) else { return };
        let exercise = exercise(&exercise_id);
        let mut next = collected.get_untracked();
        if next.take(&outcome, exercise.as_ref()) {
            collected.set(next);
        }
    };
    // What the lab found before the desk was there stands in the lab.
    if let Some(json) = controls::lab(&document(), &state.lab).and_then(|lab| lab.get_attribute("data-outcome")) {
        take(json);
    }
    let heard = wire::hear(wire::OUTCOME, take);
    let heard = StoredValue::new_local(Some(heard));
    on_cleanup(move || drop(heard.try_update_value(Option::take)));

    let name = RwSignal::new(String::new());
    let reached = Memo::new(move |_| collected.with(Collected::reached));
    let any = Memo::new(move |_| !collected.with(Collected::is_empty));
    let early = RwSignal::new(false);
    let achieved = Memo::new(move |_| collected.with(Collected::achieved));
    // One moment for one result: a second copy of the code is the same code.
    let at = Memo::new(move |_| {
        achieved.track();
        (js_sys::Date::now() / 1000.0) as u64
    });
    let has_exercise = !wanted.is_empty();
    let result = Memo::new(move |_| {
        let name = name.get().trim().to_owned();
        let (exercise, lesson) = (wanted.clone(), lesson.clone());
        Achieved { exercise, lesson, name, at: at.get(), ..achieved.get() }.tidied()
    });
    let shown = Memo::new(move |_| any.get() && (!has_exercise || reached.get() || early.get()));
    let save = move |_| {
        let result = result.get_untracked();
        let file = download::file_name(&format!("{} {}", result.name, result.exercise), "result.json");
        download::save_text(&file, "application/json", &to_results_file(&[result]));
    };
    let said = move || match (has_exercise, reached.get(), any.get()) {
        (true, true, _) => t!("teach.reached"),
        (true, false, true) => t!("teach.not-yet"),
        (false, _, true) => t!("teach.have-result"),
        (_, _, false) => t!("teach.nothing-yet"),
    };
    view! {
        <div class="hand-in" data-hand-in=move || if reached.get() { "reached" } else if any.get() { "some" } else { "none" }>
            <p class="hand-in-said" role="status">{said}</p>
            <Show when=move || any.get() && !shown.get()>
                <button type="button" data-action="hand-in-early" on:click=move |_| early.set(true)>{t!("teach.early")}</button>
            </Show>
            <Show when=move || shown.get()>
                <label class="hand-in-name">
                    {t!("teach.name")} " "
                    <input type="text" maxlength="80" autocomplete="off" data-field="result-name" prop:value=move || name.get()
                        on:input=move |event| name.set(event_target_value(&event))/>
                </label>
                <Copy label=t!("teach.code") button=t!("teach.copy-code") text=Signal::derive(move || code(&result.get())) field="result-code"/>
                <p><button type="button" data-action="result-file" on:click=save>{t!("teach.save-result")}</button></p>
                <p class="hand-in-proof">{t!("teach.proof")}</p>
            </Show>
        </div>
    }
}

/// The exercise of that id on this page, as its lesson declares it.
fn exercise(id: &str) -> Option<Exercise> {
    let body = document().body()?;
    let places = controls::all(&body, "[data-desk=\"exercise\"][data-json]");
    let mut all =
        places.iter().filter_map(|place| serde_json::from_str::<Exercise>(&place.get_attribute("data-json")?).ok());
    all.find(|exercise| exercise.id == id)
}
