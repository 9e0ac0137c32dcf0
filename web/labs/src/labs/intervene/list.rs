//! The interventions so far; each can be taken back.

use super::{Seen, form::part_name};
use crate::widgets::signed_bars::plain;
use engine_core::dissect::{change::Change, pass::Part};
use kit::t;
use leptos::prelude::*;

/// An intervention in words; `was` is what an edited weight was before.
fn words(change: &Change, was: Option<f32>) -> String {
    let place = |at: &Option<usize>| at.map_or(String::new(), |at| format!(" {}", t!("intervene.only_at", n = at + 1)));
    match change {
        Change::Scale { part, at, factor } if *factor == 0.0 => {
            t!("intervene.did_zero", part = part_name(*part), place = place(at))
        }
        Change::Scale { part, at, factor } => {
            t!("intervene.did_scale", part = part_name(*part), factor = plain(*factor, 2), place = place(at))
        }
        Change::Patch { part, at, from } => {
            t!("intervene.did_patch", part = part_name(*part), from = from, place = place(at))
        }
        Change::Swap { a: a @ Part::Head { layer: one, .. }, b: b @ Part::Head { layer: two, .. } } if one == two => {
            t!("intervene.did_swap_in_vain", a = part_name(*a), b = part_name(*b))
        }
        Change::Swap { a, b } => t!("intervene.did_swap", a = part_name(*a), b = part_name(*b)),
        Change::Weight { tensor, row, column, value } => {
            let was = was.map_or(String::new(), |was| plain(f64::from(was), 4));
            t!(
                "intervene.did_edit",
                tensor = tensor,
                row = row + 1,
                column = column + 1,
                was = was,
                value = plain(f64::from(*value), 4)
            )
        }
    }
}

/// Draws the list with its way back.
#[component]
pub fn Changes(
    /// What was found.
    seen: Seen,
    /// The interventions, in order.
    changes: RwSignal<Vec<Change>>,
) -> impl IntoView {
    // What was taken back last, to be done again.
    let undone = RwSignal::new(Vec::<Change>::new());
    let take = move |at: usize| {
        let taken = changes.try_update(|all| if at < all.len() { Some(all.remove(at)) } else { None }).flatten();
        undone.update(|all| all.extend(taken));
    };
    let rows = move || {
        let was = seen.with(|seen| seen.as_ref().map_or(Vec::new(), |seen| seen.was.clone()));
        let mut edits = was.into_iter();
        let row = |(at, change): (usize, Change)| {
            let was = matches!(change, Change::Weight { .. }).then(|| edits.next()).flatten();
            let said = words(&change, was);
            let name = t!("intervene.remove_this", what = said);
            view! {
                <li data-change=change.to_string()>
                    <span>{said}</span>
                    <button type="button" data-action="remove" aria-label=name on:click=move |_| take(at)>{t!("intervene.remove")}</button>
                </li>
            }
        };
        changes.get().into_iter().enumerate().map(row).collect::<Vec<_>>()
    };
    let none = move || changes.with(Vec::is_empty);
    view! {
        <p class="lab-note" hidden=move || !none()>{t!("intervene.none_yet")}</p>
        <ol class="intervene-list" aria-label=t!("intervene.so_far")>{rows}</ol>
        <p class="intervene-back">
            <button type="button" data-action="undo" disabled=none on:click=move |_| take(changes.with_untracked(Vec::len).wrapping_sub(1))>{t!("intervene.undo")}</button>
            <button
                type="button" data-action="redo" disabled=move || undone.with(Vec::is_empty)
                on:click=move |_| {
                    if let Some(change) = undone.try_update(Vec::pop).flatten() {
                        changes.update(|all| all.push(change));
                    }
                }
            >
                {t!("intervene.redo")}
            </button>
            <button type="button" data-action="clear" disabled=none on:click=move |_| {
                let all = changes.get_untracked();
                undone.update(|undone| undone.extend(all.into_iter().rev()));
                changes.set(Vec::new());
            }>{t!("intervene.clear")}</button>
        </p>
    }
}
