//! What a run has found, as curves, a sentence and values for exercises.

use crate::widgets::{
    lines::{LineData, Reference, Series, number},
    outcome::Value,
};
use engine_core::jobs::prune::{Plan, Point, Report};
use kit::t;

/// The loss over the share that is gone.
pub fn curves(report: &Report) -> LineData {
    let line = |name: &str, points: &[Point]| Series {
        name: name.into(),
        points: points.iter().map(|point| (100.0 * point.share, point.loss)).collect(),
    };
    let all = [
        line(t!("prune.only_cut"), &report.cut),
        line(t!("prune.round_cut"), &report.rounds_cut),
        line(t!("prune.round_trained"), &report.rounds_trained),
    ];
    let reference = |label: &str, y: Option<f64>| y.map(|y| Reference { label: label.into(), y });
    let references = [
        reference(t!("prune.whole"), report.whole()),
        reference(t!("prune.control"), report.control),
    ];
    LineData {
        x_name: t!("prune.share_gone").into(),
        y_name: t!("prune.loss").into(),
        series: all.into_iter().filter(|series| !series.points.is_empty()).collect(),
        references: references.into_iter().flatten().collect(),
    }
}

/// What the run cost, in a sentence; nothing before it is done.
pub fn verdict(report: &Report) -> String {
    let (Some(whole), Some(cut), Some(last)) = (report.whole(), report.rounds_cut.last(), report.last()) else {
        return String::new();
    };
    if report.taken.is_none() {
        return String::new();
    }
    let (share, whole, last) = (number((1e3 * cut.share).round() / 10.0), number(whole), number(last));
    match report.control {
        None => t!("prune.verdict_cut", share = share, whole = whole, last = last),
        Some(control) => {
            t!("prune.verdict_trained", share = share, whole = whole, last = last, control = number(control))
        }
    }
}

/// What predictions and exercises can read.
pub fn values(report: &Report, plan: &Plan) -> Vec<(&'static str, Value)> {
    let mut values: Vec<(&'static str, Value)> = vec![
        ("what", plan.what.key().into()),
        ("share", plan.share.into()),
        ("rounds", (plan.rounds as usize).into()),
        ("steps", (plan.steps as usize).into()),
        ("seed", (plan.seed as f64).into()),
    ];
    let mut tell = |name, value: Option<f64>| values.extend(value.map(|value| (name, value.into())));
    tell("whole_loss", report.whole());
    tell("gone", report.rounds_cut.last().map(|point| point.share));
    tell("loss", report.last());
    tell("lost", report.last().zip(report.whole()).map(|(last, whole)| last - whole));
    tell("control_loss", report.control);
    // Only where it is one cut of the model as it was.
    tell("cut_loss", report.rounds_cut.last().filter(|_| plan.rounds == 1).map(|point| point.loss));
    if let Some(taken) = report.taken {
        let ratio = |bytes: usize| Some(taken.before as f64 / bytes as f64);
        tell("dense_ratio", ratio(taken.after.dense));
        tell("bitmap_ratio", ratio(taken.after.bitmap));
        tell("indexed_ratio", ratio(taken.after.indexed));
        tell("smaller_ratio", ratio(taken.smaller));
    }
    if let Some(speed) = &report.speed {
        let rates = speed.reading;
        tell("zeros_speedup", Some(rates.zeros / rates.whole));
        tell("sparse_speedup", Some(rates.sparse / rates.whole));
        tell("smaller_speedup", Some(rates.smaller / rates.whole));
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        let point = |share, loss| Point { share, loss };
        Report {
            cut: vec![point(0.0, 3.0), point(0.5, 4.0)],
            rounds_cut: vec![point(0.5, 4.0)],
            rounds_trained: vec![point(0.5, 3.2)],
            control: Some(2.9),
            ..Report::default()
        }
    }

    #[test]
    fn what_was_lost_counts_from_the_whole_model() {
        let values = values(&report(), &Plan { share: 0.5, ..Plan::default() });
        let find = |name: &str| values.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone());
        let Some(Value::Number(lost)) = find("lost") else { panic!("it is told") };
        assert!((lost - 0.2).abs() < 1e-12);
        assert_eq!((find("cut_loss"), find("control_loss")), (Some(Value::Number(4.0)), Some(Value::Number(2.9))));
        assert_eq!(find("dense_ratio"), None, "not measured, so not told");
    }

    #[test]
    fn curves_go_by_hundredths_and_have_both_models_to_compare_with() {
        let data = curves(&report());
        assert_eq!(data.series.len(), 3);
        assert_eq!(data.series[0].points[1], (50.0, 4.0));
        assert_eq!(data.references.iter().map(|r| r.y).collect::<Vec<_>>(), [3.0, 2.9]);
        assert_eq!(verdict(&report()), "", "the run is not done");
    }
}
