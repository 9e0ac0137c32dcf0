//! The card of the chosen number: what it was made of, where its gradient came from, and whether the gradient is right.

use super::{
    Lesson,
    changes::Change,
    names::{self, long},
    walk::Seen,
};
use crate::decimal;
use engine_core::tiny_attention::{Check, Kind, Operand, Place, Rule, Worked, check, gradient_part, value};
use kit::t;
use leptos::prelude::*;

/// Draws the card.
#[component]
pub fn Card(
    /// The model and where the learner is.
    lesson: Lesson,
) -> impl IntoView {
    let card = move || {
        let (name, row, column) = lesson.chosen.get();
        let at = lesson.at.get();
        lesson.seen.with(|seen| {
            let node = seen.model.find(name)?;
            let (rows, columns) = seen.model.shape(node);
            (row < rows && column < columns).then(|| draw(lesson, seen, node, (row, column), at))
        })
    };
    view! { <div class="bp-card" role="group" tabindex="0" aria-label=t!("backprop.card")>{card}</div> }
}

fn draw(lesson: Lesson, seen: &Seen, node: usize, place: (usize, usize), at: usize) -> AnyView {
    let name = seen.model.nodes[node].name;
    let is_learned = seen.model.parameters[node].is_some();
    let value = if seen.has_value(node, at) {
        forward(seen, node, place)
    } else {
        view! { <p class="bp-hint">{t!("backprop.not_yet")}</p> }.into_any()
    };
    view! {
        <p class="bp-card-head"><b>{names::cell(seen, node, place.0, place.1)}</b> " " {names::meaning(name)}</p>
        {is_learned.then(|| edit(lesson, seen, node, place))}
        <div class="bp-half values">
            <p class="bp-half-title">{t!("backprop.value")}</p>
            {value}
        </div>
        <div class="bp-half gradients">
            <p class="bp-half-title">{t!("backprop.gradient")}</p>
            {backward(seen, node, place, at)}
        </div>
    }
    .into_any()
}

fn edit(lesson: Lesson, seen: &Seen, node: usize, (row, column): (usize, usize)) -> impl IntoView + use<> {
    let key = seen.model.nodes[node].name.key();
    let now = seen.pass.values[node].at(row, column);
    let set = move |event| {
        if let Some(number) = decimal::parse(&event_target_value(&event)).filter(|number| number.is_finite()) {
            lesson.change(Change::Set { key: key.to_owned(), row, column, number: number.clamp(-20.0, 20.0) });
        }
    };
    view! {
        <label class="bp-edit">
            <span>{t!("backprop.set_number")}</span>
            <input type="number" step="0.1" min="-20" max="20" data-field="number" prop:value=format!("{}", (now * 1e6).round() / 1e6) on:change=set/>
        </label>
    }
}

fn forward(seen: &Seen, node: usize, place: (usize, usize)) -> AnyView {
    let worked = value(&seen.model, &seen.pass, node, place);
    view! { <p class="bp-formula"><code>{names::formula(seen, node)}</code></p> {arithmetic(seen, &worked)} }.into_any()
}

fn backward(seen: &Seen, node: usize, (row, column): (usize, usize), at: usize) -> AnyView {
    let Some((gradient, whole)) = seen.gradient(node, at) else {
        return view! { <p class="bp-hint">{t!("backprop.no_gradient_yet")}</p> }.into_any();
    };
    let arrived = seen.arrived(node, at);
    let many = arrived.len() > 1 || !whole;
    let parts: Vec<_> = arrived
        .iter()
        .map(|edge| {
            let (place, edge_is) = (Place::Use(seen.edges[*edge]), seen.edges[*edge]);
            let worked = gradient_part(&seen.model, &seen.pass, edge_is, (row, column));
            let checked = many.then(|| verdict(check(&seen.model, place, (row, column), worked.total), "use"));
            view! {
                <div class="bp-use">
                    <p class="bp-formula"><code>{names::back_formula(seen, edge_is)}</code></p>
                    {arithmetic(seen, &worked)}
                    {checked}
                </div>
            }
        })
        .collect();
    let total = gradient.at(row, column);
    let all = seen.edges.iter().filter(|edge| edge.to == node).count();
    let sum = match (whole, many) {
        (true, true) => t!("backprop.uses_add_up", count = all, total = long(total)),
        (true, false) => String::new(),
        (false, _) => t!("backprop.uses_so_far", count = arrived.len(), all = all, total = long(total)),
    };
    let seeded = (node == seen.model.loss()).then(|| view! { <p class="bp-line">{t!("backprop.seed_says")}</p> });
    let checked = whole.then(|| verdict(check(&seen.model, Place::Table(node), (row, column), total), "whole"));
    view! { {seeded} {parts} <p class="bp-line bp-sum">{sum}</p> {checked} }.into_any()
}

