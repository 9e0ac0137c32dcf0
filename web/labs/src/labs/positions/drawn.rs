//! Each scheme drawn from its numbers: waves, learned rows, turning pairs, slopes.

use super::{Knobs, dials::Dials, results::Results};
use crate::widgets::{
    cells::Cells,
    heatmap::Heatmap,
    line_chart::LineChart,
    lines::{LineData, Series, number},
};
use engine_core::positions::{
    Scheme, encodings,
    model::{D_HEAD, D_MODEL, N_HEADS},
    training::FARTHER,
};
use kit::t;
use leptos::prelude::*;
use std::sync::Arc;

/// Draws the scheme in view.
#[component]
pub fn Drawn(
    /// The lab's settings.
    knobs: RwSignal<Knobs>,
    /// What the runs have shown.
    results: RwSignal<Results>,
) -> impl IntoView {
    let scheme = Memo::new(move |_| knobs.with(|knobs| knobs.scheme));
    let about = move || match scheme.get() {
        Scheme::None => t!("positions.about_none"),
        Scheme::Sinusoidal => t!("positions.about_sinusoidal"),
        Scheme::Learned => t!("positions.about_learned"),
        Scheme::Rope => t!("positions.about_rope"),
        Scheme::Alibi => t!("positions.about_alibi"),
    };
    let picture = move || match scheme.get() {
        Scheme::None => ().into_any(),
        Scheme::Sinusoidal => view! { <Waves knobs/> }.into_any(),
        Scheme::Learned => view! { <Rows results/> }.into_any(),
        Scheme::Rope => view! { <Dials knobs/> }.into_any(),
        Scheme::Alibi => view! { <Slopes knobs/> }.into_any(),
    };
    let there = Memo::new(move |_| results.with(|results| results.of(scheme.get()).is_some()));
    let looks = Signal::derive(move || results.with(|results| Arc::new(results.looks(scheme.get()))));
    let shuffled = move || {
        let moved = results.with(|results| results.of(scheme.get()).map(|standing| standing.glance.shuffled));
        moved.map_or(String::new(), |moved| t!("positions.shuffled", most = number(100.0 * moved)))
    };
    view! {
        <p class="positions-about">{about}</p>
        {picture}
        <Show when=move || there.get()>
            <LineChart title=t!("positions.looks") data=looks/>
            <p class="lab-note" data-output="shuffled">{shuffled}</p>
        </Show>
    }
}

fn counted(range: std::ops::Range<usize>) -> Vec<String> {
    range.map(|at| at.to_string()).collect()
}

/// `[positions, D_MODEL]` as a map.
fn map(values: Vec<f32>) -> Arc<Cells> {
    let (row_axis, column_axis) = (t!("positions.position").to_owned(), t!("positions.number").to_owned());
    let rows = counted(0..values.len() / D_MODEL);
    Arc::new(Cells { row_axis, column_axis, rows, columns: counted(0..D_MODEL), values, ..Cells::default() })
}

/// The waves as a map, and how long each is.
#[component]
fn Waves(knobs: RwSignal<Knobs>) -> impl IntoView {
    let shape = Memo::new(move |_| knobs.with(|knobs| (FARTHER * knobs.tokens, knobs.base)));
    let cells = Signal::derive(move || {
        let (positions, base) = shape.get();
        let values = (0..positions).flat_map(|at| encodings::sinusoidal(at, D_MODEL, base));
        map(values.map(|x| x as f32).collect())
    });
    let lengths = move || {
        let (_, base) = shape.get();
        let row = |pair: usize| {
            let columns = format!("{}, {}", 2 * pair, 2 * pair + 1);
            view! {
                <tr><th scope="row">{columns}</th><td>{number(encodings::wavelength(pair, D_MODEL, base))}</td></tr>
            }
        };
        (0..D_MODEL / 2).map(row).collect::<Vec<_>>()
    };
    view! {
        <Heatmap title=t!("positions.waves_title") cells hue="--series-1"/>
        <details>
            <summary>{t!("positions.wavelengths")}</summary>
            <table data-output="wavelengths">
                <thead><tr><th scope="col">{t!("positions.number")}</th><th scope="col">{t!("positions.wavelength")}</th></tr></thead>
                <tbody>{lengths}</tbody>
            </table>
        </details>
    }
}

/// What the model has learned for each position.
#[component]
fn Rows(results: RwSignal<Results>) -> impl IntoView {
    let learned = Memo::new(move |_| {
        results.with(|results| results.of(Scheme::Learned).map(|standing| standing.glance.added.clone()).unwrap_or_default())
    });
    let cells = Signal::derive(move || map(learned.get()));
    // How alike two positions are: a picture of what the rows mean to one another.
    let alike = Signal::derive(move || {
        let rows = learned.get();
        let rows: Vec<&[f32]> = rows.chunks_exact(D_MODEL).collect();
        let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
        let cosine = |a: &[f32], b: &[f32]| dot(a, b) / (dot(a, a) * dot(b, b)).sqrt().max(f32::MIN_POSITIVE);
        let values = rows.iter().flat_map(|a| rows.iter().map(move |b| cosine(a, b))).collect();
        let axis = t!("positions.position").to_owned();
        let names = counted(0..rows.len());
        Arc::new(Cells { row_axis: axis.clone(), column_axis: axis, rows: names.clone(), columns: names, values, ..Cells::default() })
    });
    view! {
        <Show
            when=move || learned.with(|rows| !rows.is_empty())
            fallback=|| view! { <p class="lab-note">{t!("positions.not_learned_yet")}</p> }
        >
            <Heatmap title=t!("positions.rows_title") cells hue="--series-1"/>
            <Heatmap title=t!("positions.alike_title") cells=alike hue="--series-3"/>
        </Show>
    }
}

/// By how much each head of ALiBi lowers a score.
#[component]
fn Slopes(knobs: RwSignal<Knobs>) -> impl IntoView {
    let farthest = Memo::new(move |_| knobs.with(|knobs| FARTHER * knobs.tokens));
    let data = Signal::derive(move || {
        let line = |(head, slope): (usize, f64)| Series {
            name: t!("positions.head_slope", head = head + 1, slope = number(slope)),
            points: (0..farthest.get()).map(|distance| (distance as f64, -slope * distance as f64)).collect(),
        };
        Arc::new(LineData {
            x_name: t!("positions.distance").into(),
            y_name: t!("positions.added_to_score").into(),
            series: encodings::slopes(N_HEADS).into_iter().enumerate().map(line).collect(),
            references: Vec::new(),
        })
    });
    view! { <LineChart title=t!("positions.slopes_title") data/> }
}

/// The score of a query for an equal key, against the distance between them: pairs of ones, turned.
pub fn rope_scores(farthest: usize, base: f64) -> LineData {
    let ones = [1.0; D_HEAD];
    let points = (0..farthest).map(|distance| (distance as f64, encodings::rotary_score(&ones, &ones, distance, base)));
    LineData {
        x_name: t!("positions.distance").into(),
        y_name: t!("positions.score").into(),
        series: vec![Series { name: t!("positions.score_of_ones").into(), points: points.collect() }],
        references: Vec::new(),
    }
}
