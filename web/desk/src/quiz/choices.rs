//! Options to choose from: one of them, or several.

use super::ask::{State, is, why};
use learn::practice::{Choice, Given};
use leptos::prelude::*;

/// Draws the options; `name` groups them.
pub fn choices(options: Vec<Choice>, multiple: bool, name: String, state: State) -> AnyView {
    let option = |(at, option): (usize, Choice)| {
        let choose = move |event: web_sys::Event| {
            let on = event_target_checked(&event);
            state.change(|given| {
                if let Given::Chosen(chosen) = given {
                    chosen.retain(|other| multiple && *other != at);
                    chosen.extend(on.then_some(at));
                }
            });
        };
        let chosen = move || state.given.with(|given| matches!(given, Given::Chosen(chosen) if chosen.contains(&at)));
        view! {
            <li class="quiz-option" class:right=move || is(state, at, true) class:wrong=move || is(state, at, false)>
                <label>
                    <input type=if multiple { "checkbox" } else { "radio" } name=name.clone() prop:checked=chosen on:change=choose/>
                    <span class="quiz-text" inner_html=option.text></span>
                </label>
                {why(state, at)}
            </li>
        }
    };
    let options: Vec<_> = options.into_iter().enumerate().map(option).collect();
    view! { <ul class="quiz-options">{options}</ul> }.into_any()
}
