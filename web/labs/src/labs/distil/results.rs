//! What the students came to: curves, a table, a sentence that favours neither, and what they write.

use crate::widgets::{
    lines::{LineData, Reference, Series, number},
    outcome::Value,
};
use engine_core::jobs::distil::{Curve, Pair, Plan, Report};
use kit::{axis::grouped, t};
use leptos::prelude::*;
use std::sync::Arc;

/// The losses of all students over their steps.
pub fn curves(report: &Report) -> LineData {
    let line = |name: String, curve: &Curve| Series {
        name,
        points: curve.points.iter().map(|(step, loss)| (f64::from(*step), *loss)).collect(),
    };
    let named = |name: &str, pair: &Pair| match report.pairs.len() {
        1 => name.to_owned(),
        _ => t!("distil.of_seed", name = name, seed = pair.seed),
    };
    let both = |pair: &Pair| {
        [line(named(t!("distil.taught"), pair), &pair.taught), line(named(t!("distil.alone"), pair), &pair.alone)]
    };
    let teacher = report.teacher.map(|y| Reference { label: t!("distil.teacher").into(), y });
    LineData {
        x_name: t!("distil.step").into(),
        y_name: t!("distil.loss").into(),
        series: report.pairs.iter().flat_map(both).collect(),
        references: teacher.into_iter().collect(),
    }
}

/// Steps that all pairs have done together.
pub fn steps_done(report: &Report) -> u32 {
    report.pairs.iter().filter_map(|pair| pair.taught.points.last()).map(|(step, _)| step).sum()
}

/// How much lower the taught student's loss is than the other's, for each pair that is done; less than nothing where it
/// is higher.
fn gains(report: &Report) -> Vec<f64> {
    let gain = |pair: &Pair| {
        pair.alone.apart?;
        Some(pair.alone.last()? - pair.taught.last()?)
    };
    report.pairs.iter().filter_map(gain).collect()
}

/// Who did better, and by how much; nothing before a pair is done.
pub fn verdict(report: &Report) -> String {
    let gains = gains(report);
    if gains.is_empty() {
        return String::new();
    }
    let better = gains.iter().filter(|gain| **gain > 0.0).count();
    let mean = gains.iter().sum::<f64>() / gains.len() as f64;
    let by = number((1e4 * mean.abs()).round() / 1e4);
    let words = if mean > 0.0 {
        t!("distil.helped", by = by, better = better, pairs = gains.len())
    } else {
        t!("distil.hurt", by = by, better = better, pairs = gains.len())
    };
    if gains.len() == 1 { format!("{words} {}", t!("distil.one_pair")) } else { words }
}

/// What predictions and exercises can read.
pub fn values(report: &Report, plan: &Plan) -> Vec<(&'static str, Value)> {
    let mut values: Vec<(&'static str, Value)> = vec![
        ("student", plan.student.key().into()),
        ("begin", plan.begin.key().into()),
        ("temperature", f64::from(plan.mix.temperature).into()),
        ("soft", f64::from(plan.mix.soft).into()),
        ("steps", (plan.steps as usize).into()),
        ("seed", (plan.seed as f64).into()),
        ("pairs", report.pairs.len().into()),
        ("teacher_parameters", report.teacher_parameters.into()),
        ("student_parameters", report.student_parameters.into()),
    ];
    let mut tell = |name, value: Option<f64>| values.extend(value.map(|value| (name, value.into())));
    let first = report.pairs.first();
    tell("teacher_loss", report.teacher);
    tell("taught_loss", first.and_then(|pair| pair.taught.last()));
    tell("alone_loss", first.and_then(|pair| pair.alone.last()));
    tell("taught_apart", first.and_then(|pair| pair.taught.apart));
    tell("alone_apart", first.and_then(|pair| pair.alone.apart));
    tell("gain", gains(report).first().copied());
    values.push(("gains", Value::List(gains(report))));
    values
}

