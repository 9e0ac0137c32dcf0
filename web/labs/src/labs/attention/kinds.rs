//! What kind of head each one is, by a test whose scores are all shown.

use super::heads::Head;
use crate::{
    engine::use_job,
    picked::Picked,
    widgets::table::percent,
};
use engine_core::{
    head_scores::{DIFFUSE, HeadScores, Kind, NAMED},
    jobs::{ModelSource, inspect::ScoreHeads},
};
use kit::t;
use leptos::prelude::*;

/// As in the table.
pub fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Previous => t!("attention.kind_previous"),
        Kind::First => t!("attention.kind_first"),
        Kind::Own => t!("attention.kind_own"),
        Kind::Duplicate => t!("attention.kind_duplicate"),
        Kind::Induction => t!("attention.kind_induction"),
        Kind::Diffuse => t!("attention.kind_diffuse"),
        Kind::Other => t!("attention.kind_other"),
    }
}

/// The scores in the order of the columns.
fn columns(scores: &HeadScores) -> [f32; 6] {
    [scores.previous, scores.first, scores.own, scores.duplicate, scores.induction, scores.spread]
}

/// The test and its scores, behind a fold: exercises ask to find such heads by looking.
#[component]
pub fn Kinds(
    /// The model.
    picked: Picked,
    /// How many heads a block has.
    #[prop(into)]
    n_heads: Signal<usize>,
    /// The layer and head that are looked at.
    chosen: RwSignal<Head>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let run = use_job(move || {
        let file = picked.bytes().filter(|_| open.get())?;
        Some(ScoreHeads { model: ModelSource::File(file.to_vec()) })
    });
    let says = move || {
        run.outcome.with(|outcome| match outcome {
            Some(Err(why)) => why.to_string(),
            Some(Ok(found)) if found.scores.is_empty() => t!("attention.no_test").to_owned(),
            Some(Ok(found)) => t!(
                "attention.kinds_tested",
                rows = found.rows,
                once = found.tokens / 2,
                named = percent(f64::from(NAMED)),
                diffuse = percent(f64::from(DIFFUSE))
            ),
            None => t!("attention.testing").to_owned(),
        })
    };
    let row = move |(number, scores): (usize, HeadScores)| {
        let per_block = n_heads.get_untracked().max(1);
        let at = (number / per_block, number % per_block);
        let (kind, score) = scores.kind();
        let named = name(kind);
        let label = match kind {
            Kind::Other => named.to_owned(),
            _ => format!("{named} ({})", percent(f64::from(score))),
        };
        let numbers = columns(&scores).map(|score| view! { <td>{percent(f64::from(score))}</td> });
        view! {
            <tr data-kind-of=format!("{}-{}", at.0, at.1) data-kind=format!("{kind:?}").to_lowercase()>
                <th scope="row">
                    <button type="button" aria-pressed=move || (chosen.get() == at).to_string() on:click=move |_| chosen.set(at)>
                        {t!("attention.layer_head", layer = at.0 + 1, head = at.1 + 1)}
                    </button>
                </th>
                <td>{label}</td>
                {numbers.into_iter().collect::<Vec<_>>()}
            </tr>
        }
    };
    let rows = move || {
        let found = run.outcome.with(|outcome| match outcome {
            Some(Ok(found)) => found.scores.clone(),
            _ => Vec::new(),
        });
        found.into_iter().enumerate().map(row).collect::<Vec<_>>()
    };
    let heads = [
        t!("attention.kind_head"),
        t!("attention.kind_named"),
        t!("attention.kind_previous"),
        t!("attention.kind_first"),
        t!("attention.kind_own"),
        t!("attention.kind_duplicate"),
        t!("attention.kind_induction"),
        t!("attention.kind_spread"),
    ]
    .map(|name| view! { <th scope="col">{name}</th> });
    view! {
        <details class="attention-kinds" on:toggle=move |_| open.update(|open| *open = !*open)>
            <summary>{t!("attention.kinds")}</summary>
            <p aria-live="polite" data-output="kinds-test">{says}</p>
            <div class="table-scroll" tabindex="0" role="group" aria-label=t!("attention.kinds")>
                <table data-output="kinds"><thead><tr>{heads.into_iter().collect::<Vec<_>>()}</tr></thead><tbody>{rows}</tbody></table>
            </div>
        </details>
    }
}
