//! Conditions on a lab's values, as a lesson writes them: `val_loss <= 2.2`, `seed == 7`, `next == "the"`.

use super::{Outcome, Value};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A value's name, how it must relate, and to what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Condition {
    /// The value's name in the outcome.
    pub name: String,
    /// How it must relate.
    pub relation: Relation,
    /// To what.
    pub value: Value,
}

/// How a value must relate to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// `<=`
    AtMost,
    /// `>=`
    AtLeast,
    /// `<`
    Below,
    /// `>`
    Above,
    /// `==`
    Is,
    /// `!=`
    IsNot,
}

impl Relation {
    /// The two-letter signs stand before the one-letter signs that they begin with.
    const ALL: [(Self, &'static str); 6] = [
        (Self::AtMost, "<="),
        (Self::AtLeast, ">="),
        (Self::Is, "=="),
        (Self::IsNot, "!="),
        (Self::Below, "<"),
        (Self::Above, ">"),
    ];

    fn sign(self) -> &'static str {
        Self::ALL.iter().find(|(relation, _)| *relation == self).map_or("", |(_, sign)| sign)
    }
}

impl Condition {
    /// Whether an outcome fulfils it; a value that is missing fulfils nothing.
    pub fn holds(&self, outcome: &Outcome) -> bool {
        match (outcome.values.get(&self.name), &self.value) {
            (Some(Value::Number(found)), Value::Number(wanted)) => {
                let same = (found - wanted).abs() <= 1e-9 * wanted.abs().max(1.0);
                match self.relation {
                    Relation::AtMost => found <= wanted,
                    Relation::AtLeast => found >= wanted,
                    Relation::Below => found < wanted,
                    Relation::Above => found > wanted,
                    Relation::Is => same,
                    Relation::IsNot => !same,
                }
            }
            (Some(found @ (Value::Text(_) | Value::Flag(_))), wanted) => match self.relation {
                Relation::Is => found == wanted,
                Relation::IsNot => found != wanted,
                _ => false,
            },
            _ => false,
        }
    }
}

impl FromStr for Condition {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let form =
            || format!("`{text}` is not a condition; conditions look like `val_loss <= 2.2` or `next == \"the\"`");
        let at = text.find(['<', '>', '=', '!']).ok_or_else(form)?;
        let (name, rest) = text.split_at(at);
        let (relation, sign) = Relation::ALL.into_iter().find(|(_, sign)| rest.starts_with(sign)).ok_or_else(form)?;
        let (name, value) = (name.trim(), rest[sign.len()..].trim());
        let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if name.is_empty() || !name.chars().all(is_name) {
            return Err(form());
        }
        let quoted = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let value = match (value, quoted) {
            (_, Some(text)) if !text.contains('"') => Value::Text(text.to_owned()),
            ("true", _) => Value::Flag(true),
            ("false", _) => Value::Flag(false),
            (number, _) => {
                let number = number.parse().ok().filter(|number: &f64| number.is_finite());
                Value::Number(number.ok_or_else(form)?)
            }
        };
        if !matches!(value, Value::Number(_)) && !matches!(relation, Relation::Is | Relation::IsNot) {
            return Err(format!("`{text}` puts what is no number in an order; use == or !="));
        }
        Ok(Self { name: name.to_owned(), relation, value })
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, relation, value } = self;
        match value {
            Value::Text(text) => write!(f, "{name} {} \"{text}\"", relation.sign()),
            Value::Number(number) => write!(f, "{name} {} {number}", relation.sign()),
            other => write!(f, "{name} {} {other}", relation.sign()),
        }
    }
}

impl From<Condition> for String {
    fn from(condition: Condition) -> Self {
        condition.to_string()
    }
}

impl TryFrom<String> for Condition {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn outcome(name: &str, value: Value) -> Outcome {
        Outcome { lab: "train".into(), is_final: false, values: [(name.to_owned(), value)].into() }
    }

    fn holds(condition: &str, name: &str, value: Value) -> bool {
        condition.parse::<Condition>().expect(condition).holds(&outcome(name, value))
    }

    #[test]
    fn each_relation_knows_its_edge() {
        let at = |condition: &str| [1.0, 2.0, 3.0].map(|number| holds(condition, "x", Value::Number(number)));
        assert_eq!(at("x <= 2"), [true, true, false]);
        assert_eq!(at("x>=2"), [false, true, true]);
        assert_eq!(at("x < 2"), [true, false, false]);
        assert_eq!(at("x > 2"), [false, false, true]);
        assert_eq!(at("x == 2"), [false, true, false]);
        assert_eq!(at("x != 2"), [true, false, true]);
    }

    #[test]
    fn texts_and_flags_are_compared_as_they_are() {
        assert!(holds("next == \" the\"", "next", Value::Text(" the".into())));
        assert!(!holds("next == \"the\"", "next", Value::Text(" the".into())));
        assert!(holds("finished == true", "finished", Value::Flag(true)));
        assert!(!holds("finished == true", "finished", Value::Number(1.0)));
        assert!(!holds("x <= 2", "y", Value::Number(1.0)), "a value that is missing fulfils nothing");
        assert!(!holds("x != 2", "y", Value::Number(1.0)));
        assert!(!holds("x <= 2", "x", Value::Number(f64::NAN)));
    }

    #[test]
    fn what_is_no_condition_is_refused_with_a_sentence() {
        for text in ["", "x", "x = 2", "x <= ", "<= 2", "X <= 2", "x <= two", "x <= inf", "x == \"a\"b\""] {
            let error = text.parse::<Condition>().expect_err(text);
            assert!(error.contains("is not a condition"), "{error}");
        }
        assert!("x <= \"a\"".parse::<Condition>().expect_err("an order of texts").contains("use == or !="));
    }

    proptest! {
        #[test]
        fn a_condition_reads_back(name in "[a-z][a-z0-9_]{0,8}", sign in 0usize..6, number in -1e6f64..1e6) {
            let relation = Relation::ALL[sign].0;
            let condition = Condition { name, relation, value: Value::Number(number) };
            prop_assert_eq!(condition.to_string().parse::<Condition>().expect("as written"), condition);
        }

        #[test]
        fn no_text_breaks_the_reader(text in ".{0,40}") {
            if let Ok(condition) = text.parse::<Condition>() {
                prop_assert_eq!(condition.to_string().parse::<Condition>().expect("as written"), condition);
            }
        }
    }
}
