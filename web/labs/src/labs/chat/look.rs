//! Inside an answer: each token, how likely it was, and what else could have come.

use super::turns::Turn;
use crate::widgets::{token_bars::TokenBars, token_radio::TokenRadio};
use kit::t;
use leptos::prelude::*;

/// Draws the tokens of the newest answer; one of them is chosen.
#[component]
pub fn Look(
    /// Everything that was said.
    turns: RwSignal<Vec<Turn>>,
) -> impl IntoView {
    let said = Memo::new(move |_| turns.with(|turns| turns.last().map(|turn| turn.said.clone()).unwrap_or_default()));
    let place = RwSignal::new(0_usize);
    // A new answer is looked at from its first token on.
    Effect::new(move |before: Option<usize>| {
        let count = said.with(Vec::len);
        if before.is_none_or(|before| count < before) {
            place.set(0);
        }
        count
    });
    let chosen = Memo::new(move |_| said.with(|said| said.get(place.get()).cloned()));
    let tokens = Signal::derive(move || said.with(|said| said.iter().map(|it| it.token.clone()).collect::<Vec<_>>()));
    let chances = Signal::derive(move || chosen.get().map(|it| it.chances).unwrap_or_default());
    let words = move || {
        let it = chosen.get()?;
        Some(t!(
            "chat.token_words",
            token = it.token,
            probability = format!("{:.1}", 100.0 * it.probability),
            draw = format!("{:.3}", it.uniform)
        ))
    };
    view! {
        <div class="chat-look" hidden=move || said.with(Vec::is_empty)>
            <h3>{t!("chat.inside")}</h3>
            <p class="lab-note">{t!("chat.inside_note")}</p>
            <TokenRadio label=t!("chat.tokens") tokens chosen=place on_choose=move |at| place.set(at)/>
            <p data-output="token-words">{words}</p>
            <TokenBars title=t!("chat.could_have_come") chances/>
        </div>
    }
}