/// Says what the loss really does when the number is moved.
fn verdict(found: Check, of: &'static str) -> impl IntoView + use<> {
    let error = found.relative_error();
    let agrees = error < 1e-4;
    let loss = |loss: f64| format!("{loss:.10}");
    let lead = if of == "use" { t!("backprop.check_use") } else { t!("backprop.check_whole") };
    let says = if agrees { t!("backprop.agrees") } else { t!("backprop.differs") };
    view! {
        <p class="bp-check" data-check=of data-agrees=agrees.to_string() data-error=format!("{error:e}")>
            <span class="bp-check-lead">{lead}</span> " "
            <span>"(" {loss(found.above)} " − " {loss(found.below)} ") / (2 · " {format!("{:.1e}", found.step).replace('-', "−")} ") = " <b>{long(found.difference())}</b></span> " "
            <span>{t!("backprop.error", error = format!("{error:.1e}").replace('-', "−"))} " " {says}</span>
        </p>
    }
}

fn operand(seen: &Seen, it: &Operand) -> impl IntoView + use<> {
    let cell = names::cell(seen, it.node, it.row, it.column);
    let (class, text) = match it.kind {
        Kind::Value => ("bp-value", cell),
        Kind::Gradient => ("bp-gradient", format!("∂{cell}")),
    };
    view! { <span class=class title=text.clone()>{long(it.number)}</span> <span class="bp-operand">{text}</span> }
}

/// The numbers that were multiplied and added, line by line, and what came of them.
fn arithmetic(seen: &Seen, worked: &Worked) -> AnyView {
    let total = long(worked.total);
    let line = |text: String| view! { <p class="bp-line">{text}</p> }.into_any();
    let after = match worked.rule {
        Rule::Learned => return line(t!("backprop.rule_learned", total = total)),
        Rule::Hidden => return line(t!("backprop.rule_hidden", total = total)),
        Rule::NotRead => return line(t!("backprop.rule_not_read").to_owned()),
        Rule::Sum(_) => t!("backprop.rule_sum", total = total),
        Rule::Softmax { largest, power, total: all } => {
            t!("backprop.rule_softmax", largest = long(largest), power = long(power), all = long(all), total = total)
        }
        Rule::SoftmaxBack { share, gradient, mean } => t!(
            "backprop.rule_softmax_back",
            share = long(share),
            gradient = long(gradient),
            mean = long(mean),
            total = total
        ),
        Rule::Gelu => t!("backprop.rule_gelu", total = total),
        Rule::GeluBack { gradient, slope } => {
            t!("backprop.rule_gelu_back", gradient = long(gradient), slope = long(slope), total = total)
        }
        Rule::Surprise => t!("backprop.rule_surprise", rows = worked.terms.len(), total = total),
        Rule::SurpriseBack { chance, rows } => {
            t!("backprop.rule_surprise_back", chance = long(chance), rows = rows, total = total)
        }
    };
    let factor = if let Rule::Sum(factor) = worked.rule { factor } else { 1.0 };
    let amount = match worked.rule {
        Rule::Softmax { .. } => t!("backprop.power"),
        Rule::Surprise => t!("backprop.surprise"),
        Rule::GeluBack { .. } => t!("backprop.slope"),
        Rule::Gelu => "GELU",
        _ => t!("backprop.amount"),
    };
    let rows: Vec<_> = worked
        .terms
        .iter()
        .map(|term| {
            let mut operands = term.operands.iter().map(|it| operand(seen, it)).collect::<Vec<_>>().into_iter();
            let (left, right) = (operands.next(), operands.next());
            let times = right.is_some().then_some("·");
            let by = (factor != 1.0).then(|| format!("· {factor}"));
            view! { <tr><td>{left}</td><td>{times} {right} {by}</td><td>"= " {long(term.amount)}</td></tr> }
        })
        .collect();
    view! {
        <table class="bp-terms">
            <thead><tr><th scope="col" colspan="2">{t!("backprop.operands")}</th><th scope="col">{amount}</th></tr></thead>
            <tbody>{rows}</tbody>
        </table>
        <p class="bp-line">{after}</p>
    }
    .into_any()
}
