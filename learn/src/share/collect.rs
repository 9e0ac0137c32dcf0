//! From what a lab reports, one outcome after the other, to a result that can be handed in.

use super::result::{Achieved, Curve, Device, Value};
use crate::practice::{self, Exercise, Outcome};
use std::collections::BTreeMap;

/// What one lab has reported so far.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Collected {
    lab: String,
    values: BTreeMap<String, Value>,
    curves: Vec<Curve>,
    step: f64,
    /// As it was when the exercise was reached: what follows does not take that away.
    reached: Option<Box<Achieved>>,
}

impl Collected {
    /// Nothing yet, of this lab.
    pub fn of(lab: &str) -> Self {
        Self { lab: lab.to_owned(), ..Self::default() }
    }

    /// Whether the lab has reported anything.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Whether the exercise has been reached.
    pub fn reached(&self) -> bool {
        self.reached.is_some()
    }

    /// Takes one outcome of that lab; `false` where it is another's, or says nothing.
    pub fn take(&mut self, outcome: &Outcome, exercise: Option<&Exercise>) -> bool {
        if outcome.lab != self.lab || outcome.values.is_empty() {
            return false;
        }
        let step = outcome.number("step");
        if step.is_some_and(|step| step < self.step) {
            self.curves.clear(); // A new run has begun.
        }
        self.step = step.unwrap_or(self.step);
        self.values = outcome.values.iter().filter_map(plain).collect();
        let xs = outcome.series("series_step").or_else(|| outcome.series("series_steps"));
        for (name, value) in &outcome.values {
            match (value, step) {
                (practice::Value::Number(y), Some(x)) if name.ends_with("loss") => self.point(name, (x, *y)),
                (practice::Value::Series(ys), _) if !name.ends_with("step") && !name.ends_with("steps") => {
                    let place = |i: usize| xs.and_then(|xs| xs.get(i).copied()).unwrap_or(i as f64);
                    let points = ys.iter().enumerate().map(|(i, y)| (place(i), *y)).collect();
                    let name = name.strip_prefix("series_").unwrap_or(name);
                    *self.curve(name) = points;
                }
                _ => {}
            }
        }
        let now = exercise.and_then(|exercise| exercise.check(outcome)).is_some_and(|checked| checked.reached);
        if now && self.reached.is_none() {
            self.reached = Some(Box::new(self.now()));
        }
        true
    }

    /// The result to hand in: as it was when the exercise was reached, or as it is now.
    pub fn achieved(&self) -> Achieved {
        match &self.reached {
            Some(then) => Achieved { reached: true, ..(**then).clone() },
            None => self.now(),
        }
        .tidied()
    }

    fn now(&self) -> Achieved {
        let seed = match self.values.get("seed") {
            Some(Value::Number(seed)) if *seed >= 0.0 => Some(*seed as u64),
            _ => None,
        };
        let gpu =
            matches!(self.values.get("device"), Some(Value::Text(text)) if text.to_ascii_lowercase().contains("gpu"));
        let device = if gpu { Device::Gpu } else { Device::Cpu };
        let (lab, values, curves) = (self.lab.clone(), self.values.clone(), self.curves.clone());
        Achieved { lab, seed, device, values, curves, ..Achieved::default() }
    }

    fn point(&mut self, name: &str, (x, y): (f64, f64)) {
        let points = self.curve(name);
        points.retain(|(place, _)| *place < x);
        points.push((x, y));
    }

    fn curve(&mut self, name: &str) -> &mut Vec<(f64, f64)> {
        let at = self.curves.iter().position(|curve| curve.name == name).unwrap_or_else(|| {
            self.curves.push(Curve { name: name.to_owned(), points: Vec::new() });
            self.curves.len() - 1
        });
        &mut self.curves[at].points
    }
}

fn plain((name, value): (&String, &practice::Value)) -> Option<(String, Value)> {
    let value = match value {
        practice::Value::Flag(flag) => Value::Is(*flag),
        practice::Value::Number(number) => Value::Number(*number),
        practice::Value::Text(text) => Value::Text(text.clone()),
        practice::Value::Series(_) => return None,
    };
    Some((name.clone(), value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::practice::Goal;

    fn outcome(json: &str) -> Outcome {
        serde_json::from_str(&format!("{{\"lab\":\"train\",\"values\":{json}}}")).expect("an outcome")
    }

    fn exercise() -> Exercise {
        let text = String::new;
        let goals = vec![Goal { that: "val_loss <= 2".parse().expect("a condition"), says: text() }];
        let (id, lab, hints, objectives) = ("low".into(), "train".into(), vec![], vec![]);
        let (slug, title, task, knobs, solution, solution_knobs) = (text(), text(), text(), text(), text(), text());
        Exercise { id, slug, title, task, objectives, lab, knobs, goals, hints, solution, solution_knobs }
    }

    #[test]
    fn a_run_becomes_a_curve_and_another_begins_anew() {
        let mut collected = Collected::of("train");
        for (step, loss) in [(0, 4.0), (20, 3.0), (20, 2.9), (40, 2.5)] {
            assert!(collected.take(&outcome(&format!("{{\"step\":{step},\"val_loss\":{loss},\"seed\":7}}")), None));
        }
        assert_eq!(collected.achieved().curves[0].points, [(0.0, 4.0), (20.0, 2.9), (40.0, 2.5)]);
        assert_eq!((collected.achieved().seed, collected.reached()), (Some(7), false));
        collected.take(&outcome("{\"step\":0,\"val_loss\":4.5}"), None);
        assert_eq!(collected.achieved().curves[0].points, [(0.0, 4.5)]);
        assert!(!collected.take(&Outcome { lab: "other".into(), ..outcome("{\"step\":1}") }, None));
    }

    #[test]
    fn what_is_reached_stays_reached() {
        let mut collected = Collected::of("train");
        let exercise = exercise();
        for loss in [2.5, 1.9, 2.4] {
            collected.take(&outcome(&format!("{{\"val_loss\":{loss},\"device\":\"WebGPU\"}}")), Some(&exercise));
        }
        let achieved = collected.achieved();
        assert!(achieved.reached && collected.reached());
        assert_eq!((&achieved.values["val_loss"], achieved.device), (&Value::Number(1.9), Device::Gpu));
    }

    #[test]
    fn lists_are_curves() {
        let mut collected = Collected::of("train");
        collected.take(&outcome("{\"series_step\":[0,10],\"series_val_loss\":[3,2],\"weights\":[1,null]}"), None);
        let achieved = collected.achieved();
        let curves: Vec<_> = achieved.curves.iter().map(|curve| (curve.name.as_str(), curve.points.clone())).collect();
        assert_eq!(curves, [("val_loss", vec![(0.0, 3.0), (10.0, 2.0)]), ("weights", vec![(0.0, 1.0)])]);
    }
}
