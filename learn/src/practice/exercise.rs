//! Exercises: a goal that is reached in a lab, by its own numbers.

use super::{Condition, Outcome, Value};
use serde::{Deserialize, Serialize};

/// One exercise, as a page carries it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exercise {
    /// Unique within the lesson, in kebab-case.
    pub id: String,
    /// The lesson's slug.
    pub slug: String,
    /// A few words, as plain text.
    pub title: String,
    /// What is to be done, as HTML.
    pub task: String,
    /// The objectives of the lesson that it is about, counted from one.
    pub objectives: Vec<u8>,
    /// The lab that it is done in.
    pub lab: String,
    /// How the lab is set up for it: `key=value&key=value`.
    pub knobs: String,
    /// All of them must hold in one outcome.
    pub goals: Vec<Goal>,
    /// From a nudge to nearly everything, as HTML.
    pub hints: Vec<String>,
    /// The worked solution, as HTML.
    pub solution: String,
    /// The knobs that reach the goal, where knobs alone reach it.
    pub solution_knobs: String,
}

/// One condition and how a reader is told of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Goal {
    /// What must hold.
    pub that: Condition,
    /// The same in words, as HTML.
    pub says: String,
}

/// How one goal stands.
#[derive(Debug, Clone, PartialEq)]
pub struct GoalState {
    /// It holds.
    pub met: bool,
    /// What the lab reported, if it did.
    pub found: Option<Value>,
}

/// How all goals of an exercise stand in one outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// All of them hold.
    pub reached: bool,
    /// In the order of the goals.
    pub goals: Vec<GoalState>,
}

impl Exercise {
    /// Looks at one outcome; `None` if it is of another lab.
    pub fn check(&self, outcome: &Outcome) -> Option<Checked> {
        if outcome.lab != self.lab {
            return None;
        }
        let state = |goal: &Goal| GoalState {
            met: goal.that.holds(outcome),
            found: outcome.values.get(&goal.that.name).cloned(),
        };
        let goals: Vec<GoalState> = self.goals.iter().map(state).collect();
        Some(Checked { reached: !goals.is_empty() && goals.iter().all(|goal| goal.met), goals })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn exercise(goals: &[&str]) -> Exercise {
        let goal = |text: &&str| Goal { that: text.parse().expect("a condition"), says: format!("says {text}") };
        Exercise {
            id: "low".into(),
            slug: "tiny".into(),
            title: "Low".into(),
            task: "Get low.".into(),
            objectives: vec![1],
            lab: "train".into(),
            knobs: "seed=7".into(),
            goals: goals.iter().map(goal).collect(),
            hints: vec!["a".into(), "b".into(), "c".into()],
            solution: "So.".into(),
            solution_knobs: String::new(),
        }
    }

    fn outcome(lab: &str, values: &[(&str, f64)]) -> Outcome {
        let values = values.iter().map(|(name, number)| ((*name).to_owned(), Value::Number(*number))).collect();
        Outcome { lab: lab.into(), is_final: false, values }
    }

    #[test]
    fn all_goals_must_hold_at_once_in_the_right_lab() {
        let exercise = exercise(&["val_loss <= 2.2", "step <= 300", "seed == 7"]);
        let reached = |lab, values: &[_]| exercise.check(&outcome(lab, values)).map(|checked| checked.reached);
        assert_eq!(reached("train", &[("val_loss", 2.1), ("step", 300.0), ("seed", 7.0)]), Some(true));
        assert_eq!(reached("train", &[("val_loss", 2.1), ("step", 310.0), ("seed", 7.0)]), Some(false));
        assert_eq!(reached("train", &[("val_loss", 2.1), ("step", 300.0)]), Some(false));
        assert_eq!(reached("matmul", &[("val_loss", 2.1), ("step", 300.0), ("seed", 7.0)]), None);
        let checked = exercise.check(&outcome("train", &[("val_loss", 3.0), ("step", 20.0)])).expect("its lab");
        let met: Vec<bool> = checked.goals.iter().map(|goal| goal.met).collect();
        assert_eq!((met, checked.goals[2].found.clone()), (vec![false, true, false], None));
    }

    #[test]
    fn no_goal_is_never_reached() {
        assert!(!exercise(&[]).check(&outcome("train", &[])).expect("its lab").reached);
    }

    proptest! {
        #[test]
        fn reached_is_exactly_all_of_its_goals(loss in 0f64..5.0, step in 0f64..600.0, seed in 0u8..9) {
            let exercise = exercise(&["val_loss <= 2.2", "step <= 300", "seed == 7"]);
            let values = [("val_loss", loss), ("step", step), ("seed", f64::from(seed))];
            let checked = exercise.check(&outcome("train", &values)).expect("its lab");
            prop_assert_eq!(checked.reached, loss <= 2.2 && step <= 300.0 && seed == 7);
            prop_assert_eq!(checked.reached, checked.goals.iter().all(|goal| goal.met));
        }
    }
}
