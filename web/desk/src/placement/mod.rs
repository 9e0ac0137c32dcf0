//! The placement quiz: a question for a module, what the answers suggest, and the learner's word on it.

mod verdict;

use crate::{progress, slots::Slot};
use kit::{t, text::fill};
use learn::itinerary::{Placement, Task};
use leptos::prelude::*;
use verdict::Verdict;

/// The part called `placement`.
pub fn part(slot: Slot) -> AnyView {
    match serde_json::from_str::<Placement>(&slot.json) {
        Ok(placement) => view! { <Ask placement/> }.into_any(),
        // What the page carries cannot be read by this program; the questions can still be read by a person.
        Err(_) => view! { <div inner_html=slot.fallback></div> }.into_any(),
    }
}

/// All questions, then what the answers suggest.
#[component]
fn Ask(placement: Placement) -> impl IntoView {
    let count = placement.tasks.len();
    let chosen = RwSignal::new(vec![None::<usize>; count]);
    // What was chosen when the learner asked for the verdict.
    let judged = RwSignal::new(None::<Vec<Option<usize>>>);
    let tasks = StoredValue::new(placement);
    let questions = tasks.with_value(|placement| {
        let questions = placement.tasks.iter().cloned().enumerate();
        questions.map(|(place, task)| question(place, task, chosen, judged)).collect_view()
    });
    let answered = move || chosen.with(|chosen| chosen.iter().flatten().count());
    let progress_words = move || {
        let (answered, all) = (answered().to_string(), count.to_string());
        fill(t!("placement.answered"), &[("n", &answered), ("all", &all)])
    };
    let judge = move |_| judged.set(Some(chosen.get_untracked()));
    let again = move |_| {
        chosen.set(vec![None; count]);
        judged.set(None);
    };
    view! {
        <Known tasks/>
        <ol class="desk-placement">{questions}</ol>
        <p class="muted" role="status">{progress_words}</p>
        <p class="desk-path-buttons">
            <button type="button" class="primary" data-action="judge" on:click=judge
                aria-disabled=move || (answered() == 0).to_string() disabled=move || answered() == 0>
                {t!("placement.judge")}
            </button>
            {move || judged.with(Option::is_some).then(|| view! {
                <button type="button" data-action="again" on:click=again>{t!("placement.again")}</button>
            })}
        </p>
        {move || judged.get().map(|chosen| {
            let suggested = tasks.with_value(|placement| placement.suggest(&chosen));
            view! { <Verdict suggested/> }
        })}
    }
}

/// The modules that are left out at present, each with a way back.
#[component]
fn Known(tasks: StoredValue<Placement>) -> impl IntoView {
    let standing = progress::standing();
    let modules = Memo::new(move |_| {
        let mut modules: Vec<(String, String)> = tasks.with_value(|placement| {
            let known = |task: &&Task| standing.with(|standing| standing.placed(&task.module) == Some(true));
            placement.tasks.iter().filter(known).map(|task| (task.module.clone(), task.title.clone())).collect()
        });
        modules.dedup();
        modules
    });
    move || {
        let modules = modules.get();
        (!modules.is_empty()).then(|| {
            let lines = modules.into_iter().map(|(module, title)| {
                let label = fill(t!("placement.back.label"), &[("module", &title)]);
                let back = move |_| verdict::place(&module, false);
                view! {
                    <li>
                        <span>{title}</span>
                        <button type="button" data-action="back" aria-label=label on:click=back>{t!("placement.back")}</button>
                    </li>
                }
            });
            view! {
                <section class="desk-known" aria-labelledby="desk-known">
                    <h2 id="desk-known">{t!("placement.known")}</h2>
                    <ul>{lines.collect_view()}</ul>
                </section>
            }
        })
    }
}

/// One question; once judged, every option says why it is right or wrong.
fn question(
    place: usize,
    task: Task,
    chosen: RwSignal<Vec<Option<usize>>>,
    judged: RwSignal<Option<Vec<Option<usize>>>>,
) -> impl IntoView {
    let verdict = move |option: usize| {
        judged.with(|judged| judged.as_ref().and_then(|chosen| chosen[place]).map(|given| given == option))
    };
    let options = task.options().to_vec();
    let name = format!("placement-{}", task.question.id);
    let options = options.into_iter().enumerate().map(|(at, option)| {
        let choose = move |_| {
            chosen.update(|chosen| chosen[place] = Some(at));
            // An answer that is changed is no longer the one that was judged.
            judged.update(|judged| {
                if let Some(judged) = judged {
                    judged[place] = None;
                }
            });
        };
        let explain = move || {
            let given = verdict(at)?;
            // The one that was given and the right one; the others would only be in the way.
            (given || option.correct).then(|| {
                let (class, word) = if option.correct {
                    ("right", t!("placement.right"))
                } else {
                    ("wrong", t!("placement.wrong"))
                };
                let html = option.explain.clone();
                view! {
                    <div class=format!("desk-placement-why {class}")><strong>{word}</strong>" "<span inner_html=html></span></div>
                }
            })
        };
        view! {
            <li>
                <label>
                    <input type="radio" name=name.clone() prop:checked=move || chosen.with(|chosen| chosen[place] == Some(at))
                        on:change=choose/>
                    <span inner_html=option.text></span>
                </label>
                {explain}
            </li>
        }
    });
    view! {
        <li>
            <fieldset data-question=task.question.id>
                <legend inner_html=task.question.prompt></legend>
                <ul class="desk-placement-options">{options.collect_view()}</ul>
            </fieldset>
        </li>
    }
}
