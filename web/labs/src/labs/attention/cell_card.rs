//! The card that shows how one cell came about, with every operand.

use kit::t;
use super::{
    cell::{self, Sum, Twice},
    steps::Stage,
};
use crate::widgets::{cells::signed, heatmap::Cell};
use engine_core::jobs::inspect::Inspection;
use leptos::prelude::*;
use std::sync::Arc;

/// So many terms of a sum stand open; the rest unfold.
const OPEN_TERMS: usize = 8;

/// Shows the arithmetic of the cell under the cursor at one stage.
#[component]
pub fn CellCard(
    /// What the engine computed.
    #[prop(into)]
    seen: Signal<Option<Arc<Inspection>>>,
    /// Which step.
    #[prop(into)]
    stage: Signal<Stage>,
    /// Row and column.
    #[prop(into)]
    cursor: Signal<Option<Cell>>,
) -> impl IntoView {
    let card = move || {
        let (Some(seen), Some(at)) = (seen.get(), cursor.get()) else {
            return view! { <p class="card-hint">{t!("attention.point_at_cell")}</p> }
                .into_any();
        };
        draw(&seen, stage.get(), at).unwrap_or_else(|| ().into_any())
    };
    view! { <div class="cell-card" role="group" tabindex="0" aria-label=t!("attention.arithmetic_cell") data-card=move || stage.get().key()>{card}</div> }
}

fn draw(seen: &Inspection, stage: Stage, (from, column): Cell) -> Option<AnyView> {
    let asks = seen.tokens.get(from)?.clone();
    if let Some(dimensions) = stage.dimensions(seen) {
        return (column < dimensions).then(|| match stage {
            Stage::Project => projected(seen, from, column, &asks),
            Stage::Concatenate => mixed(seen, (column / seen.d_head, column % seen.d_head), from, &asks, true),
            _ => mixed(seen, (seen.head, column), from, &asks, false),
        });
    }
    let answers = seen.tokens.get(column)?.clone();
    let to = column;
    let head = view! {
        <p class="card-head">
            {t!("attention.axis_query")} " " <b class="asks">{asks}</b> {t!("attention.to_key")} " " <b class="answers">{answers}</b>
        </p>
    };
    let hidden = to > from;
    let body = match stage {
        Stage::DotProduct => score(seen, from, to),
        Stage::Scale => view! { {scale(seen, from, to)} {fold(t!("attention.score_itself"), score(seen, from, to))} }.into_any(),
        Stage::Mask if hidden => hide(),
        Stage::Softmax if hidden => view! {
            {hide()}
            <p class="card-line">{t!("attention.e_power_0")}</p>
        }
        .into_any(),
        Stage::Mask => view! {
            <p class="card-line">{t!("attention.token_not_future")}</p>
            {scale(seen, from, to)}
        }
        .into_any(),
        _ => softmax(seen, from, to)?,
    };
    Some(view! { {head} {body} }.into_any())
}

fn hide() -> AnyView {
    view! {
        <p class="card-line">{t!("attention.token_comes_later")}</p>
    }
    .into_any()
}

fn score(seen: &Inspection, from: usize, to: usize) -> AnyView {
    let sum = cell::score(seen, from, to);
    let lines = sum.terms.iter().map(|t| Line {
        name: format!("{}", t.index + 1),
        numbers: vec![number(t.left), number(t.right), long(t.product())],
    });
    view! {
        <p class="card-line">{t!("attention.q_k_dimension")}</p>
        {lines_table([t!("attention.dimension"), t!("attention.q_query"), t!("attention.k_key"), t!("attention.product")], lines.collect())}
        {total(&sum)}
    }
    .into_any()
}

fn scale(seen: &Inspection, from: usize, to: usize) -> AnyView {
    let (raw, scaled) = (cell::raw(seen, from, to), cell::scaled(seen, from, to));
    let root = (seen.d_head as f64).sqrt();
    view! {
        <p class="card-line">
            {number(raw)} " / √" {seen.d_head} " = " {number(raw)} " / " {long(root)} " = " <b>{long(scaled)}</b>
        </p>
    }
    .into_any()
}

fn softmax(seen: &Inspection, from: usize, to: usize) -> Option<AnyView> {
    let found = cell::softmax(seen, from, to)?;
    let here = &found.row[to];
    let lines = found.row.iter().map(|share| Line {
        name: seen.tokens[share.to].clone(),
        numbers: vec![long(share.scaled), long(share.exp), long(share.exp / found.exp_sum)],
    });
    let (largest, exp, exp_sum) = (long(found.largest), long(here.exp), long(found.exp_sum));
    Some(
        view! {
            <p class="card-line">
                {t!("attention.rows_largest_score")} " " {largest} {t!("attention.taken_off_first")}
            </p>
            <p class="card-line">
                "e^(" {long(here.scaled)} " − " {long(found.largest)} ") = " {exp.clone()} {t!("attention.rows_powers_add")} " " {exp_sum.clone()} "."
            </p>
            <p class="card-line">{exp} " / " {exp_sum} " = " <b>{long(found.weight.here)}</b></p>
            {checked(found.weight)}
            {fold(t!("attention.whole_row"), lines_table([t!("attention.axis_key"), t!("attention.scaled_score"), t!("attention.power"), t!("attention.share")], lines.collect()).into_any())}
        }
        .into_any(),
    )
}

