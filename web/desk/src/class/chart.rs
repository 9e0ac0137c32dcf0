//! The runs of a class over each other: one thin line each, the median strong, one of them marked.

use super::{name_of, numbers::number};
use kit::{axis, download, t, text::fill};
use learn::share::{Achieved, Overlay, curve_names, overlay};
use leptos::prelude::*;
use std::fmt::Write;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 360.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 40.0;
/// The most points of one line; more are closer together than a pixel.
const POINTS: usize = 360;
/// The most rows of the table; the CSV file has all.
const ROWS: usize = 200;

/// Draws the runs, where any result has a curve.
#[component]
pub fn Runs(
    /// The results to lay over each other.
    results: Memo<Vec<Achieved>>,
) -> impl IntoView {
    let names = Memo::new(move |_| results.with(|results| curve_names(results)));
    let wished = RwSignal::new(String::new());
    let curve = Memo::new(move |_| {
        names.with(|names| {
            let wished = names.iter().find(|name| **name == wished.get());
            wished.or_else(|| names.iter().find(|name| *name == "val_loss")).or_else(|| names.first()).cloned()
        })
    });
    let marked = RwSignal::new(None::<usize>);
    let all = Memo::new(move |_| {
        curve.get().map(|curve| results.with(|results| overlay(results, &curve))).unwrap_or_default()
    });
    Effect::new(move |_| {
        results.track();
        marked.set(None);
    });
    view! {
        <Show when=move || curve.with(Option::is_some)>
            <figure class="class-runs" aria-labelledby="class-runs-title">
                <figcaption>
                    <h2 id="class-runs-title">{t!("class.runs")}</h2>
                    <p id="class-runs-summary" data-class="runs-summary">{move || summary(&all.get(), &curve.get().unwrap_or_default())}</p>
                </figcaption>
                <p class="class-choose">
                    <label>{t!("class.curve")} " "
                        <select data-field="class-curve" on:change=move |event| wished.set(event_target_value(&event))>
                            {move || names.get().into_iter().map(|name| {
                                let value = name.clone();
                                view! { <option value=name.clone() prop:selected=move || curve.get().as_ref() == Some(&value)>{name.clone()}</option> }
                            }).collect_view()}
                        </select>
                    </label>
                    <label>{t!("class.mark")} " "
                        <select data-field="class-mark" on:change=move |event| marked.set(event_target_value(&event).parse().ok())>
                            <option value="" prop:selected=move || marked.with(Option::is_none)>{t!("class.mark-none")}</option>
                            {move || all.get().lines.into_iter().filter_map(|(position, _)| {
                                let name = results.with(|results| results.get(position).map(|result| name_of(result, position)))?;
                                Some(view! { <option value=position.to_string() prop:selected=move || marked.get() == Some(position)>{name}</option> })
                            }).collect_view()}
                        </select>
                    </label>
                </p>
                {move || picture(&all.get(), marked.get())}
                <p class="class-legend" aria-hidden="true">
                    <span class="class-key class-key-run">{t!("class.key-run")}</span>
                    <span class="class-key class-key-median">{t!("class.key-median")}</span>
                    <span class="class-key class-key-marked">{t!("class.key-marked")}</span>
                </p>
                <Table all results/>
            </figure>
        </Show>
    }
}

fn summary(all: &Overlay, curve: &str) -> String {
    let ends: Vec<f64> = all.lines.iter().filter_map(|(_, points)| points.last().map(|(_, y)| *y)).collect();
    let least = ends.iter().copied().fold(f64::INFINITY, f64::min);
    let most = ends.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let (n, least, most) = (ends.len().to_string(), number(least), number(most));
    let (x, y) = all.median.last().map(|(x, y)| (number(*x), number(*y))).unwrap_or_default();
    let values = [("n", n), ("curve", curve.to_owned()), ("least", least), ("most", most), ("median", y), ("x", x)];
    fill(t!("class.runs-summary"), &values.each_ref().map(|(name, value)| (*name, value.as_str())))
}

/// Where places and values stand in the picture.
struct Plane {
    x: (f64, f64),
    y: (f64, f64),
}

