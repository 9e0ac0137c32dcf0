//! The families side by side in numbers.

use super::results::{Results, Shown, name};
use crate::widgets::{in_turn::One, table::percent};
use engine_core::families::Family;
use kit::t;
use leptos::prelude::*;

/// Draws a row for each family, with a button that trains it or goes on.
#[component]
pub fn Families(
    /// What the runs have shown.
    results: RwSignal<Results>,
    /// Whether they belong to other settings than those that are set now.
    #[prop(into)]
    stale: Signal<bool>,
    /// The family that is being trained.
    #[prop(into)]
    current: Signal<Option<Family>>,
    /// Trains one, or stops it.
    begin: Callback<Family>,
) -> impl IntoView {
    let row = move |family: Family| {
        let last = Memo::new(move |_| results.with(|results| results.last(family).copied()));
        let steps = move || results.with(|results| results.setup.map_or(0, |setup| setup.steps));
        let done = Memo::new(move |_| !stale.get() && results.with(|results| results.is_done(family)));
        let cell = move |shown: Shown| {
            let show = move |point| shown.of(&point).map(|n| if shown == Shown::Loss { format!("{n:.2}") } else { percent(n) });
            view! { <td data-skill=shown.key()>{move || last.get().and_then(show).unwrap_or_else(|| "–".to_owned())}</td> }
        };
        let says = move || match (current.get() == Some(family), last.get()) {
            (true, _) => t!("families.stop"),
            (false, None) => t!("families.train_one"),
            (false, Some(_)) if stale.get() => t!("families.train_one"),
            (false, Some(_)) if done.get() => t!("families.trained_one"),
            (false, Some(_)) => t!("families.go_on_one"),
        };
        view! {
            <tr data-family=family.key()>
                <th scope="row">{name(family)}</th>
                <td>
                    <One key=family name=name(family) says=Signal::derive(says) done current begin/>
                </td>
                <td>{move || last.get().map_or("–".to_owned(), |point| format!("{} / {}", point.step, steps()))}</td>
                {Shown::ALL.map(cell).into_iter().collect::<Vec<_>>()}
            </tr>
        }
    };
    let heads = [t!("families.family"), t!("families.train"), t!("families.step")];
    let heads = heads.into_iter().chain(Shown::ALL.map(Shown::name));
    view! {
        <div class="table-scroll" tabindex="0" role="group" aria-label=t!("families.side_by_side")>
            <table class="families-table" data-output="families">
                <thead><tr>{heads.map(|head| view! { <th scope="col">{head}</th> }).collect::<Vec<_>>()}</tr></thead>
                <tbody>{Family::ALL.map(row).into_iter().collect::<Vec<_>>()}</tbody>
            </table>
        </div>
    }
}
