//! The card that shows how one cell came about, with every operand.

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
            return view! { <p class="card-hint">"Point at a cell, tap it or move to it with the arrow keys: its arithmetic appears here."</p> }
                .into_any();
        };
        draw(&seen, stage.get(), at).unwrap_or_else(|| ().into_any())
    };
    view! { <div class="cell-card" role="group" tabindex="0" aria-label="The arithmetic of this cell" data-card=move || stage.get().key()>{card}</div> }
}

fn draw(seen: &Inspection, stage: Stage, (from, column): Cell) -> Option<AnyView> {
    let asks = seen.tokens.get(from)?.clone();
    if stage == Stage::WeightedSum {
        return (column < seen.d_head).then(|| mixed(seen, from, column, &asks));
    }
    let answers = seen.tokens.get(column)?.clone();
    let to = column;
    let head = view! {
        <p class="card-head">
            "from (query) " <b class="asks">{asks}</b> ", to (key) " <b class="answers">{answers}</b>
        </p>
    };
    let hidden = to > from;
    let body = match stage {
        Stage::DotProduct => score(seen, from, to),
        Stage::Scale => view! { {scale(seen, from, to)} {fold("The score itself", score(seen, from, to))} }.into_any(),
        Stage::Mask if hidden => hide(),
        Stage::Softmax if hidden => view! {
            {hide()}
            <p class="card-line">"e to the power of −∞ is 0, so its share is 0."</p>
        }
        .into_any(),
        Stage::Mask => view! {
            <p class="card-line">"This token is not in the future, so its scaled score stays."</p>
            {scale(seen, from, to)}
        }
        .into_any(),
        _ => softmax(seen, from, to)?,
    };
    Some(view! { {head} {body} }.into_any())
}

fn hide() -> AnyView {
    view! {
        <p class="card-line">"This token comes later than the one that asks. The mask puts −∞ in place of its score."</p>
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
        <p class="card-line">"q · k: dimension by dimension, multiplied and added up."</p>
        {lines_table(["dimension", "q (query)", "k (key)", "product"], lines.collect())}
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
                "The row's largest score, " {largest} ", is taken off first, so that no power grows too large; the shares stay the same."
            </p>
            <p class="card-line">
                "e^(" {long(here.scaled)} " − " {long(found.largest)} ") = " {exp.clone()} "; the row's powers add up to " {exp_sum.clone()} "."
            </p>
            <p class="card-line">{exp} " / " {exp_sum} " = " <b>{long(found.weight.here)}</b></p>
            {checked(found.weight)}
            {fold("The whole row", lines_table(["to (key)", "scaled score", "power", "share"], lines.collect()).into_any())}
        }
        .into_any(),
    )
}

fn mixed(seen: &Inspection, from: usize, d: usize, asks: &str) -> AnyView {
    let sum = cell::mixed(seen, from, d);
    let lines = sum.terms.iter().map(|t| Line {
        name: seen.tokens[t.index].clone(),
        numbers: vec![number(t.left), number(t.right), long(t.product())],
    });
    view! {
        <p class="card-head">"dimension " {d + 1} " of what " <b class="asks">{asks.to_owned()}</b> " takes along"</p>
        <p class="card-line">"Each token's value in this dimension, times its share, added up."</p>
        {lines_table(["token", "share", "v (value)", "product"], lines.collect())}
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
        let title = format!("{} more", rest.len());
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
    view! { <p class="card-line">"Added up: " <b>{long(sum.total.here)}</b></p> {checked(sum.total)} }.into_any()
}

/// Says whether the page's own arithmetic comes to the engine's number.
fn checked(twice: Twice) -> impl IntoView + use<> {
    let verdict = if twice.agrees() { "✓ they agree" } else { "✗ they differ" };
    view! {
        <p class="card-check" data-agrees=twice.agrees().to_string()>
            "recomputed here: " {long(twice.here)} "; the engine's number: " {long(twice.engine)} " " {verdict}
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
