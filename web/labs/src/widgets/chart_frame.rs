//! What every chart has besides its picture: a name, a sentence, the value under the cursor, the
//! numbers as a table, and the numbers as a file.

use super::{download, picture, table::Table, timing::throttled};
use kit::t;
use leptos::{html, prelude::*};
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

/// Names the parts of one chart for each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChartIds {
    /// The element that holds the title.
    pub title: String,
    /// The element that holds the summary.
    pub summary: String,
    /// The element that says which keys work.
    pub keys: String,
}

impl ChartIds {
    /// Ids that no other chart of this page has.
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let n = NEXT.fetch_add(1, Ordering::Relaxed);
        Self {
            title: format!("chart-{n}-title"),
            summary: format!("chart-{n}-summary"),
            keys: format!("chart-{n}-keys"),
        }
    }

    /// For `aria-describedby`.
    pub fn described_by(&self) -> String {
        format!("{} {}", self.summary, self.keys)
    }
}

impl Default for ChartIds {
    fn default() -> Self {
        Self::new()
    }
}

/// Where a chart gets its numbers when they are asked for.
pub type TableOf = Arc<dyn Fn() -> Table + Send + Sync>;

/// Where a file gets its text when it is asked for.
pub type TextOf = Arc<dyn Fn() -> String + Send + Sync>;

/// Draws the frame around a chart's canvas.
#[component]
pub fn ChartFrame(
    /// The ids that the canvas refers to.
    ids: ChartIds,
    /// What the chart is called.
    #[prop(into)]
    title: Signal<String>,
    /// One sentence computed from the data.
    #[prop(into)]
    summary: Signal<String>,
    /// What is under the cursor; empty without one.
    #[prop(into)]
    readout: Signal<String>,
    /// What is read aloud, where that should change less often than `readout`.
    #[prop(into, optional)]
    spoken: Option<Signal<String>>,
    /// Which keys and gestures work, in one sentence.
    keys: &'static str,
    /// The numbers as a table.
    table: TableOf,
    /// All the numbers as comma-separated values.
    csv: TextOf,
    /// The canvas, where its picture can be kept as a PNG file.
    #[prop(optional)]
    png: Option<NodeRef<html::Canvas>>,
    /// The picture as the text of an SVG file, where there is one.
    #[prop(optional)]
    svg: Option<TextOf>,
    /// Writes the table even while it is folded away.
    #[prop(optional)]
    eager: bool,
    /// The canvas.
    children: Children,
) -> impl IntoView {
    let spoken = throttled(spoken.unwrap_or(readout), 700);
    let unfolded = RwSignal::new(eager);
    let body = {
        let table = table.clone();
        move || unfolded.get().then(|| draw_table(&table()))
    };
    let save = move |_| download::save_text(&download::file_name(&title.get_untracked(), "csv"), "text/csv", &csv());
    let png = png.map(|canvas| {
        let save = move |_| {
            if let Some(canvas) = canvas.get_untracked() {
                picture::save_png(&canvas, &title.get_untracked());
            }
        };
        view! { <button type="button" class="chart-save" data-save="png" on:click=save>{t!("chart.save_png")}</button> }
    });
    let svg = svg.map(|svg| {
        let save =
            move |_| download::save_text(&download::file_name(&title.get_untracked(), "svg"), "image/svg+xml", &svg());
        view! { <button type="button" class="chart-save" data-save="svg" on:click=save>{t!("chart.save_svg")}</button> }
    });
    view! {
        <figure class="chart" aria-labelledby=ids.title.clone()>
            <figcaption class="chart-head">
                <span class="chart-title" id=ids.title.clone()>{move || title.get()}</span>
                <span class="chart-summary" id=ids.summary.clone()>{move || summary.get()}</span>
            </figcaption>
            {children()}
            <p class="chart-readout" aria-hidden="true">
                {move || Some(readout.get()).filter(|text| !text.is_empty()).unwrap_or_else(|| keys.to_owned())}
            </p>
            <p class="chart-spoken" aria-live="polite">{move || spoken.get()}</p>
            <p class="chart-spoken" id=ids.keys.clone()>{keys}</p>
            <details class="chart-data" on:toggle=move |event| {
                let open = event_target::<web_sys::Element>(&event).has_attribute("open");
                unfolded.set(open || eager);
            }>
                <summary>{t!("chart.the_numbers")}</summary>
                <p class="chart-saves">
                    <button type="button" class="chart-save chart-csv" on:click=save>{t!("chart.download_csv")}</button>
                    {png}
                    {svg}
                </p>
                <div class="chart-table" tabindex="0" role="region" aria-label=move || t!("chart.numbers", title = title.get())>
                    {body}
                </div>
            </details>
        </figure>
    }
}

fn draw_table(table: &Table) -> impl IntoView + use<> {
    let sums = table.row_sums.clone();
    let heads: Vec<_> = table.columns.iter().map(|name| view! { <th scope="col">{name.clone()}</th> }).collect();
    let rows: Vec<_> = table
        .rows
        .iter()
        .enumerate()
        .map(|(i, row)| {
            let mut fields = row.iter().cloned();
            let head = fields.next();
            let fields: Vec<_> = fields.map(|field| view! { <td>{field}</td> }).collect();
            let sum = sums.as_ref().and_then(|sums| sums.get(i)).map(|sum| {
                view! { <td class="row-sum">{format!("{sum:.6}")}</td> }
            });
            view! { <tr><th scope="row">{head}</th>{fields}{sum}</tr> }
        })
        .collect();
    let sum_head = sums.is_some().then(|| view! { <th scope="col">{t!("chart.sum")}</th> });
    view! {
        {table.note.clone().map(|note| view! { <p class="chart-note">{note}</p> })}
        <table>
            <thead><tr>{heads}{sum_head}</tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
}