/// A number that a head takes along; `named` says which head it is.
fn mixed(seen: &Inspection, (head, d): (usize, usize), from: usize, asks: &str, named: bool) -> AnyView {
    let sum = cell::mixed(seen, head, from, d);
    let lines = sum.terms.iter().map(|t| Line {
        name: seen.tokens[t.index].clone(),
        numbers: vec![number(t.left), number(t.right), long(t.product())],
    });
    view! {
        <p class="card-head">{t!("attention.dimension")} " " {d + 1} " " {t!("attention.what")} " " <b class="asks">{asks.to_owned()}</b> " " {t!("attention.takes_along")}</p>
        {named.then(|| view! { <p class="card-line">{t!("attention.comes_from_head", head = head + 1, d = d + 1)}</p> })}
        <p class="card-line">{t!("attention.each_tokens_value")}</p>
        {lines_table([t!("attention.token"), t!("attention.share"), t!("attention.v_value"), t!("attention.product")], lines.collect())}
        {total(&sum)}
    }
    .into_any()
}

fn projected(seen: &Inspection, from: usize, column: usize, asks: &str) -> AnyView {
    let sum = cell::projected(seen, from, column);
    let name = |index: usize| match index == cell::d_model(seen) {
        true => t!("attention.bias").to_owned(),
        false => format!("{}.{}", index / seen.d_head + 1, index % seen.d_head + 1),
    };
    let lines = sum.terms.iter().map(|t| Line {
        name: name(t.index),
        numbers: vec![number(t.left), number(t.right), long(t.product())],
    });
    let heads = [t!("attention.head_and_number"), t!("attention.taken"), t!("attention.in_projection"), t!("attention.product")];
    view! {
        <p class="card-head">{t!("attention.dimension")} " " {column + 1} " " {t!("attention.what")} " " <b class="asks">{asks.to_owned()}</b> " " {t!("attention.is_given")}</p>
        <p class="card-line">{t!("attention.every_number_taken")}</p>
        {lines_table(heads, lines.collect())}
        {total(&sum)}
    }
    .into_any()
}

struct Line {
    name: String,
    numbers: Vec<String>,
}

fn lines_table(heads: [&'static str; 4], mut lines: Vec<Line>) -> impl IntoView + use<> {
    let rest = lines.split_off(lines.len().min(OPEN_TERMS));
    let more = (!rest.is_empty()).then(|| {
        let title = t!("attention.more", count = rest.len());
        fold(&title, one_table(heads, rest).into_any())
    });
    view! { {one_table(heads, lines)} {more} }
}

fn one_table(heads: [&'static str; 4], lines: Vec<Line>) -> impl IntoView + use<> {
    let heads: Vec<_> = heads.into_iter().map(|head| view! { <th scope="col">{head}</th> }).collect();
    let rows: Vec<_> = lines
        .into_iter()
        .map(|line| {
            let numbers: Vec<_> = line.numbers.into_iter().map(|n| view! { <td>{n}</td> }).collect();
            view! { <tr><th scope="row">{line.name}</th>{numbers}</tr> }
        })
        .collect();
    view! { <table class="card-terms"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table> }
}

fn fold(title: &str, body: AnyView) -> AnyView {
    view! { <details class="card-more"><summary>{title.to_owned()}</summary>{body}</details> }.into_any()
}

fn total(sum: &Sum) -> AnyView {
    view! { <p class="card-line">{t!("attention.added_up")} " " <b>{long(sum.total.here)}</b></p> {checked(sum.total)} }.into_any()
}

/// Says whether the page's own arithmetic comes to the engine's number.
fn checked(twice: Twice) -> impl IntoView + use<> {
    let verdict = if twice.agrees() { t!("attention.they_agree") } else { t!("attention.they_differ") };
    view! {
        <p class="card-check" data-agrees=twice.agrees().to_string()>
            {t!("attention.recomputed_here")} " " {long(twice.here)} {t!("attention.engines_number")} " " {long(twice.engine)} " " {verdict}
        </p>
    }
}

fn number(value: f32) -> String {
    let text = signed(value);
    // Three places hide small weights; those get four.
    if value.abs() < 0.1 { format!("{value:.4}").replace('-', "−") } else { text }
}

fn long(value: f64) -> String {
    format!("{value:.4}").replace('-', "−")
}
