//! The methods side by side in numbers, and what each holds in memory.

use super::results::{Results, name};
use crate::widgets::{lines::number, table::percent};
use engine_core::jobs::adapt::{Adapting, Held, Method};
use kit::t;
use leptos::prelude::*;

/// Bytes as a learner reads them.
pub fn kilobytes(bytes: usize) -> String {
    format!("{} kB", number(bytes as f64 / 1e3))
}

/// Draws a row for each method, with a button that begins it.
#[component]
pub fn Methods(
    /// What the runs have shown.
    results: RwSignal<Results>,
    /// Whether they belong to other settings than those that are set now.
    #[prop(into)]
    stale: Signal<bool>,
    /// The method that learns.
    #[prop(into)]
    current: Signal<Option<Method>>,
    /// Begins one, or stops it.
    begin: Callback<Method>,
) -> impl IntoView {
    let row = move |method: Method| {
        let done = Memo::new(move |_| !stale.get() && results.with(|results| results.is_done(method)));
        let says = move || match (current.get() == Some(method), done.get()) {
            (true, _) => t!("lora.stop"),
            (false, false) => t!("lora.adapt"),
            (false, true) => t!("lora.done"),
        };
        // Not `disabled`: that would drop the keyboard's focus.
        let off = move || done.get() || current.get().is_some_and(|other| other != method);
        let press = move |_| {
            if !off() {
                begin.run(method);
            }
        };
        let of = move |read: fn(&Adapting) -> String| {
            move || results.with(|results| results.runs.get(&method).map_or("–".to_owned(), read))
        };
        let losses = move |of: fn(&engine_core::jobs::adapt::Point) -> f32| {
            move || {
                let ends = results.with(|results| results.ends(method));
                ends.map_or("–".to_owned(), |ends| {
                    let [first, last] = ends.map(|point| format!("{:.3}", of(&point)));
                    format!("{first} → {last}")
                })
            }
        };
        let steps = move || results.with(|results| results.step(method));
        view! {
            <tr data-method=method.key()>
                <th scope="row">{name(method)}</th>
                <td>
                    <button
                        type="button" data-action="one" aria-disabled=move || off().to_string()
                        aria-label=move || format!("{}: {}", name(method), says()) on:click=press
                    >
                        {says}
                    </button>
                </td>
                <td>{steps}</td>
                <td>{of(|run| run.trainable.to_string())}</td>
                <td>{of(|run| percent(run.trainable as f64 / run.parameters.max(1) as f64))}</td>
                <td>{losses(|point| point.new)}</td>
                <td>{losses(|point| point.old)}</td>
            </tr>
        }
    };
    let heads = [
        t!("lora.method"),
        t!("lora.adapt"),
        t!("lora.step"),
        t!("lora.trainable"),
        t!("lora.share"),
        t!("lora.loss_new"),
        t!("lora.loss_old"),
    ];
    let unknown = move || {
        let unknown = results.with(|results| results.runs.values().next().map(|run| run.unknown.clone()));
        unknown.filter(|all| !all.is_empty()).map(|all| t!("lora.unknown", characters = all))
    };
    view! {
        <div class="table-scroll" tabindex="0" role="group" aria-label=t!("lora.side_by_side")>
            <table class="lab-numbers" data-output="methods">
                <thead><tr>{heads.map(|head| view! { <th scope="col">{head}</th> })}</tr></thead>
                <tbody>{Method::ALL.map(row).into_iter().collect::<Vec<_>>()}</tbody>
            </table>
        </div>
        <p class="lab-note">{unknown}</p>
    }
}

/// One kind of what is held, in bytes.
type Part = fn(&Held) -> usize;

/// Draws the bytes that each method held.
#[component]
pub fn Memory(
    /// What the runs have shown.
    results: RwSignal<Results>,
) -> impl IntoView {
    let parts: [(&'static str, Part); 6] = [
        (t!("lora.frozen"), |held| held.frozen),
        (t!("lora.learned"), |held| held.learned),
        (t!("lora.gradients"), |held| held.gradients),
        (t!("lora.adam"), |held| held.adam),
        (t!("lora.kept"), |held| held.kept),
        (t!("lora.all"), Held::all),
    ];
    let rows = move || {
        results.with(|results| {
            let row = |(method, run): (&Method, &Adapting)| {
                let cells = parts.map(|(_, part)| view! { <td>{kilobytes(part(&run.held))}</td> });
                view! { <tr data-method=method.key()><th scope="row">{name(*method)}</th>{cells}</tr> }
            };
            results.runs.iter().map(row).collect::<Vec<_>>()
        })
    };
    view! {
        <p class="lab-caption">{t!("lora.memory")}</p>
        <div class="table-scroll" tabindex="0" role="group" aria-label=t!("lora.memory")>
            <table class="lab-numbers" data-output="memory">
                <thead>
                    <tr><th scope="col">{t!("lora.method")}</th>{parts.map(|(head, _)| view! { <th scope="col">{head}</th> })}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <p class="lab-note">{t!("lora.about_memory")}</p>
    }
}
