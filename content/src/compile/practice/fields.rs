//! Fields that several files have: objectives, numbers, tolerances, conditions and knobs.

use super::File;
use crate::compile::escape;
use learn::practice::{Condition, Tolerance};
use toml::{Spanned, Table, Value};

impl File<'_, '_, '_> {
    /// `objective = 2` or `objective = [1, 2]`: each must be one of the lesson's.
    pub(super) fn objectives(&mut self, value: Option<&Spanned<Value>>) -> Vec<u8> {
        let Some(value) = value else { return Vec::new() };
        let line = self.line(value);
        let listed = match value.get_ref() {
            Value::Array(list) => list.clone(),
            one => vec![one.clone()],
        };
        let mut objectives = Vec::new();
        for item in listed {
            let number = item.as_integer().and_then(|number| u8::try_from(number).ok());
            match number.filter(|number| (1..=self.objectives).contains(&usize::from(*number))) {
                Some(number) => objectives.push(number),
                None => {
                    let count = self.objectives;
                    self.fault(line, format!("`{item}` is no objective; the lesson has {count}, counted from 1"));
                }
            }
        }
        objectives
    }

    /// A number, whole or not.
    pub(super) fn number(&mut self, value: &Spanned<Value>, name: &str) -> f64 {
        let number = as_number(value.get_ref());
        number.unwrap_or_else(|| {
            self.fault(self.line(value), format!("`{name}` must be a number"));
            0.0
        })
    }

    /// `tolerance = 0.1` or `relative = 0.05`, and not both.
    pub(super) fn tolerance(
        &mut self,
        absolute: Option<&Spanned<Value>>,
        relative: Option<&Spanned<Value>>,
        line: usize,
    ) -> Tolerance {
        let tolerance = match (absolute, relative) {
            (Some(absolute), None) => Tolerance::Absolute(self.number(absolute, "tolerance")),
            (None, Some(relative)) => Tolerance::Relative(self.number(relative, "relative")),
            _ => {
                let sentence = "a number needs either `tolerance`, in its own unit, or `relative`, a share of it";
                self.fault(line, sentence);
                return Tolerance::Absolute(1.0);
            }
        };
        let (Tolerance::Absolute(room) | Tolerance::Relative(room)) = tolerance;
        if room <= 0.0 {
            self.fault(line, "a tolerance must be above zero");
        }
        tolerance
    }

    /// A condition on an outcome, as `val_loss <= 2.2`.
    pub(super) fn condition(&mut self, text: &Spanned<String>) -> Option<Condition> {
        text.get_ref().parse().map_err(|sentence: String| self.fault(self.line(text), sentence)).ok()
    }

    /// A table of knobs as one query string, and a note of it for whoever knows the lab.
    pub(super) fn knobs(&mut self, lab: &str, knobs: Option<&Spanned<Table>>) -> String {
        let Some(knobs) = knobs else { return String::new() };
        let line = self.line(knobs);
        let mut pairs = Vec::new();
        for (name, value) in knobs.get_ref() {
            let text = match value {
                Value::String(text) => text.clone(),
                Value::Integer(_) | Value::Float(_) | Value::Boolean(_) => value.to_string(),
                _ => {
                    self.fault(line, format!("the knob `{name}` must be a text, a number, true or false"));
                    continue;
                }
            };
            pairs.push(format!("{}={}", escape::query(name), escape::query(&text)));
        }
        let pairs = pairs.join("&");
        self.draft.set_up(self.toml.file, line, lab, &pairs);
        pairs
    }
}

/// A finite number of TOML, whole or not.
pub(super) fn as_number(value: &Value) -> Option<f64> {
    let whole = value.as_integer().map(|number| number as f64);
    whole.or_else(|| value.as_float()).filter(|number| number.is_finite())
}
