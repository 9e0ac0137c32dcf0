//! An answer that is typed: a number, or what a program prints.

use super::ask::{State, is, why};
use kit::t;
use learn::practice::Given;
use leptos::prelude::*;

/// Draws the field; Enter checks a number.
pub fn typed(unit: String, is_text: bool, state: State, check: impl Fn() + 'static) -> AnyView {
    let value =
        move || state.given.with(|given| if let Given::Typed(text) = given { text.clone() } else { String::new() });
    let on_input = move |event: web_sys::Event| {
        let text = event_target_value(&event);
        state.change(|given| *given = Given::Typed(text));
    };
    let on_enter = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Enter" {
            event.prevent_default();
            check();
        }
    };
    let field = if is_text {
        view! {
            <label class="quiz-typed">
                <span>{t!("quiz.prints")}</span>
                <textarea rows="2" spellcheck="false" autocapitalize="off" data-field="answer" prop:value=value on:input=on_input></textarea>
            </label>
        }
        .into_any()
    } else {
        view! {
            <label class="quiz-typed">
                <span>{t!("quiz.number")}</span>
                <span class="quiz-number-field">
                    <input type="text" inputmode="decimal" autocomplete="off" data-field="answer" prop:value=value on:input=on_input on:keydown=on_enter/>
                    {(!unit.is_empty()).then(|| view! { <span class="quiz-unit">{unit}</span> })}
                </span>
            </label>
        }
        .into_any()
    };
    view! {
        <div class="quiz-option quiz-single" class:right=move || is(state, 0, true) class:wrong=move || is(state, 0, false)>
            {field}
            {why(state, 0)}
        </div>
    }
    .into_any()
}