/// Draws a row for each student.
#[component]
pub fn Pairs(
    /// What is known.
    report: RwSignal<Arc<Report>>,
) -> impl IntoView {
    let shown = |value: Option<f64>| value.map_or("–".to_owned(), number);
    let row = move |name: String, seed: String, size: usize, loss: Option<f64>, apart: Option<f64>| {
        view! {
            <tr>
                <th scope="row">{name}</th><td>{seed}</td><td>{grouped(&size.to_string())}</td>
                <td>{shown(loss)}</td><td>{shown(apart)}</td>
            </tr>
        }
    };
    let rows = move || {
        report.with(|report| {
            let teacher = row(t!("distil.teacher").into(), "–".into(), report.teacher_parameters, report.teacher, None);
            let both = |pair: &Pair| {
                [(t!("distil.taught"), &pair.taught), (t!("distil.alone"), &pair.alone)].map(|(name, curve)| {
                    row(name.into(), pair.seed.to_string(), report.student_parameters, curve.last(), curve.apart)
                })
            };
            std::iter::once(teacher).chain(report.pairs.iter().flat_map(both)).collect::<Vec<_>>()
        })
    };
    view! {
        <div class="table-scroll" tabindex="0" role="group" aria-label=t!("distil.side_by_side")>
            <table class="lab-numbers" data-output="pairs">
                <thead><tr>
                    <th scope="col">{t!("distil.model")}</th>
                    <th scope="col">{t!("distil.seed")}</th>
                    <th scope="col">{t!("distil.parameters")}</th>
                    <th scope="col">{t!("distil.loss")}</th>
                    <th scope="col">{t!("distil.apart")}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <p class="lab-note" data-output="verdict">{move || report.with(|report| verdict(report))}</p>
    }
}

/// What all three write, with the same random numbers.
#[component]
pub fn Written(
    /// What is known.
    report: RwSignal<Arc<Report>>,
) -> impl IntoView {
    let text = |(place, written): (usize, &String)| {
        let name = [t!("distil.teacher"), t!("distil.taught"), t!("distil.alone")][place.min(2)];
        view! { <dt>{name}</dt><dd data-wrote=place>{written.clone()}</dd> }
    };
    let all = move || report.with(|report| report.written.iter().enumerate().map(text).collect::<Vec<_>>());
    view! {
        <p class="lab-caption">{t!("distil.written")}</p>
        <dl class="lab-written">{all}</dl>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(taught: f64, alone: f64) -> Pair {
        let curve = |loss| Curve { points: vec![(0, 6.0), (60, loss)], apart: Some(0.5) };
        Pair { seed: 1, taught: curve(taught), alone: curve(alone) }
    }

    #[test]
    fn whoever_did_better_is_said_to_have() {
        let of = |pairs: Vec<Pair>| verdict(&Report { pairs, ..Report::default() });
        assert!(of(vec![pair(3.0, 3.25), pair(3.0, 3.25)]).contains("0.25"));
        assert_ne!(of(vec![pair(3.0, 3.25), pair(3.0, 3.25)]), of(vec![pair(3.25, 3.0), pair(3.25, 3.0)]));
        assert!(of(vec![pair(3.0, 3.25)]).ends_with(t!("distil.one_pair")));
        let under_way = Pair { alone: Curve { apart: None, ..pair(3.0, 3.1).alone }, ..pair(3.0, 3.1) };
        assert_eq!(of(vec![under_way]), "");
    }

    #[test]
    fn every_pair_has_two_curves_and_its_gain() {
        let report = Report { pairs: vec![pair(3.0, 3.25), pair(3.5, 3.0)], teacher: Some(2.5), ..Report::default() };
        let data = curves(&report);
        assert_eq!((data.series.len(), data.references.len()), (4, 1));
        assert_eq!(gains(&report), [0.25, -0.5]);
        assert_eq!(steps_done(&report), 120);
    }
}
