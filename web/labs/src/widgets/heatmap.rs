//! A heatmap: rows, columns, a cursor that pointer, finger and keyboard move alike.

use super::{
    canvas::use_canvas,
    cells::Cells,
    chart_frame::{ChartFrame, ChartIds},
    heat_paint::{self, Grid},
    heat_svg,
};
use kit::t;
use leptos::{ev, html, prelude::*};
use std::sync::Arc;

/// Above so many cells the table folds each row into one field.
const TABLE_CELLS: usize = 1_200;

/// A row and a column.
pub type Cell = (usize, usize);

/// Draws a heatmap of `cells`.
#[component]
pub fn Heatmap(
    /// What the map is called.
    #[prop(into)]
    title: Signal<String>,
    /// The numbers.
    #[prop(into)]
    cells: Signal<Arc<Cells>>,
    /// The custom property of its colour, such as `--attn`.
    #[prop(default = "--attn")]
    hue: &'static str,
    /// One sentence about the map, where its own is not enough.
    #[prop(into, optional)]
    summary: Option<Signal<String>>,
    /// The cell under the cursor; share one signal to move several maps together.
    #[prop(optional)]
    cursor: Option<RwSignal<Option<Cell>>>,
    /// Called with each new cell under the cursor.
    #[prop(into, optional)]
    on_cell: Option<Callback<Option<Cell>>>,
    /// Writes the table even while it is folded away.
    #[prop(optional)]
    eager_table: bool,
) -> impl IntoView {
    let ids = ChartIds::new();
    let cursor = cursor.unwrap_or_else(|| RwSignal::new(None));
    let pinned = RwSignal::new(false);
    let grid = StoredValue::new(Grid::default());
    let canvas = NodeRef::<html::Canvas>::new();
    use_canvas(
        canvas,
        move || (cells.get(), cursor.get()),
        move |surface, (cells, cursor)| grid.set_value(heat_paint::paint(surface, cells, hue, *cursor)),
    );
    Effect::new(move |_| {
        let rows = cells.with(|cells| cells.rows.len());
        if let Some(canvas) = canvas.get() {
            let height = format!("{}px", heat_paint::css_height(rows));
            // A height that is a number of pixels is always accepted.
            let _ = web_sys::HtmlElement::style(&canvas).set_property("height", &height);
        }
    });
    if let Some(on_cell) = on_cell {
        Effect::new(move |_| on_cell.run(cursor.get()));
    }

    let move_to = move |cell: Option<Cell>| {
        if cursor.get_untracked() != cell {
            cursor.set(cell);
        }
    };
    let under = move |event: &ev::PointerEvent| {
        let density = window().device_pixel_ratio().clamp(1.0, 4.0);
        grid.get_value().cell_at(f64::from(event.offset_x()) * density, f64::from(event.offset_y()) * density)
    };
    let hover = move |event: ev::PointerEvent| {
        // The cell stays when the pointer leaves: what is explained below must not jump away.
        if let Some(cell) = under(&event).filter(|_| !pinned.get_untracked()) {
            move_to(Some(cell));
        }
    };
    let tap = move |event: ev::PointerEvent| {
        if let Some(cell) = under(&event) {
            let again = pinned.get_untracked() && cursor.get_untracked() == Some(cell);
            pinned.set(!again);
            move_to(Some(cell));
        }
    };
    let press = move |event: ev::KeyboardEvent| {
        let (rows, columns) = cells.with_untracked(|cells| (cells.rows.len(), cells.columns.len()));
        if rows == 0 || columns == 0 {
            return;
        }
        let (row, column) = cursor.get_untracked().map_or((0, 0), |(r, c)| (r.min(rows - 1), c.min(columns - 1)));
        let next = match event.key().as_str() {
            "Escape" => {
                pinned.set(false);
                return move_to(None);
            }
            _ if cursor.get_untracked().is_none() && event.key().starts_with("Arrow") => (0, 0),
            "ArrowRight" => (row, (column + 1).min(columns - 1)),
            "ArrowLeft" => (row, column.saturating_sub(1)),
            "ArrowDown" => ((row + 1).min(rows - 1), column),
            "ArrowUp" => (row.saturating_sub(1), column),
            "Home" => (if event.ctrl_key() { 0 } else { row }, 0),
            "End" => (if event.ctrl_key() { rows - 1 } else { row }, columns - 1),
            "PageUp" => (0, column),
            "PageDown" => (rows - 1, column),
            _ => return,
        };
        event.prevent_default();
        pinned.set(true);
        move_to(Some(next));
    };

    let readout = Signal::derive(move || {
        let Some((row, column)) = cursor.get() else { return String::new() };
        let text = cells.with(|cells| cells.readout(row, column));
        if pinned.get() && !text.is_empty() { t!("chart.pinned", text = text) } else { text }
    });
    let summary = summary.unwrap_or_else(|| Signal::derive(move || cells.with(|cells| cells.summary())));
    let described_by = ids.described_by();
    view! {
        <ChartFrame
            ids
            title
            summary
            readout
            keys=t!("chart.point_at_cell")
            eager=eager_table
            table=Arc::new(move || cells.with(|cells| cells.table(TABLE_CELLS)))
            csv=Arc::new(move || cells.with_untracked(|cells| cells.table(usize::MAX).csv()))
            png=canvas
            svg=Arc::new(move || cells.with_untracked(|cells| heat_svg::written(cells, &title.get_untracked(), heat_svg::Ink::of(hue))))
        >
            <canvas
                node_ref=canvas
                class="chart-canvas heat-canvas"
                tabindex="0"
                role="application"
                aria-roledescription=t!("chart.heatmap")
                aria-label=move || title.get()
                aria-describedby=described_by
                on:pointermove=hover
                on:pointerdown=tap
                on:keydown=press
            ></canvas>
        </ChartFrame>
    }
}
