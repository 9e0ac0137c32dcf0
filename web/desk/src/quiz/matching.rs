//! Left sides, each with a list to choose its right side from.

use super::ask::{State, is, why};
use kit::{t, text::fill};
use learn::practice::{Given, Pair, shuffled};
use leptos::prelude::*;

/// Draws the pairs; `name` fixes the order of the right sides.
pub fn matching(pairs: Vec<Pair>, name: String, state: State) -> AnyView {
    let rights: Vec<String> = pairs.iter().map(|pair| pair.right.clone()).collect();
    let order = shuffled(rights.len(), name.trim_start_matches("quiz-"));
    let row = |(at, pair): (usize, Pair)| {
        let chosen = move || {
            state
                .given
                .with(|given| if let Given::Matched(all) = given { all.get(at).copied().flatten() } else { None })
        };
        let choose = move |event: web_sys::Event| {
            let other = event_target_value(&event).parse::<usize>().ok();
            state.change(|given| {
                if let Given::Matched(all) = given {
                    all[at] = other;
                }
            });
        };
        let id = format!("{name}-{at}");
        let belongs = fill(t!("quiz.belongs-together"), &[("right", &pair.right)]);
        let options: Vec<_> = order
            .iter()
            .map(|other| {
                let (other, text) = (*other, rights[*other].clone());
                view! { <option value=other.to_string() selected=move || chosen() == Some(other)>{text}</option> }
            })
            .collect();
        view! {
            <li class="quiz-option quiz-pair" class:right=move || is(state, at, true) class:wrong=move || is(state, at, false)>
                <label class="quiz-row" for=id.clone()>
                    <span class="quiz-text" inner_html=pair.left></span>
                </label>
                <select id=id data-pair=at on:change=choose prop:value=move || chosen().map(|at| at.to_string()).unwrap_or_default()>
                    <option value="">{t!("quiz.choose")}</option>
                    {options}
                </select>
                <p class="quiz-belongs" hidden=move || !is(state, at, false)>{belongs.clone()}</p>
                {why(state, at)}
            </li>
        }
    };
    let rows: Vec<_> = pairs.into_iter().enumerate().map(row).collect();
    view! { <ul class="quiz-options quiz-pairs">{rows}</ul> }.into_any()
}
