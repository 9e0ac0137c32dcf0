//! The text as tokens, and what the model expects after each of them.

use kit::t;
use crate::widgets::{
    heatmap::Cell,
    token_bars::TokenBars,
};
use engine_core::jobs::inspect::Inspection;
use leptos::prelude::*;
use std::sync::Arc;

/// So many of the likeliest tokens are shown.
const SHOWN: usize = 5;

/// Draws the tokens; choosing one shows the model's guesses for what follows it.
#[component]
pub fn Predictions(
    /// What the engine computed.
    #[prop(into)]
    seen: Signal<Option<Arc<Inspection>>>,
    /// The chosen token; the last one if none is.
    position: RwSignal<Option<usize>>,
    /// The cell under the cursor, whose two tokens are marked.
    #[prop(into)]
    cursor: Signal<Option<Cell>>,
) -> impl IntoView {
    let tokens = Memo::new(move |_| seen.with(|seen| seen.as_ref().map_or(Vec::new(), |seen| seen.tokens.clone())));
    let at = Memo::new(move |_| {
        let last = tokens.with(Vec::len).checked_sub(1)?;
        Some(position.get().unwrap_or(last).min(last))
    });
    let chips = move || {
        let chip = |(i, token): (usize, String)| {
            view! {
                <button
                    type="button"
                    class="token-chip"
                    class:asks=move || cursor.get().is_some_and(|cell| cell.0 == i)
                    class:answers=move || cursor.get().is_some_and(|cell| cell.1 == i)
                    data-position=i.to_string()
                    aria-pressed=move || (at.get() == Some(i)).to_string()
                    aria-label=t!("attention.token_n", n = i + 1, token = token)
                    on:click=move |_| position.set(Some(i))
                >
                    {token.clone()}
                </button>
            }
        };
        tokens.get().into_iter().enumerate().map(chip).collect::<Vec<_>>()
    };
    let chances = Signal::derive(move || {
        let guesses = |seen: &Arc<Inspection>| seen.next.get(at.get()?).cloned();
        seen.with(|seen| seen.as_ref().and_then(guesses)).unwrap_or_default()
    });
    let label = move || {
        let token = at.get().and_then(|at| tokens.with(|tokens| tokens.get(at).cloned()));
        token.map_or(String::new(), |token| t!("attention.what_model_expects", token = token))
    };
    let truth = move || {
        let next = at.get().and_then(|at| tokens.with(|tokens| tokens.get(at + 1).cloned()));
        next.map(|next| t!("attention.text_follows", next = next))
    };
    view! {
        <div class="token-row" role="group" aria-label=t!("attention.text_as_tokens")>{chips}</div>
        <div class="predictions" data-position=move || at.get().map(|at| at.to_string())>
            <p class="predictions-head">{label}</p>
            <TokenBars title=t!("attention.likeliest_next_tokens") chances most=SHOWN/>
            <p class="predictions-truth">{truth}</p>
        </div>
    }
}
