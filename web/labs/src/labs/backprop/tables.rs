//! Every table of the model, drawn whole: values, and below each its gradient as soon as one has arrived.

use super::{Lesson, names, walk::Seen};
use engine_core::tiny_attention::{Matrix, Name};
use kit::t;
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// The tables of one part of the model.
struct Part {
    title: &'static str,
    names: &'static [Name],
}

fn parts() -> [Part; 6] {
    use Name::{
        B1, B2, Bent, Chances, Embedding, Forward, K, Logits, Loss, Masked, Mixed, NarrowSum, Out, Q, Residual, Scaled,
        Scores, Stream, V, W1, W2, Weights, Wide, WideSum, Wk, Wo, Wq, Wu, Wv, X,
    };
    [
        Part { title: t!("backprop.part_tokens"), names: &[Embedding, X] },
        Part { title: t!("backprop.part_qkv"), names: &[Wq, Q, Wk, K, Wv, V] },
        Part { title: t!("backprop.part_scores"), names: &[Scores, Scaled, Masked, Weights] },
        Part { title: t!("backprop.part_mix"), names: &[Mixed, Wo, Out, Residual] },
        Part {
            title: t!("backprop.part_forward"),
            names: &[W1, WideSum, B1, Wide, Bent, W2, NarrowSum, B2, Forward, Stream],
        },
        Part { title: t!("backprop.part_prediction"), names: &[Wu, Logits, Chances, Loss] },
    ]
}

/// What one table shows at one step.
#[derive(Clone, PartialEq)]
struct Shown {
    values: Option<Matrix>,
    gradient: Option<(Matrix, bool)>,
    role: &'static str,
}

/// Draws all tables.
#[component]
pub fn Tables(
    /// The model and where the learner is.
    lesson: Lesson,
) -> impl IntoView {
    // Cells are made anew only where there are other tables or other tokens; numbers change in place.
    let shape = Memo::new(move |_| lesson.seen.with(|seen| (seen.model.tokens.clone(), seen.model.nodes.len())));
    move || {
        shape.with(|_| ());
        let seen = lesson.seen.get_untracked();
        let parts = parts().into_iter().filter_map(|part| {
            let nodes: Vec<usize> = part.names.iter().filter_map(|name| seen.model.find(*name)).collect();
            let tables: Vec<_> = nodes.iter().map(|node| table(lesson, &seen, *node)).collect();
            (!tables.is_empty()).then(|| {
                view! {
                    <div class="bp-part" role="group" aria-label=part.title>
                        <p class="bp-part-title">{part.title}</p>
                        <div class="bp-tables">{tables}</div>
                    </div>
                }
            })
        });
        parts.collect::<Vec<_>>()
    }
}

fn table(lesson: Lesson, seen: &Seen, node: usize) -> impl IntoView + use<> {
    let name = seen.model.nodes[node].name;
    let axes = seen.model.nodes[node].axes;
    let (rows, columns) = seen.model.shape(node);
    let shown = Memo::new(move |_| {
        let at = lesson.at.get();
        lesson.seen.with(|seen| {
            // Just before these cells are made anew, the model may have another table here, or another size of text.
            let same = seen.model.find(name) == Some(node) && seen.model.shape(node) == (rows, columns);
            if !same {
                return Shown { values: None, gradient: None, role: "" };
            }
            let (written, read) = seen.touched(seen.step(at));
            let role = match written {
                Some(id) if id == node => "written",
                _ if read.contains(&node) => "read",
                _ => "",
            };
            let values = seen.has_value(node, at).then(|| seen.pass.values[node].clone());
            Shown { values, gradient: seen.gradient(node, at), role }
        })
    });
    let heads: Vec<_> =
        (0..columns).map(|column| heading("col", names::label(seen, axes.1, column))).collect();
    let body: Vec<_> = (0..rows)
        .map(|row| {
            let cells: Vec<_> = (0..columns).map(|column| cell(lesson, name, shown, row, column)).collect();
            view! { <tr>{heading("row", names::label(seen, axes.0, row))}{cells}</tr> }
        })
        .collect();
    let formula = seen.model.parameters[node].is_none().then(|| names::formula(seen, node));
    let role = move || match shown.with(|shown| shown.role) {
        "written" => t!("backprop.now_written"),
        "read" => t!("backprop.now_read"),
        _ => "",
    };
    let figure = NodeRef::<html::Figure>::new();
    let written = Memo::new(move |_| shown.with(|shown| shown.role == "written"));
    Effect::new(move || {
        if let (true, Some(figure)) = (written.get(), figure.get()) {
            bring_into_view(&figure);
        }
    });
    view! {
        <figure class="bp-table" node_ref=figure data-table=name.key() data-role=move || shown.with(|shown| shown.role)>
            <figcaption>
                <b>{written_symbol(names::symbol(name))}</b> " " <span>{names::meaning(name)}</span>
                {formula.map(|formula| view! { <code>{formula}</code> })}
                <em class="bp-role">{role}</em>
            </figcaption>
            <div class="bp-scroll">
                <table role="grid" aria-label=format!("{}: {}", names::symbol(name), names::meaning(name))>
                    <thead><tr><td></td>{heads}</tr></thead>
                    <tbody>{body}</tbody>
                </table>
            </div>
        </figure>
    }
}

