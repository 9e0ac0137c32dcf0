//! What a lab reports: flat values with names.

use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt};

/// One result of a lab, as the event `glassbox-outcome` carries it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The lab's name, such as `train`.
    pub lab: String,
    /// Nothing more will come of this run.
    #[serde(default, rename = "final")]
    pub is_final: bool,
    /// By name. A value that is missing, or not finite, is left out.
    #[serde(default, deserialize_with = "lenient")]
    pub values: BTreeMap<String, Value>,
}

/// One value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// True or false.
    Flag(bool),
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
    /// A curve's numbers, or any other list.
    Series(Vec<f64>),
}

/// Reads what it can: `null` (a number that was not finite) and nested things are left out.
fn lenient<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, Value>, D::Error> {
    let all = BTreeMap::<String, serde_json::Value>::deserialize(deserializer)?;
    let read = |(name, value): (String, serde_json::Value)| Some((name, Value::read(value)?));
    Ok(all.into_iter().filter_map(read).collect())
}

impl Value {
    fn read(value: serde_json::Value) -> Option<Self> {
        match value {
            serde_json::Value::Bool(flag) => Some(Self::Flag(flag)),
            serde_json::Value::Number(number) => number.as_f64().map(Self::Number),
            serde_json::Value::String(text) => Some(Self::Text(text)),
            // A gap keeps its place, so that two series stay in step.
            serde_json::Value::Array(list) => {
                Some(Self::Series(list.iter().map(|item| item.as_f64().unwrap_or(f64::NAN)).collect()))
            }
            _ => None,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Number(number) if number.fract() == 0.0 && number.abs() < 1e15 => write!(f, "{number:.0}"),
            Self::Number(number) if number.abs() >= 1e-3 => {
                let text = format!("{number:.4}");
                write!(f, "{}", text.trim_end_matches('0').trim_end_matches('.'))
            }
            Self::Number(number) => write!(f, "{number:.3e}"),
            Self::Text(text) => write!(f, "“{text}”"),
            Self::Series(numbers) => write!(f, "{} numbers", numbers.len()),
        }
    }
}

impl Outcome {
    /// A number, if there is one of that name.
    pub fn number(&self, name: &str) -> Option<f64> {
        match self.values.get(name)? {
            Value::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// A list of numbers, if there is one of that name.
    pub fn series(&self, name: &str) -> Option<&[f64]> {
        match self.values.get(name)? {
            Value::Series(numbers) => Some(numbers),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_read_and_gaps_are_left_out() {
        let json = r#"{"lab":"train","final":true,"values":{"step":120,"val_loss":1.93,"finished":true,"preset":"nano",
            "series_val_loss":[3.5,null,2.5],"train_loss":null,"extra":{"a":1}}}"#;
        let outcome: Outcome = serde_json::from_str(json).expect("an outcome");
        assert!(outcome.is_final && outcome.lab == "train");
        assert_eq!((outcome.number("step"), outcome.number("train_loss")), (Some(120.0), None));
        let series = outcome.series("series_val_loss").expect("a series");
        assert!(series.len() == 3 && series[1].is_nan());
        assert_eq!(outcome.values["preset"], Value::Text("nano".into()));
        assert!(!outcome.values.contains_key("extra"));
        assert!(serde_json::from_str::<Outcome>(r#"{"lab":"train"}"#).expect("no values yet").values.is_empty());
    }

    #[test]
    fn values_read_well() {
        let said: Vec<String> =
            [300.0, 1.93, -0.5, 2.123_456, 0.000_012].map(|number| Value::Number(number).to_string()).into();
        assert_eq!(said, ["300", "1.93", "-0.5", "2.1235", "1.200e-5"]);
    }
}
