//! The token embeddings at the shown step, on a plane.

use super::run::Board;
use crate::widgets::scatter::{Points, Scatter};
use kit::t;
use leptos::prelude::*;
use std::sync::Arc;

/// Draws the map.
#[component]
pub fn Map(
    /// Whose.
    board: Board,
) -> impl IntoView {
    let shown = Memo::new(move |_| board.look());
    let names = Memo::new(move |_| Arc::new(board.current(|run| run.opened.vocabulary.clone()).unwrap_or_default()));
    let chosen = RwSignal::new(None);
    let points = Signal::derive(move || {
        let places = shown.with(|look| look.as_ref().map(|look| look.map.points.clone()));
        Arc::new(Points { names: names.get(), places: places.unwrap_or_default(), lit: Vec::new() })
    });
    let summary = Signal::derive(move || {
        shown.with(|look| {
            let look = look.as_ref()?;
            let share = format!("{:.0}", 100.0 * look.map.shown);
            Some(t!("board.map_says", tokens = look.map.points.len(), step = look.step, share = share))
        })
        .unwrap_or_default()
    });
    view! {
        <fieldset class="board-map">
            <legend>{t!("board.map")}</legend>
            <p class="lab-note">{t!("board.map_how")}</p>
            <Scatter title=t!("board.map_title") points summary chosen on_choose=Callback::new(move |at| chosen.set(Some(at)))/>
        </fieldset>
    }
}
