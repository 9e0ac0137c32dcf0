//! The labs on pruning, distilling and compressing, run natively on what they begin with: the built-in model and the end
//! of its text.
#![allow(dead_code, reason = "each test file uses its own part")]

use engine_core::job::Job;
use learn::practice::{Outcome, Value};
use std::{fs, path::Path};

fn public(path: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../public").join(path)).unwrap()
}

/// The file of the built-in model.
pub fn model() -> Vec<u8> {
    public("models/tiny.safetensors")
}

/// The end of what it learned from. The labs put another novel before it, of which these jobs read nothing.
pub fn text() -> String {
    String::from_utf8(public("data/emma.txt")).unwrap()
}

/// Runs a job to its end.
pub fn run<J: Job>(job: &J) -> J::Output {
    engine_plain::alone::run(job).unwrap_or_else(|why| panic!("{why}")).0
}

/// What a lab tells of the built-in model.
pub fn outcome(lab: &str, texts: &[(&str, &str)], numbers: &[(&str, f64)]) -> Outcome {
    let mut outcome = Outcome { lab: lab.into(), is_final: true, ..Outcome::default() };
    let texts = [("model", "built-in")].iter().chain(texts);
    outcome.values.extend(texts.map(|(name, text)| ((*name).to_owned(), Value::Text((*text).into()))));
    outcome.values.extend(numbers.iter().map(|(name, number)| ((*name).to_owned(), Value::Number(*number))));
    outcome
}
