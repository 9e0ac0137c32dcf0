//! One head at the shown step, and what the model writes then.

use super::run::Board;
use crate::widgets::{cells::Cells, heatmap::Heatmap};
use kit::t;
use leptos::prelude::*;
use std::sync::Arc;

/// Draws the head, and for a text what is written.
#[component]
pub fn Head(
    /// Whose.
    board: Board,
) -> impl IntoView {
    let shown = Memo::new(move |_| board.look());
    let number = Memo::new(move |_| {
        let best = shown.get().and_then(|look| {
            board.current(|run| run.best_head(&look).map(|(block, head, _)| block * run.opened.n_heads + head))
        });
        let heads = board.current(|run| run.opened.n_heads * run.opened.n_layers).unwrap_or_default();
        board.head.get().filter(|head| *head < heads).or(best.flatten()).unwrap_or_default()
    });
    let heads = Memo::new(move |_| board.current(|run| (run.opened.n_layers, run.opened.n_heads)).unwrap_or_default());
    let score = move |head: usize| shown.with(|look| look.as_ref().and_then(|look| look.induction.get(head).copied()));
    let options = move || {
        let (layers, heads) = heads.get();
        let option = |head: usize| {
            let (block, in_block) = (head / heads + 1, head % heads + 1);
            let words = move || match score(head) {
                Some(score) => t!("board.head_scored", block = block, head = in_block, score = format!("{score:.2}")),
                None => t!("board.head_named", block = block, head = in_block),
            };
            view! { <option value=head.to_string() prop:selected=move || number.get() == head>{words}</option> }
        };
        (0..layers * heads).map(option).collect::<Vec<_>>()
    };
    let cells = Memo::new(move |_| {
        let (reading, look) = (board.current(|run| run.opened.reading.clone()).unwrap_or_default(), shown.get());
        let size = reading.len() * reading.len();
        let values = look
            .and_then(|look| look.attention.get(number.get() * size..(number.get() + 1) * size).map(<[f32]>::to_vec));
        Arc::new(Cells {
            row_axis: t!("board.axis_query").into(),
            column_axis: t!("board.axis_key").into(),
            rows: reading.clone(),
            columns: reading,
            values: values.unwrap_or_default(),
            causal: true,
            shares: true,
            ..Cells::default()
        })
    });
    let written = move || shown.with(|look| look.as_ref().map(|look| look.written.clone()).unwrap_or_default());
    let choose = move |event| board.head.set(event_target_value(&event).parse().ok());
    view! {
        <fieldset class="board-head">
            <legend>{t!("board.inside")}</legend>
            <label class="board-field">
                <span>{t!("board.head")}</span>
                <select data-field="head" on:change=choose>{options}</select>
            </label>
            <p class="lab-note">{t!("board.score_how")}</p>
            <Heatmap title=t!("board.attention") cells/>
            <div hidden=move || written().is_empty()>
                <p class="lab-note">{t!("board.writes")}</p>
                <p class="board-written" data-output="written">{written}</p>
            </div>
        </fieldset>
    }
}
