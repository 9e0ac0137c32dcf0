//! Milestones: things worth having done once. Most are ticked by a lab's real result, some by hand.

use serde_json::Value;

/// One milestone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Milestone {
    /// Its name in the log.
    pub id: &'static str,
    /// The lesson it belongs to.
    pub lesson: &'static str,
    /// What a lab must have shown; `None`: ticked by hand.
    pub shown: Option<Shown>,
}

/// A result that a lab must have shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shown {
    lab: &'static str,
    tests: &'static [Test],
}

/// A condition on one value of a result.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Test {
    AtLeast(&'static str, f64),
    AtMost(&'static str, f64),
    Final,
}

const fn by_lab(id: &'static str, lesson: &'static str, lab: &'static str, tests: &'static [Test]) -> Milestone {
    Milestone { id, lesson, shown: Some(Shown { lab, tests }) }
}

const fn by_hand(id: &'static str, lesson: &'static str) -> Milestone {
    Milestone { id, lesson, shown: None }
}

/// All milestones, in the order of the course.
pub const MILESTONES: [Milestone; 8] = [
    by_lab("attention-seen", "attention-mechanism", "attention", &[]),
    by_hand("attention-explained", "attention-mechanism"),
    by_lab("sampled", "sampling-decoding", "sampling", &[]),
    by_lab("products-measured", "matmul-benchmark", "matmul", &[]),
    by_lab("trained", "project-mini-gpt", "train", &[Test::Final]),
    by_lab(
        "loss-below-2",
        "project-mini-gpt",
        "train",
        &[Test::AtMost("val_loss", 2.0), Test::AtLeast("val_loss", 0.0)],
    ),
    by_lab("thousand-steps", "project-mini-gpt", "train", &[Test::AtLeast("step", 1000.0)]),
    by_hand("source-read", "project-mini-gpt"),
];

/// The milestones that a lab's result reaches. `outcome` is the detail of a `glassbox-outcome` event:
/// `{"lab":"train","final":false,"values":{"step":120,"val_loss":1.93}}`.
pub fn reached(outcome: &str) -> Vec<&'static str> {
    let Ok(outcome) = serde_json::from_str::<Value>(outcome) else {
        return Vec::new();
    };
    let shown = |milestone: &&Milestone| milestone.shown.is_some_and(|shown| shown.holds(&outcome));
    MILESTONES.iter().filter(shown).map(|milestone| milestone.id).collect()
}

impl Shown {
    fn holds(self, outcome: &Value) -> bool {
        let value = |name: &str| outcome.get("values").and_then(|values| values.get(name)).and_then(Value::as_f64);
        let holds = |test: &Test| match *test {
            Test::AtLeast(name, least) => value(name).is_some_and(|value| value >= least),
            Test::AtMost(name, most) => value(name).is_some_and(|value| value <= most),
            Test::Final => outcome.get("final") == Some(&Value::Bool(true)),
        };
        outcome.get("lab").and_then(Value::as_str) == Some(self.lab) && self.tests.iter().all(holds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_real_result_ticks_and_a_weaker_one_does_not() {
        let train =
            |last: bool, values: &str| reached(&format!(r#"{{"lab":"train","final":{last},"values":{{{values}}}}}"#));
        assert_eq!(train(false, r#""step":120,"val_loss":1.93"#), ["loss-below-2"]);
        assert_eq!(train(true, r#""step":1000,"val_loss":2.3"#), ["trained", "thousand-steps"]);
        assert!(train(false, r#""step":120"#).is_empty());
        assert!(train(false, r#""val_loss":"1.0""#).is_empty());
        assert_eq!(reached(r#"{"lab":"attention","final":true,"values":{}}"#), ["attention-seen"]);
        assert!(reached("{").is_empty() && reached("[]").is_empty());
    }

    #[test]
    fn no_milestone_has_the_name_of_another() {
        let names: std::collections::BTreeSet<_> = MILESTONES.iter().map(|milestone| milestone.id).collect();
        assert_eq!(names.len(), MILESTONES.len());
    }
}