/// Where the tables scroll in a box of their own, scrolls this one into it; the page itself stays where it is.
fn bring_into_view(table: &Element) {
    let Ok(Some(tables)) = table.closest(".bp-model") else { return };
    let (own, around) = (table.get_bounding_client_rect(), tables.get_bounding_client_rect());
    if own.top() < around.top() || own.bottom() > around.bottom() {
        #[expect(clippy::cast_possible_truncation, reason = "whole pixels")]
        tables.set_scroll_top(tables.scroll_top() + (own.top() - around.top()) as i32);
    }
}

fn cell(lesson: Lesson, name: Name, shown: Memo<Shown>, row: usize, column: usize) -> impl IntoView + use<> {
    let is_chosen = move || lesson.chosen.with(|chosen| *chosen == (name, row, column));
    // Each table has one stop for the tab key: its chosen cell, or else its first.
    let stop = move || {
        let (chosen, its_row, its_column) = lesson.chosen.get();
        let here = if chosen == name { (its_row, its_column) == (row, column) } else { (row, column) == (0, 0) };
        if here { "0" } else { "-1" }
    };
    let value = move || {
        shown.with(|shown| shown.values.as_ref().map_or("·".to_owned(), |it| names::short(it.at(row, column))))
    };
    let gradient = move || {
        shown.with(|shown| shown.gradient.as_ref().map(|(it, _)| format!("∂ {}", names::short(it.at(row, column)))))
    };
    let partly = move || shown.with(|shown| shown.gradient.as_ref().is_some_and(|(_, whole)| !whole));
    let pressed = move |event: web_sys::KeyboardEvent| {
        let (rows, columns) =
            lesson.seen.with_untracked(|seen| seen.model.find(name).map_or((1, 1), |node| seen.model.shape(node)));
        let to = match event.key().as_str() {
            "ArrowRight" => (row, (column + 1).min(columns - 1)),
            "ArrowLeft" => (row, column.saturating_sub(1)),
            "ArrowDown" => ((row + 1).min(rows - 1), column),
            "ArrowUp" => (row.saturating_sub(1), column),
            "Home" => (row, 0),
            "End" => (row, columns - 1),
            "Enter" | " " => (row, column),
            _ => return,
        };
        event.prevent_default();
        lesson.chosen.set((name, to.0, to.1));
        focus(&event, to);
    };
    view! {
        <td
            data-cell=format!("{row}.{column}")
            tabindex=stop
            aria-selected=move || is_chosen().to_string()
            on:click=move |_| lesson.chosen.set((name, row, column))
            on:keydown=pressed
        >
            <span class="bp-value">{value}</span>
            <span class="bp-gradient" class:partly=partly>{gradient}</span>
        </td>
    }
}

/// Moves the focus to another cell of the same table.
fn focus(event: &web_sys::KeyboardEvent, (row, column): (usize, usize)) {
    let from = event.current_target().and_then(|it| it.dyn_into::<Element>().ok());
    let table = from.and_then(|from| from.closest("table").ok().flatten());
    let cell = table.and_then(|table| table.query_selector(&format!("[data-cell=\"{row}.{column}\"]")).ok().flatten());
    if let Some(cell) = cell.and_then(|cell| cell.dyn_into::<HtmlElement>().ok()) {
        // An element that is there can be focused.
        let _ = cell.focus();
    }
}

/// A symbol with what follows `_` below the line.
pub fn written_symbol(symbol: &'static str) -> impl IntoView + use<> {
    let (stem, below) = symbol.split_once('_').map_or((symbol, None), |(stem, below)| (stem, Some(below)));
    view! { {stem} {below.map(|below| view! { <sub>{below}</sub> })} }
}

/// The name of a row or a column; a table of one row has nothing to name there.
fn heading(scope: &'static str, name: String) -> AnyView {
    if name.is_empty() { view! { <td></td> }.into_any() } else { view! { <th scope=scope>{name}</th> }.into_any() }
}