impl Plane {
    fn of(all: &Overlay) -> Option<Self> {
        let mut points = all.lines.iter().flat_map(|(_, points)| points).copied();
        let (x, y) = points.next()?;
        let (a, b, c, d) = points.fold((x, x, y, y), |(a, b, c, d), (x, y)| (a.min(x), b.max(x), c.min(y), d.max(y)));
        let wide = |low: f64, high: f64| if high > low { (low, high) } else { (low - 0.5, high + 0.5) };
        Some(Self { x: wide(a, b), y: wide(c, d) })
    }

    fn across(&self, x: f64) -> f64 {
        LEFT + (x - self.x.0) / (self.x.1 - self.x.0) * (WIDTH - LEFT - RIGHT)
    }

    fn down(&self, y: f64) -> f64 {
        HEIGHT - BOTTOM - (y - self.y.0) / (self.y.1 - self.y.0) * (HEIGHT - TOP - BOTTOM)
    }

    fn line(&self, points: &[(f64, f64)]) -> String {
        let stride = points.len().div_ceil(POINTS).max(1);
        let last = points.last().filter(|_| stride > 1).into_iter();
        let mut path = String::new();
        for (x, y) in points.iter().step_by(stride).chain(last) {
            // Writing to a string cannot fail.
            let _ = write!(path, "{:.1},{:.1} ", self.across(*x), self.down(*y));
        }
        path
    }
}

fn picture(all: &Overlay, marked: Option<usize>) -> Option<impl IntoView + use<>> {
    let plane = Plane::of(all)?;
    let line = |class: &'static str, points: &[(f64, f64)]| view! { <polyline class=class points=plane.line(points)></polyline> };
    let runs = all.lines.iter().map(|(_, points)| line("class-run", points)).collect_view();
    let median = line("class-median", &all.median);
    let one = all
        .lines
        .iter()
        .find(|(position, _)| Some(*position) == marked)
        .map(|(_, points)| line("class-marked", points));
    let x_step = axis::step(plane.x.0, plane.x.1, 6);
    let x_marks = axis::ticks(plane.x.0, plane.x.1, 6).into_iter().map(|x| {
        let at = plane.across(x).to_string();
        view! {
            <line class="class-grid" x1=at.clone() x2=at.clone() y1=TOP.to_string() y2=(HEIGHT - BOTTOM).to_string()></line>
            <text class="class-tick" x=at y=(HEIGHT - BOTTOM + 20.0).to_string() text-anchor="middle">{axis::label(x, x_step)}</text>
        }
    });
    let y_step = axis::step(plane.y.0, plane.y.1, 5);
    let y_marks = axis::ticks(plane.y.0, plane.y.1, 5).into_iter().map(|y| {
        let at = plane.down(y);
        view! {
            <line class="class-grid" x1=LEFT.to_string() x2=(WIDTH - RIGHT).to_string() y1=at.to_string() y2=at.to_string()></line>
            <text class="class-tick" x=(LEFT - 8.0).to_string() y=(at + 4.0).to_string() text-anchor="end">{axis::label(y, y_step)}</text>
        }
    });
    Some(view! {
        <svg class="class-picture" role="img" aria-labelledby="class-runs-title" aria-describedby="class-runs-summary"
            viewBox=format!("0 0 {WIDTH} {HEIGHT}") data-class="picture">
            {x_marks.collect_view()}
            {y_marks.collect_view()}
            {runs}
            {median}
            {one}
        </svg>
    })
}

/// The median, and each run where it ended, as a table and as a file.
#[component]
fn Table(all: Memo<Overlay>, results: Memo<Vec<Achieved>>) -> impl IntoView {
    let save = move |_| {
        let names = |position: usize| {
            results.with_untracked(|all| all.get(position).map(|it| name_of(it, position)).unwrap_or_default())
        };
        download::save_text("runs.csv", "text/csv", &all.with_untracked(|all| all.csv(names)));
    };
    let rows = move || {
        let row = |(x, y): (f64, f64)| view! { <tr><th scope="row">{number(x)}</th><td>{number(y)}</td></tr> };
        all.get().median.into_iter().take(ROWS).map(row).collect_view()
    };
    view! {
        <details class="chart-data">
            <summary>{t!("class.runs-table")}</summary>
            <button type="button" data-action="runs-csv" on:click=save>{t!("class.runs-csv")}</button>
            <div class="teach-scroll" tabindex="0" role="region" aria-label=t!("class.runs-table")>
                <table>
                    <thead><tr><th scope="col">{t!("class.step")}</th><th scope="col">{t!("class.median")}</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </details>
    }
}
