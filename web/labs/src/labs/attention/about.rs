//! The chosen head on the learner's text: how widely it looks, and which heads look alike.

use super::{cell, heads::Head, patterns, side::Seen};
use crate::widgets::table::percent;
use kit::t;
use leptos::prelude::*;

/// So many related heads are named.
const RELATED: usize = 3;

/// Says both, with a button for each related head.
#[component]
pub fn About(
    /// What the engine found.
    seen: Seen,
    /// The layer and head that are looked at.
    chosen: RwSignal<Head>,
) -> impl IntoView {
    let words = move || {
        seen.with(|seen| {
            let seen = seen.as_ref()?;
            let habits = patterns::habits(cell::weights(seen), seen.tokens.len());
            Some(t!(
                "attention.looks_widely",
                layer = seen.layer + 1,
                head = seen.head + 1,
                effective = format!("{:.1}", habits.effective),
                sparsity = percent(habits.sparsity),
                first = percent(habits.first),
                previous = percent(habits.previous),
                own = percent(habits.own)
            ))
        })
    };
    let related = Memo::new(move |_| {
        seen.with(|seen| seen.as_ref().map(|seen| patterns::related(seen, RELATED)).unwrap_or_default())
    });
    let buttons = move || {
        let button = |it: patterns::Related| {
            let name = t!("attention.layer_head", layer = it.layer + 1, head = it.head + 1);
            view! {
                <li>
                    <button type="button" data-related=format!("{}-{}", it.layer, it.head) on:click=move |_| chosen.set((it.layer, it.head))>
                        {name} ": " {percent(it.overlap)}
                    </button>
                </li>
            }
        };
        related.get().into_iter().map(button).collect::<Vec<_>>()
    };
    view! {
        <p class="heads-note" aria-live="polite" data-output="habits">{words}</p>
        <div class="heads-related" hidden=move || related.with(Vec::is_empty)>
            <p class="heads-note">{t!("attention.related_heads")}</p>
            <ul>{buttons}</ul>
        </div>
    }
}
