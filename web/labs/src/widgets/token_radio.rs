//! A text as tokens, one of them chosen, by pointer or with the arrow keys.

use kit::t;
use leptos::{ev, html, prelude::*};

/// Draws the tokens as a group of radio buttons.
#[component]
pub fn TokenRadio(
    /// What is chosen here.
    #[prop(into)]
    label: String,
    /// The tokens, visible form.
    #[prop(into)]
    tokens: Signal<Vec<String>>,
    /// The chosen place.
    #[prop(into)]
    chosen: Signal<usize>,
    /// Called with a newly chosen place.
    #[prop(into)]
    on_choose: Callback<usize>,
) -> impl IntoView {
    let row = NodeRef::<html::Div>::new();
    let press = move |event: ev::KeyboardEvent| {
        let (now, last) = (chosen.get_untracked(), tokens.with_untracked(|all| all.len().saturating_sub(1)));
        let next = match event.key().as_str() {
            "ArrowRight" | "ArrowDown" => (now + 1).min(last),
            "ArrowLeft" | "ArrowUp" => now.saturating_sub(1),
            "Home" => 0,
            "End" => last,
            _ => return,
        };
        event.prevent_default();
        on_choose.run(next);
        let chip = row
            .get_untracked()
            .and_then(|row| row.query_selector(&format!("[data-position=\"{next}\"]")).ok().flatten());
        if let Some(chip) = chip.and_then(|chip| wasm_bindgen::JsCast::dyn_into::<web_sys::HtmlElement>(chip).ok()) {
            // A chip that is on the page takes the focus.
            let _ = chip.focus();
        }
    };
    let chips = move || {
        let chip = |(at, token): (usize, String)| {
            let name = t!("chart.token_n", n = at + 1, token = token);
            view! {
                <button
                    type="button" role="radio" class="token-radio" data-position=at.to_string() aria-label=name
                    aria-checked=move || (chosen.get() == at).to_string()
                    tabindex=move || if chosen.get() == at { "0" } else { "-1" }
                    on:click=move |_| on_choose.run(at)
                >
                    {token}
                </button>
            }
        };
        tokens.get().into_iter().enumerate().map(chip).collect::<Vec<_>>()
    };
    view! { <div node_ref=row class="token-radios" role="radiogroup" aria-label=label on:keydown=press>{chips}</div> }
}
