//! The schemes side by side in numbers, and what each says of one text twice as long.

use super::results::{Results, name};
use crate::widgets::{in_turn::One, table::percent};
use engine_core::positions::Scheme;
use kit::t;
use leptos::prelude::*;

/// Draws a row for each scheme, with a button that trains it or goes on.
#[component]
pub fn Schemes(
    /// What the runs have shown.
    results: RwSignal<Results>,
    /// Whether they belong to other settings than those that are set now.
    #[prop(into)]
    stale: Signal<bool>,
    /// The scheme that is being trained.
    #[prop(into)]
    current: Signal<Option<Scheme>>,
    /// Trains one, or stops it.
    begin: Callback<Scheme>,
) -> impl IntoView {
    let row = move |scheme: Scheme| {
        let last = Memo::new(move |_| results.with(|results| results.last(scheme).copied()));
        let steps = move || results.with(|results| results.setup.map_or(0, |setup| setup.steps));
        let done = Memo::new(move |_| !stale.get() && results.with(|results| results.is_done(scheme)));
        let cell = move |of: fn(&engine_core::positions::training::Point) -> f64| {
            move || last.get().map_or("–".to_owned(), |point| percent(of(&point)))
        };
        let passed = move || results.with(|results| results.passed(scheme)).map_or("–".to_owned(), |step| step.to_string());
        let says = move || match (current.get() == Some(scheme), last.get()) {
            (true, _) => t!("positions.stop_one"),
            (false, None) => t!("positions.train_one"),
            (false, Some(_)) if stale.get() => t!("positions.train_one"),
            (false, Some(_)) if done.get() => t!("positions.trained_one"),
            (false, Some(_)) => t!("positions.go_on_one"),
        };
        view! {
            <tr data-scheme=scheme.key()>
                <th scope="row">{name(scheme)}</th>
                <td>
                    <One key=scheme name=name(scheme) says=Signal::derive(says) done current begin/>
                </td>
                <td>
                    {move || last.get().map_or("–".to_owned(), |point| format!("{} / {}", point.step, steps()))}
                </td>
                <td>{cell(|point| point.near.tokens)}</td>
                <td>{cell(|point| point.near.exact)}</td>
                <td>{cell(|point| point.far.tokens)}</td>
                <td>{cell(|point| point.far.exact)}</td>
                <td>{passed}</td>
            </tr>
        }
    };
    let heads = [
        t!("positions.scheme"),
        t!("positions.train"),
        t!("positions.step"),
        t!("positions.tokens_right"),
        t!("positions.texts_right"),
        t!("positions.far_tokens_right"),
        t!("positions.far_texts_right"),
        t!("positions.learned_at"),
    ];
    view! {
        <div class="table-scroll" tabindex="0" role="group" aria-label=t!("positions.side_by_side")>
            <table class="positions-table" data-output="schemes">
                <thead><tr>{heads.map(|head| view! { <th scope="col">{head}</th> })}</tr></thead>
                <tbody>{Scheme::ALL.map(row).into_iter().collect::<Vec<_>>()}</tbody>
            </table>
        </div>
    }
}

/// Draws one text with what should be said of it and what each scheme says, faults marked.
#[component]
pub fn Sample(
    /// What the runs have shown.
    results: RwSignal<Results>,
) -> impl IntoView {
    let rows = move || {
        results.with(|results| {
            let Some(first) = results.standings.values().next() else { return Vec::new() };
            let plain = |label: &'static str, text: String| {
                view! { <tr><th scope="row">{label}</th><td><code>{text}</code></td><td></td></tr> }.into_any()
            };
            let mut rows =
                vec![plain(t!("positions.reads"), first.glance.text.clone()), plain(t!("positions.is_to_say"), first.glance.wanted.clone())];
            for (scheme, standing) in &results.standings {
                let glance = &standing.glance;
                let pairs: Vec<(char, char)> = glance.said.chars().zip(glance.wanted.chars()).collect();
                let right = pairs.iter().filter(|(said, wanted)| said == wanted && *wanted != '·').count();
                let asked = pairs.iter().filter(|(_, wanted)| *wanted != '·').count();
                let marked = |(said, wanted): (char, char)| {
                    if said == wanted {
                        said.to_string().into_any()
                    } else {
                        view! { <mark class="positions-wrong">{said.to_string()}</mark> }.into_any()
                    }
                };
                let letters: Vec<AnyView> = pairs.into_iter().map(marked).collect();
                let count = t!("positions.right_of", right = right, asked = asked);
                rows.push(
                    view! { <tr><th scope="row">{name(*scheme)}</th><td><code>{letters}</code></td><td>{count}</td></tr> }
                        .into_any(),
                );
            }
            rows
        })
    };
    view! {
        <p class="positions-caption">{t!("positions.sample")}</p>
        <div class="table-scroll" tabindex="0" role="group" aria-label=t!("positions.sample")>
            <table class="positions-sample" data-output="sample"><tbody>{rows}</tbody></table>
        </div>
    }
}
