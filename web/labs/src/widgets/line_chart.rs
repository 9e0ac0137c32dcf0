//! A line chart: several lines, a crosshair, and every number as text.

use super::{
    canvas::use_canvas,
    chart_frame::{ChartFrame, ChartIds},
    line_paint::{self, Plane},
    lines::LineData,
    timing::throttled,
};
use kit::t;
use leptos::{ev, html, prelude::*};
use std::sync::Arc;

/// Draws a line chart of `data`.
#[component]
pub fn LineChart(
    /// What the chart is called.
    #[prop(into)]
    title: Signal<String>,
    /// The lines. Change it a few times a second at most.
    #[prop(into)]
    data: Signal<Arc<LineData>>,
    /// One sentence about the data, where the chart's own is not enough.
    #[prop(into, optional)]
    summary: Option<Signal<String>>,
    /// Where the crosshair stands; share one signal to move several charts together.
    #[prop(optional)]
    cursor: Option<RwSignal<Option<f64>>>,
) -> impl IntoView {
    let ids = ChartIds::new();
    let cursor = cursor.unwrap_or_else(|| RwSignal::new(None));
    let plane = StoredValue::new(Plane::default());
    let canvas = NodeRef::<html::Canvas>::new();
    use_canvas(
        canvas,
        move || (data.get(), cursor.get()),
        move |surface, (data, cursor)| plane.set_value(line_paint::paint(surface, data, *cursor)),
    );

    let read = move |data: &LineData| cursor.get().map_or(String::new(), |x| data.readout(x));
    let readout = Signal::derive(move || data.with(|data| read(data)));
    // Read aloud when the cursor moves, not each time a running chart grows.
    let spoken = Signal::derive(move || data.with_untracked(|data| read(data)));
    let summary = summary.unwrap_or_else(|| Signal::derive(move || data.with(|data| data.summary())));

    // A table is slower to write than a curve is to draw.
    let settled = throttled(data, 1500);

    let point = move |event: ev::PointerEvent| {
        let density = window().device_pixel_ratio().clamp(1.0, 4.0);
        let x = plane.get_value().x_at(f64::from(event.offset_x()) * density);
        let place = data.with_untracked(|data| data.nearest_place(x));
        if place != cursor.get_untracked() {
            cursor.set(place);
        }
    };
    let press = move |event: ev::KeyboardEvent| {
        let places = data.with_untracked(|data| data.places());
        let Some(last) = places.len().checked_sub(1) else { return };
        let now = cursor.get_untracked().map(|x| places.partition_point(|p| *p < x).min(last));
        let page = (places.len() / 10).max(1);
        let next = match (event.key().as_str(), now) {
            ("Escape", _) => return cursor.set(None),
            ("Home", _) => 0,
            ("End", _) | ("ArrowLeft" | "ArrowDown" | "PageDown", None) => last,
            ("ArrowRight" | "ArrowUp" | "PageUp", None) => 0,
            ("ArrowRight" | "ArrowUp", Some(i)) => (i + 1).min(last),
            ("ArrowLeft" | "ArrowDown", Some(i)) => i.saturating_sub(1),
            ("PageUp", Some(i)) => (i + page).min(last),
            ("PageDown", Some(i)) => i.saturating_sub(page),
            _ => return,
        };
        event.prevent_default();
        cursor.set(places.get(next).copied());
    };

    let described_by = ids.described_by();
    view! {
        <ChartFrame
            ids
            title
            summary
            readout
            spoken
            keys=t!("chart.point_tap_or")
            table=Arc::new(move || settled.with(|data| data.table()))
            csv=Arc::new(move || data.with_untracked(|data| data.csv()))
            png=canvas
        >
            <canvas
                node_ref=canvas
                class="chart-canvas line-canvas"
                tabindex="0"
                role="application"
                aria-roledescription=t!("chart.line_chart")
                aria-label=move || title.get()
                aria-describedby=described_by
                on:pointermove=point
                on:pointerdown=point
                on:keydown=press
            ></canvas>
        </ChartFrame>
    }
}
