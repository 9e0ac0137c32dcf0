//! Numbers as people write them, and how near is near enough.

use serde::{Deserialize, Serialize};

/// How far an answer may be from the right number.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tolerance {
    /// By so much, in the unit of the answer.
    Absolute(f64),
    /// By this share of the right number: 0.05 is five percent.
    Relative(f64),
}

impl Tolerance {
    /// Whether `given` is near enough to `answer`.
    pub fn admits(self, answer: f64, given: f64) -> bool {
        // A little more than asked, so that a value exactly on the edge is not lost to rounding.
        let room = self.room(answer) * (1.0 + 1e-9) + answer.abs() * 1e-12;
        given.is_finite() && (given - answer).abs() <= room
    }

    /// The largest distance that is near enough.
    pub fn room(self, answer: f64) -> f64 {
        match self {
            Self::Absolute(room) => room.abs(),
            Self::Relative(share) => (share * answer).abs(),
        }
    }
}

/// Every number that a text may mean; none if it is no number.
///
/// `1,234` is a thousand and more to some and one and a bit to others, so both are tried. Spaces between
/// digits, a typographic minus, a leading `+` and a percent sign or unit at the end are understood.
pub fn readings(text: &str, unit: &str) -> Vec<f64> {
    let mut text: String = text.trim().chars().filter(|c| !c.is_whitespace() && *c != '_' && *c != '’').collect();
    let unit: String = unit.chars().filter(|c| !c.is_whitespace()).collect();
    if let Some(rest) = (!unit.is_empty()).then(|| strip_unit(&text, &unit)).flatten() {
        text = rest;
    }
    let text = text.replace('−', "-");
    let mut forms = vec![text.replace(',', "")];
    if text.contains(',') {
        forms = Vec::new();
        if thousands(&text, ',', '.') {
            forms.push(text.replace(',', ""));
        }
        if text.matches(',').count() == 1 {
            let decimal = text.replace('.', "").replace(',', ".");
            if !text.contains('.') || thousands(&text, '.', ',') {
                forms.push(decimal);
            }
        }
    } else if text.matches('.').count() > 1 && thousands(&text, '.', ',') {
        forms = vec![text.replace('.', "")];
    }
    let plain = |c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | 'e' | 'E');
    forms.retain(|form| form.chars().all(plain));
    forms.iter().filter_map(|form| form.parse::<f64>().ok()).filter(|number| number.is_finite()).collect()
}

fn strip_unit(text: &str, unit: &str) -> Option<String> {
    let (text, unit) = (text.to_lowercase(), unit.to_lowercase());
    text.strip_suffix(unit.as_str()).map(str::to_owned)
}

/// Whether every `separator` before the first `point` parts off groups of three digits.
fn thousands(text: &str, separator: char, point: char) -> bool {
    let whole = text.split(point).next().unwrap_or_default().trim_start_matches(['-', '+']);
    let mut groups = whole.split(separator);
    let first = groups.next().unwrap_or_default();
    (1..=3).contains(&first.len())
        && groups.all(|group| group.len() == 3)
        && text.split(point).nth(1).is_none_or(|rest| !rest.contains(separator))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (text, expected) in [
            ("3.69", vec![3.69]),
            (" 3,69 ", vec![3.69]),
            ("+1e-3", vec![0.001]),
            ("−2.5", vec![-2.5]),
            ("8,256", vec![8256.0, 8.256]),
            ("1,048,576", vec![1_048_576.0]),
            ("1.048.576", vec![1_048_576.0]),
            ("1.234,5", vec![1234.5]),
            ("1 234.5", vec![1234.5]),
            ("12 nats", vec![12.0]),
            ("12 NATS", vec![12.0]),
        ] {
            assert_eq!(readings(text, "nats"), expected, "{text}");
        }
        for text in ["", "nats", "about 3", "1,2,3", "inf", "NaN", "1..2", "--1", "1e999"] {
            assert!(readings(text, "nats").is_empty(), "{text}: {:?}", readings(text, "nats"));
        }
    }

    #[test]
    fn the_edge_of_a_tolerance_is_inside() {
        assert!(Tolerance::Absolute(0.1).admits(0.3, 0.2) && Tolerance::Absolute(0.1).admits(0.3, 0.4));
        assert!(!Tolerance::Absolute(0.1).admits(0.3, 0.41));
        assert!(Tolerance::Relative(0.05).admits(-100.0, -95.0) && !Tolerance::Relative(0.05).admits(-100.0, -94.0));
        assert!(!Tolerance::Absolute(f64::INFINITY).admits(0.0, f64::NAN));
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back(number in -1e9f64..1e9) {
            let (plain, with_unit) = (number.to_string(), format!("{number} ms"));
            prop_assert!(readings(&plain, "").contains(&number));
            prop_assert!(readings(&with_unit, "ms").contains(&number));
        }

        #[test]
        fn no_text_breaks_the_reader(text in ".{0,40}", unit in ".{0,6}") {
            prop_assert!(readings(&text, &unit).iter().all(|number| number.is_finite()));
        }

        #[test]
        fn nearer_is_never_worse(answer in -1e6f64..1e6, room in 0f64..1e3, share in 0f64..1.0, off in -2f64..2.0) {
            for tolerance in [Tolerance::Absolute(room), Tolerance::Relative(share)] {
                let far = off * tolerance.room(answer);
                if tolerance.admits(answer, answer + far) {
                    prop_assert!(tolerance.admits(answer, answer + far / 2.0));
                }
                prop_assert!(tolerance.admits(answer, answer));
            }
        }
    }
}
