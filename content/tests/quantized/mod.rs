//! The lab that quantizes a model, as lessons set it: the same job on the same files.
#![allow(dead_code, reason = "each test file uses its own part")]

use crate::lesson::knob;
use engine_core::{
    jobs::quantize::{Activations, Method, Plan, QuantizeModel, Report, Tokens},
    quantize::{Calibration, Grid, Scheme, Share, Width},
    sampling::Sampling,
};
use learn::practice::{Outcome, Value};
use std::{collections::BTreeMap, fs, path::Path, sync::Mutex};

/// A file of the site.
pub fn public(path: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../public").join(path)).unwrap()
}

/// What the built-in model learned from.
pub fn books() -> String {
    let book = |name| String::from_utf8(public(&format!("data/{name}.txt"))).unwrap();
    ["pride-and-prejudice", "emma"].map(book).concat()
}

/// What the lab asks with these settings, without what it writes and without the clock.
pub fn job(knobs: &str) -> QuantizeModel {
    assert_eq!(knob(knobs, "model"), None, "lessons look at the built-in model");
    let text = |name: &str, or: &str| knob(knobs, name).unwrap_or_else(|| or.to_owned());
    let number = |name: &str, or: f64| knob(knobs, name).map_or(or, |text| text.parse().unwrap());
    let one_of = |name: &str, keys: &[&str], or: &str| {
        let asked = text(name, or);
        keys.iter().position(|key| *key == asked).unwrap_or_else(|| panic!("{name} is {asked}"))
    };
    let share = match text("share", "row").as_str() {
        "tensor" => Share::Tensor,
        "row" => Share::Row,
        "group" => Share::Group(number("group", 32.0) as usize),
        other => panic!("share is {other}"),
    };
    let calibration = match text("reach", "absmax").as_str() {
        "absmax" => Calibration::AbsMax,
        _ => Calibration::Percentile(number("percentile", 99.9)),
    };
    let width = Width::ALL[one_of("bits", &Width::ALL.map(Width::key), "int8")];
    let grid = Grid::ALL[one_of("grid", &Grid::ALL.map(Grid::key), "symmetric")];
    let plan = Plan {
        scheme: Scheme { width, share, grid, calibration },
        method: Method::ALL[one_of("method", &Method::ALL.map(Method::key), "nearest")],
        activations: Activations::ALL[one_of("activations", &Activations::ALL.map(Activations::key), "int8")],
        tokens: Tokens::ALL[one_of("tokens", &Tokens::ALL.map(Tokens::key), "int8")],
        windows: number("windows", 16.0) as usize,
    };
    let (file, sampling) = (public("models/tiny.safetensors"), Sampling::default());
    let prompt = String::new();
    QuantizeModel { file, text: books(), plan, prompt, sampling, tokens: 0, speed_ms: 0.0, keep: false }
}

/// What came out, by the settings: several tests ask for the same.
static FOUND: Mutex<BTreeMap<String, Report>> = Mutex::new(BTreeMap::new());

/// What comes out.
pub fn report(knobs: &str) -> Report {
    let job = job(knobs);
    let key = format!("{:?}", job.plan);
    let known = FOUND.lock().unwrap().get(&key).cloned();
    known.unwrap_or_else(|| {
        let report = engine_plain::alone::run(&job).unwrap().0;
        FOUND.lock().unwrap().insert(key, report.clone());
        report
    })
}

/// Nats lost.
pub fn cost(report: &Report) -> f64 {
    let losses = report.losses.unwrap();
    losses.after - losses.before
}

/// How far the outputs of all matrices are off, in the mean.
pub fn outputs(report: &Report) -> f64 {
    let off: Vec<f64> = report.layers.iter().filter_map(|layer| layer.outputs).collect();
    off.iter().sum::<f64>() / off.len() as f64
}

/// What the lab tells those who score exercises.
pub fn outcome(knobs: &str) -> Outcome {
    let (report, Plan { scheme, method, activations, tokens, windows }) = (report(knobs), job(knobs).plan);
    let bytes = report.bytes.unwrap();
    let share = knob(knobs, "share").unwrap_or_else(|| "row".into());
    let texts = [
        ("model", "built-in"),
        ("text", "own"),
        ("bits", scheme.width.key()),
        ("share", &share),
        ("grid", scheme.grid.key()),
        ("method", method.key()),
        ("activations", activations.key()),
        ("tokens", tokens.key()),
    ];
    let numbers = [
        ("windows", windows as f64),
        ("cost", cost(&report)),
        ("ratio", bytes.ratio()),
        ("bytes_after", bytes.after() as f64),
    ];
    let mut outcome = Outcome { lab: "quantize".into(), is_final: true, ..Outcome::default() };
    outcome.values.extend(texts.map(|(name, text)| (name.to_owned(), Value::Text(text.to_owned()))));
    outcome.values.extend(numbers.map(|(name, number)| (name.to_owned(), Value::Number(number))));
    outcome
}
