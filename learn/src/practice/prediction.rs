//! Predictions: the learner commits first, then the lab runs, then both are compared.

use super::{Condition, Curve, CurveScore, Outcome, Tolerance, Value, readings};
use serde::{Deserialize, Serialize};

/// One prediction, as a page carries it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prediction {
    /// Unique within the lesson, in kebab-case.
    pub id: String,
    /// The lesson's slug.
    pub slug: String,
    /// What is to be foreseen, as HTML.
    pub prompt: String,
    /// The objectives of the lesson that it is about, counted from one.
    pub objectives: Vec<u8>,
    /// The lab that answers.
    pub lab: String,
    /// How the lab is set: `key=value&key=value`.
    pub knobs: String,
    /// What must hold for an outcome to be the answer: the right seed, the end of the run.
    pub when: Vec<Condition>,
    /// What is foreseen.
    pub bet: Bet,
    /// What there is to learn from the answer, as HTML.
    pub explain: String,
}

/// What is foreseen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Bet {
    /// The course of a curve.
    Curve(Curve),
    /// Which of these it will be.
    Choose {
        /// The outcome's value that decides, for saying what it was.
        value: String,
        /// At most one of them will hold.
        options: Vec<Prospect>,
    },
    /// A number.
    Number {
        /// The outcome's value.
        value: String,
        /// How far off is still foreseen.
        tolerance: Tolerance,
        /// What is counted; may be empty.
        unit: String,
    },
}

/// Something that may turn out to be so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prospect {
    /// The option, as HTML.
    pub text: String,
    /// It turned out so if all of these hold.
    pub that: Vec<Condition>,
    /// Why one may expect it, or why not, as HTML.
    pub explain: String,
}

/// What the learner has committed to.
#[derive(Debug, Clone, PartialEq)]
pub enum Guess {
    /// A height for each place of the curve.
    Drawn(Vec<f64>),
    /// An option.
    Chosen(usize),
    /// A number as typed.
    Typed(String),
}

/// What came of a guess.
#[derive(Debug, Clone, PartialEq)]
pub enum Foreseen {
    /// A curve and its score.
    Curve(CurveScore),
    /// The option that turned out so (none of them may have), and the value that decided.
    Choice {
        /// Its place among the options.
        truth: Option<usize>,
        /// The guess was that one.
        right: bool,
        /// What the lab reported.
        found: Option<Value>,
    },
    /// A number and how far off the guess was.
    Number {
        /// What the lab reported.
        truth: f64,
        /// The distance of the guess.
        off: f64,
        /// It was near enough.
        right: bool,
    },
}

impl Foreseen {
    /// Whether the guess counts as right.
    pub fn right(&self) -> bool {
        match self {
            Self::Curve(score) => score.points >= Curve::ENOUGH,
            Self::Choice { right, .. } | Self::Number { right, .. } => *right,
        }
    }
}

impl Prediction {
    /// Whether an outcome answers what was asked.
    pub fn is_answered_by(&self, outcome: &Outcome) -> bool {
        outcome.lab == self.lab && self.when.iter().all(|condition| condition.holds(outcome))
    }

    /// Whether a guess is complete enough to be committed to.
    pub fn can_commit(&self, guess: &Guess) -> bool {
        match (&self.bet, guess) {
            (Bet::Curve(curve), Guess::Drawn(heights)) => {
                heights.len() == curve.at.len() && heights.iter().all(|height| height.is_finite())
            }
            (Bet::Choose { options, .. }, Guess::Chosen(chosen)) => *chosen < options.len(),
            (Bet::Number { unit, .. }, Guess::Typed(text)) => !readings(text, unit).is_empty(),
            _ => false,
        }
    }

