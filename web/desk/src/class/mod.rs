//! The results of a class: many files and codes become one table and one picture, on this device alone.

mod chart;
mod gather;
mod numbers;

use crate::slots::Slot;
use chart::Runs;
use gather::Gather;
use kit::{download, t, text::fill};
use learn::share::{Achieved, Class, CodeFault, Fault, FileFault, csv, to_results_file};
use leptos::prelude::*;
use numbers::{Results, Summed};

/// The page for a teacher.
pub fn part(_slot: Slot) -> AnyView {
    let class = RwSignal::new(Class::default());
    let exercise = RwSignal::new(None::<String>);
    // The results of the chosen exercise, or all of them.
    let shown = Memo::new(move |_| {
        let all = class.with(Class::results);
        match exercise.get() {
            Some(wanted) => all.into_iter().filter(|result| result.exercise == wanted).collect::<Vec<Achieved>>(),
            None => all,
        }
    });
    let any = Memo::new(move |_| class.with(|class| !class.entries.is_empty()));
    view! {
        <div class="class-page">
            <Gather class/>
            <Counted class/>
            <Show when=move || any.get()>
                <Choose class exercise/>
                <Runs results=shown/>
                <Summed results=shown/>
                <Results results=shown/>
                <Take class shown exercise/>
            </Show>
        </div>
    }
    .into_any()
}

/// What a result is called where it has no name.
pub fn name_of(result: &Achieved, position: usize) -> String {
    let number = (position + 1).to_string();
    if result.name.is_empty() { fill(t!("class.nameless"), &[("n", &number)]) } else { result.name.clone() }
}

/// How many there are, and what could not be used.
#[component]
fn Counted(class: RwSignal<Class>) -> impl IntoView {
    let count = move || {
        class.with(|class| {
            let (n, again, bad) = (class.entries.len(), class.repeated.len(), class.unreadable.len());
            let values = [("n", n.to_string()), ("again", again.to_string()), ("bad", bad.to_string())];
            fill(t!("class.count"), &values.each_ref().map(|(name, value)| (*name, value.as_str())))
        })
    };
    let repeated = move || {
        let rows: Vec<_> = class.with(|class| class.repeated.clone());
        let row = |it: learn::share::Repeated| {
            let name = if it.name.is_empty() { t!("class.somebody").to_owned() } else { it.name };
            let values = [("name", name.as_str()), ("source", it.source.as_str()), ("first", it.first.as_str())];
            view! { <li>{fill(t!("class.repeated-row"), &values)}</li> }
        };
        (!rows.is_empty()).then(|| view! {
            <details data-class="repeated"><summary>{t!("class.repeated")}</summary><ul>{rows.into_iter().map(row).collect_view()}</ul></details>
        })
    };
    let unreadable = move || {
        let rows: Vec<_> = class.with(|class| class.unreadable.clone());
        let row = |it: learn::share::Unreadable| {
            view! { <li>{fill(why(it.fault), &[("source", &it.source)])}</li> }
        };
        (!rows.is_empty()).then(|| {
            view! {
                <section class="class-unreadable" data-class="unreadable">
                    <h2>{t!("class.unreadable")}</h2><ul>{rows.into_iter().map(row).collect_view()}</ul>
                </section>
            }
        })
    };
    view! { <p role="status" data-class="count">{count}</p> {repeated} {unreadable} }
}

fn why(fault: Fault) -> &'static str {
    match fault {
        Fault::Code(CodeFault::Absent) => t!("class.fault-absent"),
        Fault::Code(CodeFault::Damaged) => t!("class.fault-damaged"),
        Fault::Code(CodeFault::Meaningless) => t!("class.fault-meaningless"),
        Fault::File(FileFault::Long) => t!("class.fault-long"),
        Fault::File(FileFault::Unknown) => t!("class.fault-unknown"),
        Fault::File(FileFault::Later) => t!("class.fault-later"),
    }
}

#[component]
fn Choose(class: RwSignal<Class>, exercise: RwSignal<Option<String>>) -> impl IntoView {
    const ALL: &str = "*";
    let choose = move |event| exercise.set(Some(event_target_value(&event)).filter(|id| id != ALL));
    let options = move || {
        let option = |id: String| {
            let label = if id.is_empty() { t!("class.no-exercise").to_owned() } else { id.clone() };
            let value = id.clone();
            view! { <option value=id prop:selected=move || exercise.get().as_ref() == Some(&value)>{label}</option> }
        };
        class.with(Class::exercises).into_iter().map(option).collect_view()
    };
    view! {
        <label class="class-choose">{t!("class.exercise")} " "
            <select data-field="class-exercise" on:change=choose>
                <option value=ALL prop:selected=move || exercise.with(Option::is_none)>{t!("class.all")}</option>
                {options}
            </select>
        </label>
    }
}

/// Files to take away, and a fresh start.
#[component]
fn Take(class: RwSignal<Class>, shown: Memo<Vec<Achieved>>, exercise: RwSignal<Option<String>>) -> impl IntoView {
    let table = move |_| download::save_text("class.csv", "text/csv", &csv(&shown.get_untracked()));
    let file = move |_| {
        let all = class.with_untracked(Class::results);
        download::save_text("class.results.json", "application/json", &to_results_file(&all));
    };
    let clear = move |_| {
        exercise.set(None);
        class.set(Class::default());
    };
    view! {
        <p class="class-take">
            <button type="button" data-action="class-csv" on:click=table>{t!("class.csv")}</button>
            <button type="button" data-action="class-file" on:click=file>{t!("class.file")}</button>
            <button type="button" data-action="class-clear" on:click=clear>{t!("class.clear")}</button>
        </p>
        <p class="class-trust">{t!("class.trust")}</p>
    }
}
