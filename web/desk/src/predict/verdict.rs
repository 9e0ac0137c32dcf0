//! What came of a prediction, in one sentence.

use kit::{t, text::fill};
use learn::practice::{Curve, Foreseen, Prediction, Value};

/// Says how near the guess came.
pub fn sentence(foreseen: &Foreseen, prediction: &Prediction) -> String {
    match foreseen {
        Foreseen::Curve(score) => {
            let words = if foreseen.right() { t!("predict.curve.right") } else { t!("predict.curve.wrong") };
            let (points, enough) = (score.points.to_string(), Curve::ENOUGH.to_string());
            let distance = format!("{:.2}", score.distance);
            fill(words, &[("points", &points), ("distance", &distance), ("enough", &enough)])
        }
        Foreseen::Choice { truth: None, found, .. } => {
            let found = found.as_ref().map(Value::to_string).unwrap_or_default();
            fill(t!("predict.choose.none"), &[("value", &found)])
        }
        Foreseen::Choice { right, .. } => if *right { t!("predict.right") } else { t!("predict.wrong") }.to_owned(),
        Foreseen::Number { truth, off, right } => {
            let unit = match &prediction.bet {
                learn::practice::Bet::Number { unit, .. } if !unit.is_empty() => format!(" {unit}"),
                _ => String::new(),
            };
            let words = if *right { t!("predict.number.right") } else { t!("predict.number.wrong") };
            let (truth, off) = (format!("{}{unit}", Value::Number(*truth)), format!("{}{unit}", Value::Number(*off)));
            fill(words, &[("truth", &truth), ("off", &off)])
        }
    }
}