    /// Compares a guess with an outcome; `None` while the outcome does not answer it.
    pub fn judge(&self, guess: &Guess, outcome: &Outcome) -> Option<Foreseen> {
        if !self.is_answered_by(outcome) || !self.can_commit(guess) {
            return None;
        }
        match (&self.bet, guess) {
            (Bet::Curve(curve), Guess::Drawn(heights)) => {
                let (xs, ys) = (outcome.series(&curve.x)?, outcome.series(&curve.y)?);
                curve.score(heights, xs, ys).map(Foreseen::Curve)
            }
            (Bet::Choose { value, options }, Guess::Chosen(chosen)) => {
                let is_so = |option: &Prospect| option.that.iter().all(|condition| condition.holds(outcome));
                let truth = options.iter().position(is_so);
                let found = outcome.values.get(value).cloned();
                found.is_some().then_some(Foreseen::Choice { truth, right: truth == Some(*chosen), found })
            }
            (Bet::Number { value, tolerance, unit }, Guess::Typed(text)) => {
                let truth = outcome.number(value)?;
                let off = |number: &f64| (number - truth).abs();
                let best = readings(text, unit).into_iter().min_by(|a, b| off(a).total_cmp(&off(b)))?;
                Some(Foreseen::Number { truth, off: off(&best), right: tolerance.admits(truth, best) })
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn prediction(bet: Bet) -> Prediction {
        Prediction {
            id: "p".into(),
            slug: "tiny".into(),
            prompt: "?".into(),
            objectives: vec![1],
            lab: "train".into(),
            knobs: "seed=7".into(),
            when: vec!["seed == 7".parse().expect("a condition")],
            bet,
            explain: "so".into(),
        }
    }

    fn outcome(values: &[(&str, Value)]) -> Outcome {
        let mut outcome = Outcome { lab: "train".into(), ..Outcome::default() };
        outcome.values = values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        outcome.values.insert("seed".into(), Value::Number(7.0));
        outcome
    }

    fn layers() -> Prediction {
        let option = |layer| Prospect {
            text: format!("Layer {layer}"),
            that: vec![format!("layer == {layer}").parse().expect("a condition")],
            explain: "why".into(),
        };
        prediction(Bet::Choose { value: "layer".into(), options: vec![option(0), option(1)] })
    }

    #[test]
    fn the_option_that_holds_is_the_truth() {
        let at = |layer| outcome(&[("layer", Value::Number(layer))]);
        let judged = |layer, chosen| layers().judge(&Guess::Chosen(chosen), &at(layer)).expect("an answer");
        assert!(judged(1.0, 1).right() && !judged(1.0, 0).right());
        let Foreseen::Choice { truth, found, .. } = judged(5.0, 0) else { panic!("a choice") };
        assert_eq!((truth, found), (None, Some(Value::Number(5.0))), "none of them, and what it was");
        assert_eq!(layers().judge(&Guess::Chosen(2), &at(1.0)), None, "no such option");
        assert_eq!(layers().judge(&Guess::Chosen(0), &outcome(&[])), None, "not reported yet");
    }

    #[test]
    fn only_the_outcome_that_was_asked_for_answers() {
        let mut other = outcome(&[("layer", Value::Number(0.0))]);
        other.values.insert("seed".into(), Value::Number(8.0));
        assert_eq!(layers().judge(&Guess::Chosen(0), &other), None);
        other.values.insert("seed".into(), Value::Number(7.0));
        assert!(layers().judge(&Guess::Chosen(0), &other).is_some());
        other.lab = "matmul".into();
        assert_eq!(layers().judge(&Guess::Chosen(0), &other), None);
    }

    #[test]
    fn a_number_is_near_enough_or_not() {
        let tolerance = Tolerance::Relative(0.5);
        let speed = prediction(Bet::Number { value: "speedup".into(), tolerance, unit: "times".into() });
        let judged =
            |text: &str| speed.judge(&Guess::Typed(text.into()), &outcome(&[("speedup", Value::Number(40.0))]));
        assert_eq!(judged("30 times"), Some(Foreseen::Number { truth: 40.0, off: 10.0, right: true }));
        assert!(!judged("3").expect("a number").right());
        assert_eq!(judged("many"), None);
    }

    #[test]
    fn a_curve_is_scored_where_it_was_drawn() {
        let at = vec![0.0, 100.0];
        let frame = Curve {
            x: "series_step".into(),
            y: "series_val_loss".into(),
            x_label: "step".into(),
            y_label: "loss".into(),
            at,
            range: [0.0, 5.0],
            scale: 1.0,
        };
        let curve = prediction(Bet::Curve(frame));
        let live = outcome(&[
            ("series_step", Value::Series(vec![0.0, 50.0, 100.0])),
            ("series_val_loss", Value::Series(vec![4.0, 3.0, 2.5])),
        ]);
        let judged = curve.judge(&Guess::Drawn(vec![4.0, 2.0]), &live).expect("a score");
        let Foreseen::Curve(score) = judged else { panic!("a curve") };
        assert!((score.distance - 0.5 / 3.0).abs() < 1e-9 && score.points == 83 && judged.right());
        assert!(!curve.judge(&Guess::Drawn(vec![1.0, 1.0]), &live).expect("a score").right());
        assert!(!curve.can_commit(&Guess::Drawn(vec![4.0])) && !curve.can_commit(&Guess::Drawn(vec![4.0, f64::NAN])));
    }

    proptest! {
        #[test]
        fn what_cannot_be_committed_to_is_never_judged(chosen in 0usize..5, layer in 0f64..3.0) {
            let guess = Guess::Chosen(chosen);
            let judged = layers().judge(&guess, &outcome(&[("layer", Value::Number(layer.floor()))]));
            prop_assert_eq!(judged.is_some(), layers().can_commit(&guess));
        }

        #[test]
        fn a_prediction_survives_the_page(percent in 0u8..100, unit in "[a-z]{0,5}") {
            let tolerance = Tolerance::Relative(f64::from(percent) / 100.0);
            for prediction in [prediction(Bet::Number { value: "x".into(), tolerance, unit }), layers()] {
                let json = serde_json::to_string(&prediction).expect("plain data");
                prop_assert_eq!(serde_json::from_str::<Prediction>(&json).expect("as written"), prediction);
            }
        }
    }
}
