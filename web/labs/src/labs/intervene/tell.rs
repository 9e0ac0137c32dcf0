//! What the lab tells those who score exercises and predictions.

use crate::widgets::outcome::{self, Value};
use engine_core::{
    dissect::{change::Change, pass::Part},
    jobs::intervene::{Intervened, Side},
};

/// What the outcome belongs to.
pub struct Asked {
    /// The text.
    pub text: String,
    /// The model, as outcomes name it.
    pub model: String,
    /// The interventions.
    pub changes: Vec<Change>,
}

/// Reports both models.
pub fn report(seen: &Intervened, asked: &Asked) {
    outcome::report("intervene", true, &values(seen, asked));
}

/// The kind of an intervention: what exercises ask for is the zeroing of one head, everywhere.
fn kind(change: &Change) -> &'static str {
    match change {
        Change::Scale { part: Part::Head { .. }, at: None, factor } if *factor == 0.0 => "head-zero",
        Change::Scale { factor, .. } if *factor == 0.0 => "zero",
        Change::Scale { .. } => "scale",
        Change::Patch { .. } => "patch",
        Change::Swap { .. } => "swap",
        Change::Weight { .. } => "weight",
    }
}

fn values(seen: &Intervened, asked: &Asked) -> Vec<(&'static str, Value)> {
    let only = match asked.changes.as_slice() {
        [one] => kind(one),
        [] => "none",
        _ => "several",
    };
    let (before, after) = (&seen.before, &seen.after);
    let top = |side: &Side| side.next.first().map_or(String::new(), |top| top.token.clone());
    let chance = |side: &Side| f64::from(side.next.first().map_or(0.0, |top| top.probability));
    let (first, last) = (top(before), top(after));
    let rise = |before: Option<f32>, after: Option<f32>| {
        before.zip(after).map_or(f64::NAN, |(before, after)| f64::from(after - before))
    };
    let mut values: Vec<(&'static str, Value)> = vec![
        ("text", asked.text.as_str().into()),
        ("model", asked.model.as_str().into()),
        ("changes", asked.changes.len().into()),
        ("only", only.into()),
        ("position", seen.position.into()),
        ("tokens", seen.tokens.len().into()),
        ("top_before", first.as_str().into()),
        ("top_after", last.as_str().into()),
        ("top_changed", (first != last).into()),
        ("chance_before", chance(before).into()),
        ("chance_after", chance(after).into()),
        ("largest", seen.largest.into()),
        ("loss_rise", rise(before.loss, after.loss).into()),
        ("set_rise", rise(before.set_loss, after.set_loss).into()),
        ("set_texts", before.set.len().into()),
    ];
    values.extend(before.set_loss.map(|loss| ("set_before", f64::from(loss).into())));
    values.extend(after.set_loss.map(|loss| ("set_after", f64::from(loss).into())));
    if let [one] = asked.changes.as_slice() {
        values.push(("change", one.to_string().as_str().into()));
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_head_that_is_gone_counts_as_a_zeroed_head() {
        let kinds = ["head-1-2*0", "head-1-2@3*0", "mlp-1*0", "head-1-2*0.5", "head-1-1~head-2-1"];
        let found = kinds.map(|text| kind(&text.parse().expect("a change")));
        assert_eq!(found, ["head-zero", "zero", "zero", "scale", "swap"]);
    }
}
