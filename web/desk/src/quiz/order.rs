//! Items to be put in order, each moved by two buttons.

use super::ask::{State, is, why};
use kit::{t, text::fill};
use learn::practice::{Given, Item};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Draws the items in the order in which they stand.
pub fn order(items: Vec<Item>, name: String, state: State) -> AnyView {
    let count = items.len();
    let said = RwSignal::new(String::new());
    let current = Memo::new(move |_| {
        state.given.with(|given| if let Given::Ordered(order) = given { order.clone() } else { Vec::new() })
    });
    let button_id = {
        let name = name.clone();
        move |item: usize, up: bool| format!("{name}-{item}-{}", if up { "up" } else { "down" })
    };
    let shift = {
        let button_id = button_id.clone();
        move |item: usize, up: bool| {
            let Some(at) = current.with_untracked(|order| order.iter().position(|other| *other == item)) else {
                return;
            };
            let to = if up { at.checked_sub(1) } else { Some(at + 1).filter(|to| *to < count) };
            let Some(to) = to else { return };
            state.change(|given| {
                if let Given::Ordered(order) = given {
                    order.swap(at, to);
                }
            });
            let (place, of) = ((to + 1).to_string(), count.to_string());
            said.set(fill(t!("quiz.moved"), &[("place", &place), ("of", &of)]));
            // The items are drawn anew: the focus goes along with the one that moved.
            let id = button_id(item, up);
            request_animation_frame(move || {
                let button = document().get_element_by_id(&id).and_then(|it| it.dyn_into::<HtmlElement>().ok());
                if let Some(button) = button {
                    let _ = button.focus();
                }
            });
        }
    };
    let rows = move || {
        let row = |(place, item): (usize, usize)| {
            let text_id = format!("{name}-{item}-text");
            let button = |up: bool| {
                let (id, shift) = (button_id(item, up), shift.clone());
                let labels = format!("{id} {text_id}");
                let idle = if up { place == 0 } else { place + 1 == count };
                view! {
                    <button
                        type="button" id=id aria-labelledby=labels
                        data-move=if up { "up" } else { "down" }
                        aria-label=if up { t!("quiz.up") } else { t!("quiz.down") }
                        aria-disabled=idle.then_some("true")
                        on:click=move |_| shift(item, up)
                    >
                        <span aria-hidden="true">{if up { "↑" } else { "↓" }}</span>
                    </button>
                }
            };
            let (up, down) = (button(true), button(false));
            let text = items[item].text.clone();
            let belongs =
                move || is(state, item, false).then(|| fill(t!("quiz.belongs"), &[("place", &(item + 1).to_string())]));
            view! {
                <li class="quiz-option quiz-item" data-item=item class:right=move || is(state, item, true) class:wrong=move || is(state, item, false)>
                    <div class="quiz-row">
                        <span class="quiz-place" aria-hidden="true">{place + 1}</span>
                        <span class="quiz-text" id=text_id inner_html=text></span>
                        <span class="quiz-moves">{up}{down}</span>
                    </div>
                    <p class="quiz-belongs" hidden=move || !is(state, item, false)>{belongs}</p>
                    {why(state, item)}
                </li>
            }
        };
        current.get().into_iter().enumerate().map(row).collect::<Vec<_>>()
    };
    view! {
        <ol class="quiz-options quiz-order">{rows}</ol>
        <p class="visually-hidden" role="status">{said}</p>
    }
    .into_any()
}
