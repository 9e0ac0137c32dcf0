//! What a learner achieved in a task, and the same as one line to paste.

use data_encoding::BASE64URL_NOPAD;
use miniz_oxide::{deflate::compress_to_vec, inflate::decompress_to_vec_with_limit};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The most curves of one result.
pub const MAX_CURVES: usize = 8;
/// The most points of one curve.
pub const MAX_CURVE: usize = 2000;
/// The most values of one result.
pub const MAX_VALUES: usize = 64;
/// The most characters of a name or a value.
const MAX_TEXT: usize = 200;
/// The points of a curve that a code keeps; a file keeps all.
const POINTS_IN_CODE: usize = 24;
/// The most bytes of one code once unpacked.
const MAX_UNPACKED: usize = 64 * 1024;
/// The most codes that are read from one text.
const MAX_CODES: usize = 5000;
/// How each code starts.
const START: &str = "glassbox-r1.";

/// What one learner achieved, once.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Achieved {
    /// The exercise, as its lesson names it; empty for a task in a teacher's words only.
    pub exercise: String,
    /// The lesson around it.
    pub lesson: String,
    /// The lab that gave the values.
    pub lab: String,
    /// What the learner calls themselves; empty where they would rather not.
    pub name: String,
    /// When, in seconds since 1970.
    pub at: u64,
    /// Where the randomness came from.
    pub seed: Option<u64>,
    /// What computed.
    pub device: Device,
    /// Whether the exercise's aim was reached.
    pub reached: bool,
    /// What the lab reported last.
    pub values: BTreeMap<String, Value>,
    /// What the lab reported on the way.
    pub curves: Vec<Curve>,
}

/// What computed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Device {
    /// The processor.
    #[default]
    Cpu,
    /// The graphics processor.
    Gpu,
}

/// One number, text or yes and no of a lab's outcome.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// Yes or no.
    Is(bool),
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
}

/// One number over the course of a run.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// The number's name in the outcome, such as `val_loss`.
    pub name: String,
    /// Step and value, in order.
    pub points: Vec<(f64, f64)>,
}

/// Why a text holds no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeFault {
    /// There is no code in it.
    Absent,
    /// The checksum says that characters are missing or have changed on the way.
    Damaged,
    /// The checksum is right, but it is no result.
    Meaningless,
}

impl Achieved {
    /// Whether two say the same of the same run, however finely their curves are kept.
    pub fn same_run(&self, other: &Self) -> bool {
        let identity = |it: &Self| (it.exercise.clone(), it.lab.clone(), it.name.clone(), it.at, it.seed, it.device);
        identity(self) == identity(other)
    }

    /// All its curves' points together.
    pub fn points(&self) -> usize {
        self.curves.iter().map(|curve| curve.points.len()).sum()
    }

    /// The same with finite numbers of six digits and everything within its cap: what leaves the device and
    /// what is taken from others.
    pub fn tidied(mut self) -> Self {
        for text in [&mut self.exercise, &mut self.lesson, &mut self.lab, &mut self.name] {
            shorten(text);
        }
        let values = std::mem::take(&mut self.values).into_iter();
        self.values = values.filter_map(tidy_value).take(MAX_VALUES).collect();
        self.curves.truncate(MAX_CURVES);
        for curve in &mut self.curves {
            shorten(&mut curve.name);
            curve.points.retain(|(x, y)| x.is_finite() && y.is_finite());
            curve.points.sort_by(|a, b| a.0.total_cmp(&b.0));
            thin(&mut curve.points, MAX_CURVE);
            for (_, y) in &mut curve.points {
                *y = rounded(*y, 6);
            }
        }
        self.curves.retain(|curve| !curve.points.is_empty());
        self
    }
}

/// The result as one line to paste: `glassbox-r1.`, the result packed, and a checksum. The checksum finds
/// slips in copying. It does not prove who made the result, nor that a lab did.
pub fn code(achieved: &Achieved) -> String {
    let mut short = achieved.clone().tidied();
    for curve in &mut short.curves {
        thin(&mut curve.points, POINTS_IN_CODE);
        for (_, y) in &mut curve.points {
            *y = rounded(*y, 4);
        }
    }
    let text = serde_json::to_vec(&short).expect("finite numbers and plain texts become JSON");
    let packed = BASE64URL_NOPAD.encode(&compress_to_vec(&text, 10));
    let sum = crc32fast::hash(packed.as_bytes());
    format!("{START}{packed}.{sum:08x}")
}

/// Every code in a text, such as a pasted mail; line breaks inside a code do no harm. A text without any code
/// gives one [`CodeFault::Absent`].
pub fn codes(text: &str) -> Vec<Result<Achieved, CodeFault>> {
    let joined: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let found: Vec<_> = joined.split(START).skip(1).take(MAX_CODES).map(read).collect();
    if found.is_empty() { vec![Err(CodeFault::Absent)] } else { found }
}

