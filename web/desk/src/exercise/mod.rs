//! An exercise: a goal in a lab of the page, checked live against what the lab reports.

use crate::{lab, progress, slots::Slot};
use kit::{t, text::fill};
use learn::{
    practice::{Checked, Exercise, Value},
    progress::Kind,
};
use leptos::prelude::*;

/// The part called `exercise`.
pub fn part(slot: Slot) -> AnyView {
    match serde_json::from_str::<Exercise>(&slot.json) {
        Ok(exercise) => view! { <Block exercise/> }.into_any(),
        // Of another build than this program: what the compiler wrote can be read all the same.
        Err(_) => view! { <div inner_html=slot.fallback></div> }.into_any(),
    }
}

#[component]
fn Block(exercise: Exercise) -> impl IntoView {
    let all = StoredValue::new(exercise.clone());
    let Exercise { id, title, task, lab, goals, hints, solution, solution_knobs, .. } = exercise;
    let title_id = format!("exercise-{id}-title");
    let checked = RwSignal::new(None::<Checked>);
    let solved = RwSignal::new(false);
    let news = RwSignal::new(false);
    let hints_shown = RwSignal::new(0_usize);
    let solution_shown = RwSignal::new(false);
    // Help that was taken before the goal was reached.
    let helped = RwSignal::new(false);
    let set_up = RwSignal::new(false);

    lab::outcomes(&lab, move |outcome| {
        let Some(found) = all.with_value(|exercise| exercise.check(&outcome)) else { return };
        let reached = found.reached;
        checked.set(Some(found));
        if reached && !solved.get_untracked() {
            solved.set(true);
            news.set(true);
            let (lesson, item, objectives) = all.with_value(|exercise| {
                (exercise.slug.clone(), format!("x:{}", exercise.id), exercise.objectives.clone())
            });
            progress::record(Kind::Answered { lesson, item, objectives, right: true, helped: helped.get_untracked() });
        }
    });

    let begin = move |_| {
        set_up.set(true);
        all.with_value(|exercise| lab::set_up(&exercise.lab, &exercise.knobs));
    };
    let count = hints.len();
    let goals: Vec<_> = goals
        .into_iter()
        .enumerate()
        .map(|(at, goal)| {
            let state = Memo::new(move |_| checked.with(|checked| checked.as_ref().map(|it| it.goals[at].clone())));
            let met = move || state.with(|state| state.as_ref().is_some_and(|state| state.met));
            let mark = move || if met() { "✓" } else { "○" };
            let word = move || if met() { t!("exercise.met") } else { t!("exercise.unmet") };
            let now = move || {
                let found = state.with(|state| state.as_ref().and_then(|state| state.found.clone()))?;
                (!matches!(found, Value::Series(_))).then(|| fill(t!("exercise.now"), &[("value", &found.to_string())]))
            };
            view! {
                <li class="exercise-goal" class:met=met data-met=move || met().to_string()>
                    <span class="exercise-mark" aria-hidden="true">{mark}</span>
                    <span class="visually-hidden">{word}</span>
                    <span><span inner_html=goal.says></span>" "<span class="exercise-now">{now}</span></span>
                </li>
            }
        })
        .collect();
    let more_hints = move |_| {
        hints_shown.update(|shown| *shown += 1);
        if !solved.get_untracked() {
            helped.set(true);
        }
    };
    let show_solution = move |_| {
        solution_shown.set(true);
        if !solved.get_untracked() {
            helped.set(true);
        }
    };
    let hint_items: Vec<_> = hints
        .into_iter()
        .enumerate()
        .map(|(at, hint)| {
            let (n, of) = ((at + 1).to_string(), count.to_string());
            view! {
                <li hidden=move || hints_shown.get() <= at data-hint=n.clone()>
                    <strong>{fill(t!("exercise.hint"), &[("n", &n), ("of", &of)])}</strong>" "<span inner_html=hint></span>
                </li>
            }
        })
        .collect();
    let next_hint = move || {
        let (n, of) = ((hints_shown.get() + 1).min(count).to_string(), count.to_string());
        fill(t!("exercise.next-hint"), &[("n", &n), ("of", &of)])
    };
    let can_show = move || hints_shown.get() == count || solved.get();
    let status = move || {
        if solved.get() {
            return if helped.get() { t!("exercise.solved.helped") } else { t!("exercise.solved") };
        }
        match checked.with(Option::is_some) {
            true => t!("exercise.open"),
            false if set_up.get() => t!("exercise.set-up.done"),
            false => t!("exercise.waiting"),
        }
    };
    let (heading, anchor) = (fill(t!("exercise.title"), &[("title", &title)]), title_id.clone());
    let said = fill(t!("exercise.solved.news"), &[("title", &title)]);
    let try_solution = (!solution_knobs.is_empty()).then(|| {
        view! {
            <button type="button" data-action="set-solution" on:click=move |_| {
                all.with_value(|exercise| lab::set_up(&exercise.lab, &exercise.solution_knobs));
            }>{t!("exercise.set-solution")}</button>
        }
    });
    let labelled = title_id.clone();
    view! {
        <div class="practice-card" role="group" aria-labelledby=labelled data-exercise=id data-solved=move || solved.get().to_string()>
            <h3 id=title_id>{heading}</h3>
            <div class="exercise-task" inner_html=task></div>
            <p class="exercise-when">{t!("exercise.when")}</p>
            <ul class="exercise-goals">{goals}</ul>
            <p class="practice-actions">
                <button type="button" class="primary" data-action="set-up" on:click=begin>{t!("exercise.set-up")}</button>
                <button type="button" data-action="hint" hidden=move || hints_shown.get() == count on:click=more_hints>{next_hint}</button>
                <button type="button" data-action="solution" hidden=move || !can_show() || solution_shown.get() on:click=show_solution>
                    {t!("exercise.solution.show")}
                </button>
            </p>
            <p class="practice-status" role="status" class:right=move || solved.get()>{status}</p>
            <div aria-live="polite">
                <ol class="exercise-hints" hidden=move || hints_shown.get() == 0>{hint_items}</ol>
                <div class="exercise-solution" hidden=move || !solution_shown.get()>
                    <p class="practice-part">{t!("exercise.solution")}</p>
                    <div inner_html=solution></div>
                    {try_solution}
                </div>
            </div>
        </div>
        <div class="practice-toast" role="status" hidden=move || !news.get()>
            {move || news.get().then(|| {
                let (said, anchor) = (said.clone(), anchor.clone());
                view! {
                    <p>{said}</p>
                    <button type="button" data-action="see" on:click=move |_| { news.set(false); lab::go_to(&anchor) }>{t!("exercise.see")}</button>
                    <button type="button" data-action="close" on:click=move |_| news.set(false)>{t!("exercise.close")}</button>
                }
            })}
        </div>
    }
}
