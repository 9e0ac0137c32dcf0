//! What a lab has found out, told to whoever scores exercises and predictions.

use kit::wire;
use leptos::prelude::document;
use std::fmt::Write;

/// One value of an outcome.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A number; one that is not finite is left out.
    Number(f64),
    /// A text of the learner, of a model or of the program.
    Text(String),
    /// Yes or no.
    Flag(bool),
    /// A series of numbers.
    List(Vec<f64>),
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<usize> for Value {
    fn from(number: usize) -> Self {
        Self::Number(number as f64)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

/// Tells what the lab called `lab` has found out: `is_final` where no more is to come of this run. The newest
/// outcome also stays in the lab's `data-outcome`, for those who come later.
pub fn report(lab: &str, is_final: bool, values: &[(&str, Value)]) {
    let json = written(lab, is_final, values);
    if let Ok(Some(element)) = document().query_selector(&format!("section[data-lab=\"{lab}\"]")) {
        // Setting an attribute of an element that exists cannot fail.
        let _ = element.set_attribute("data-outcome", &json);
    }
    wire::tell(wire::OUTCOME, &json);
}

fn written(lab: &str, is_final: bool, values: &[(&str, Value)]) -> String {
    let mut json = format!("{{\"lab\":\"{lab}\",\"final\":{is_final},\"values\":{{");
    let mut between = "";
    for (name, value) in values {
        let value = match value {
            Value::Number(number) if number.is_finite() => number.to_string(),
            Value::Number(_) => continue,
            Value::Text(text) => serde_json::to_string(text).expect("a text can be written"),
            Value::Flag(flag) => flag.to_string(),
            Value::List(list) => {
                let numbers: Vec<String> = list.iter().filter(|it| it.is_finite()).map(f64::to_string).collect();
                format!("[{}]", numbers.join(","))
            }
        };
        // Writing into a text cannot fail.
        let _ = write!(json, "{between}\"{name}\":{value}");
        between = ",";
    }
    json + "}}"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_is_flat_json() {
        let values = [
            ("step", Value::from(3_usize)),
            ("loss", 1.25.into()),
            ("none", f64::NAN.into()),
            ("text", "a \"b\"\n".into()),
            ("finished", true.into()),
            ("series", Value::List(vec![1.0, 2.5])),
        ];
        let json = written("train", false, &values);
        let read: serde_json::Value = serde_json::from_str(&json).expect("it is JSON");
        let wanted = serde_json::json!({"lab": "train", "final": false, "values": {
            "step": 3, "loss": 1.25, "text": "a \"b\"\n", "finished": true, "series": [1, 2.5]}});
        assert_eq!(read.to_string().replace(".0", ""), wanted.to_string().replace(".0", ""));
    }
}