/// Reads one code without its start; what follows the checksum is somebody's words.
fn read(code: &str) -> Result<Achieved, CodeFault> {
    let (packed, rest) = code.split_once('.').ok_or(CodeFault::Damaged)?;
    let sum = rest.get(..8).and_then(|sum| u32::from_str_radix(sum, 16).ok());
    if sum != Some(crc32fast::hash(packed.as_bytes())) {
        return Err(CodeFault::Damaged);
    }
    let packed = BASE64URL_NOPAD.decode(packed.as_bytes()).map_err(|_| CodeFault::Meaningless)?;
    let text = decompress_to_vec_with_limit(&packed, MAX_UNPACKED).map_err(|_| CodeFault::Meaningless)?;
    let achieved: Achieved = serde_json::from_slice(&text).map_err(|_| CodeFault::Meaningless)?;
    Ok(achieved.tidied())
}

fn tidy_value((mut name, mut value): (String, Value)) -> Option<(String, Value)> {
    shorten(&mut name);
    match &mut value {
        Value::Number(number) if !number.is_finite() => return None,
        Value::Number(number) => *number = rounded(*number, 6),
        Value::Text(text) => shorten(text),
        Value::Is(_) => {}
    }
    Some((name, value))
}

fn shorten(text: &mut String) {
    if let Some((end, _)) = text.char_indices().nth(MAX_TEXT) {
        text.truncate(end);
    }
}

/// Keeps at most `most` points, evenly, the first and the last among them.
fn thin(points: &mut Vec<(f64, f64)>, most: usize) {
    if points.len() > most && most > 1 {
        let last = points.len() - 1;
        *points = (0..most).map(|i| points[i * last / (most - 1)]).collect();
    }
}

/// `number` to so many significant digits.
fn rounded(number: f64, digits: usize) -> f64 {
    format!("{number:.*e}", digits - 1).parse().unwrap_or(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(steps: usize) -> Achieved {
        let points = (0..steps).map(|i| (i as f64 * 10.0, 4.17 / (1.0 + i as f64 * 0.031))).collect();
        Achieved {
            exercise: "x:loss-below-two".into(),
            lesson: "project-mini-gpt".into(),
            lab: "train".into(),
            name: "Zoë".into(),
            at: 1_790_000_000,
            seed: Some(u64::MAX),
            device: Device::Gpu,
            reached: true,
            values: [("val_loss".to_owned(), Value::Number(1.987_654_321)), ("done".to_owned(), Value::Is(true))]
                .into(),
            curves: vec![Curve { name: "val_loss".into(), points }],
        }
    }

    #[test]
    fn a_code_is_short_and_comes_back() {
        let achieved = run(500);
        let line = code(&achieved);
        assert!(line.len() < 700 && !line.contains(char::is_whitespace), "{} {line}", line.len());
        let mut found = codes(&line);
        assert_eq!(found.len(), 1);
        let back = found.remove(0).expect("readable");
        assert!(back.same_run(&achieved) && back.reached);
        assert_eq!(back.values["val_loss"], Value::Number(1.98765));
        let points = &back.curves[0].points;
        assert_eq!((points.len(), points[0].0, points[23].0), (POINTS_IN_CODE, 0.0, 4990.0));
        assert_eq!(code(&back), line, "a code of what was read is the same code");
    }

    #[test]
    fn codes_are_found_in_mails() {
        let line = code(&run(30));
        let (a, b) = line.split_at(80);
        let mail = format!("Hello!\nhere it is: {a}\n  {b}\nBest, Zoë\n\n> {line} and {line}");
        let found = codes(&mail);
        assert_eq!(found.len(), 3);
        assert!(found.iter().all(Result::is_ok), "{found:?}");
        assert_eq!(codes("no code here"), [Err(CodeFault::Absent)]);
    }

    #[test]
    fn a_slip_in_copying_is_found() {
        let line = code(&run(3));
        for at in START.len()..line.len() {
            let mut bytes = line.clone().into_bytes();
            bytes[at] = if bytes[at] == b'e' { b'f' } else { b'e' };
            let slip = String::from_utf8(bytes).expect("ASCII");
            assert_eq!(codes(&slip), [Err(CodeFault::Damaged)], "{at}");
            assert_eq!(codes(&line[..at]), [Err(CodeFault::Damaged)], "{at}");
        }
        let sealed = |bytes: &[u8]| {
            let packed = BASE64URL_NOPAD.encode(bytes);
            format!("{START}{packed}.{:08x}", crc32fast::hash(packed.as_bytes()))
        };
        for bytes in [b"junk".to_vec(), compress_to_vec(b"[1]", 1), compress_to_vec(&vec![b' '; 4_000_000], 10)] {
            assert_eq!(codes(&sealed(&bytes)), [Err(CodeFault::Meaningless)]);
        }
    }

    #[test]
    fn caps_hold_for_what_others_send() {
        let mut wild = run(10_000);
        wild.name = "n".repeat(5000);
        wild.curves = vec![wild.curves[0].clone(); 50];
        wild.curves[0].points.push((f64::NAN, 1.0));
        wild.values.insert("nan".into(), Value::Number(f64::NAN));
        wild.values.extend((0..500).map(|i| (format!("v{i}"), Value::Number(1.0))));
        let tidy = wild.tidied();
        assert_eq!((tidy.name.len(), tidy.curves.len(), tidy.values.len()), (MAX_TEXT, MAX_CURVES, MAX_VALUES));
        assert!(tidy.curves.iter().all(|curve| curve.points.len() == MAX_CURVE));
        assert!(!tidy.values.contains_key("nan"));
    }
}
