//! Loss, right answers and induction scores over steps. All charts share one crosshair.

use super::{
    record::{FORMED, Record},
    run::Board,
};
use crate::widgets::{
    line_chart::LineChart,
    lines::{LineData, Reference, Series},
};
use kit::t;
use leptos::prelude::*;
use std::sync::Arc;

/// Draws the charts.
#[component]
pub fn Charts(
    /// Whose.
    board: Board,
) -> impl IntoView {
    let data = move |of: fn(&[Record]) -> LineData| Signal::derive(move || Arc::new(board.runs.with(|runs| of(runs))));
    let tested = Memo::new(move |_| {
        board.current(|run| run.last().is_some_and(|look| !look.induction.is_empty())).unwrap_or_default()
    });
    let is_task = board.runs.with_untracked(|runs| runs.last().is_some_and(|run| run.settings.is_task()));
    let title = if is_task { t!("board.exact_chart") } else { t!("board.right_chart") };
    view! {
        <div class="board-charts">
            <LineChart title=t!("board.loss_chart") data=data(losses) cursor=board.cursor/>
            <LineChart title=title data=data(answers) cursor=board.cursor/>
            <Show when=move || tested.get()>
                <LineChart title=t!("board.induction_chart") data=data(induction) cursor=board.cursor/>
            </Show>
        </div>
    }
}

/// The current run first, so that it always has the first colour; then the others, newest first.
fn newest_first(runs: &[Record]) -> impl Iterator<Item = (usize, &Record)> {
    runs.iter().rev().enumerate()
}

fn name(place: usize, run: &Record) -> String {
    if place == 0 { t!("board.this_run", number = run.number) } else { t!("board.run", number = run.number) }
}

fn points(run: &Record, of: impl Fn(&engine_core::jobs::board::Look) -> Option<f32>) -> Vec<(f64, f64)> {
    run.looks.iter().filter_map(|kept| Some((f64::from(kept.look.step), f64::from(of(&kept.look)?)))).collect()
}

/// Means of the training loss over stretches as long as a hundredth of the run: single batches jump about.
fn smoothed(losses: &[f32]) -> Vec<(f64, f64)> {
    let stretch = (losses.len() / 100).max(1);
    let mean = |(at, part): (usize, &[f32])| {
        let mean = part.iter().map(|loss| f64::from(*loss)).sum::<f64>() / part.len() as f64;
        ((at * stretch + part.len()) as f64, mean)
    };
    losses.chunks(stretch).enumerate().map(mean).collect()
}

fn losses(runs: &[Record]) -> LineData {
    let mut series: Vec<Series> = newest_first(runs)
        .map(|(place, run)| Series { name: name(place, run), points: points(run, |look| Some(look.loss)) })
        .collect();
    let mut references = Vec::new();
    if let Some(run) = runs.last() {
        // With other runs beside it, one line for each is what can be read.
        if runs.len() == 1 {
            series.push(Series { name: t!("board.training_loss").into(), points: smoothed(&run.losses) });
        }
        let line = |label: String, y: f32| Reference { label, y: f64::from(y) };
        references.push(line(t!("board.guessing", vocab = run.opened.vocabulary.len()), run.opened.uniform_loss));
        if let Some(counted) = run.opened.counted {
            references.push(line(t!("board.unigram").into(), counted.unigram));
            references.push(line(t!("board.trigram").into(), counted.trigram));
        }
    }
    LineData { x_name: t!("board.step_axis").into(), y_name: t!("board.loss_axis").into(), series, references }
}

fn answers(runs: &[Record]) -> LineData {
    let series = newest_first(runs)
        .map(|(place, run)| Series {
            name: name(place, run),
            points: points(run, |look| Some(100.0 * look.exact.unwrap_or(look.right))),
        })
        .collect();
    LineData {
        x_name: t!("board.step_axis").into(),
        y_name: t!("board.percent_axis").into(),
        series,
        references: Vec::new(),
    }
}

fn induction(runs: &[Record]) -> LineData {
    let best = |run: &Record, block: usize| {
        let heads = run.opened.n_heads;
        points(run, |look| look.induction.get(block * heads..(block + 1) * heads)?.iter().copied().reduce(f32::max))
    };
    let series = runs.last().map_or(Vec::new(), |run| {
        let line = |block: usize| Series { name: t!("board.block_best", block = block + 1), points: best(run, block) };
        (0..run.opened.n_layers).map(line).collect()
    });
    let references = vec![Reference { label: t!("board.formed_line").into(), y: f64::from(FORMED) }];
    LineData { x_name: t!("board.step_axis").into(), y_name: t!("board.score_axis").into(), series, references }
}

#[cfg(test)]
mod tests {
    use super::super::{
        record::tests::{look, steps},
        settings::Settings,
    };
    use super::*;

    #[test]
    fn the_current_run_comes_first_and_every_run_has_a_line() {
        let mut runs: Vec<Record> = (1..=3).map(|number| Record::new(number, Settings::of_task("copy"))).collect();
        for run in &mut runs {
            run.take(steps(4, 4, run.number as f32));
            run.take(look(4, 0.5, 0.25, Vec::new()));
        }
        let data = losses(&runs);
        assert_eq!(data.series.len(), 3);
        assert!(data.series[0].name.contains('3') && data.series[2].name.contains('1'));
        assert_eq!(answers(&runs).series[0].points, [(4.0, 25.0)]);
        assert_eq!(losses(&runs[..1]).series[1].points, [(1.0, 1.0), (2.0, 1.0), (3.0, 1.0), (4.0, 1.0)]);
    }

    #[test]
    fn a_long_curve_is_smoothed() {
        let points = smoothed(&vec![2.0; 250]);
        assert!(points.len() <= 125 && points.iter().all(|point| point.1 == 2.0));
        assert_eq!(points.last().map(|point| point.0), Some(250.0));
    }
}
