//! The mini-GPT lesson: its three listings agree, and its numbers are what the engine computes.

mod listing;

use engine_core::{
    config::{GptConfig, TrainConfig},
    sampling::{Sampling, distribution, draw},
    schedule::learning_rate,
};
use std::fs;

const LOGITS: [f32; 6] = [2.0, -1.0, 0.5, 0.5, 3.25, 0.0];
/// Temperature, top-k and top-p.
const SETTINGS: [(f32, usize, f32); 7] =
    [(1.0, 0, 1.0), (0.5, 3, 1.0), (2.0, 0, 0.75), (0.0, 0, 1.0), (1.0, 1, 0.5), (0.75, 4, 0.875), (1.0, 99, 0.125)];
const ROLLS: [f64; 4] = [0.0, 0.25, 0.75, 0.999];

fn sampling((temperature, top_k, top_p): (f32, usize, f32)) -> Sampling {
    Sampling { temperature, top_k, top_p, ..Sampling::PLAIN }
}

#[test]
fn the_listings_agree_with_the_engine() {
    let (mut expected, mut python, mut csharp) = (Vec::new(), String::new(), String::new());
    for setting in SETTINGS {
        let probabilities = distribution(&LOGITS, &sampling(setting));
        expected.extend(probabilities.iter().map(|p| f64::from(*p)));
        expected.extend(ROLLS.map(|roll| draw(&probabilities, roll) as f64));
        let (temperature, top_k, top_p) = setting;
        python += &format!(
            "p = distribution({LOGITS:?}, {temperature:?}, {top_k}, {top_p:?})\nfor number in p + [draw(p, roll) for roll in {ROLLS:?}]:\n    show(number)\n"
        );
        let logits = LOGITS.map(|logit| format!("{logit:?}")).join(", ");
        let draws = ROLLS.map(|roll| format!("Print(Sampler.Draw(p, {roll:?}));")).join(" ");
        csharp += &format!(
            "{{ var p = Sampler.Distribution(new double[] {{ {logits} }}, {temperature:?}, {top_k}, {top_p:?}); Print(p); {draws} }}\n"
        );
    }
    listing::agree("sampling.py", listing::python("project-mini-gpt/sampling.py", &python), &expected);
    listing::agree("sampling.cs", listing::csharp("project-mini-gpt/sampling.cs", &csharp), &expected);
}

fn has(piece: &str) {
    let text = fs::read_to_string(listing::file("project-mini-gpt/lesson.md")).unwrap();
    assert!(text.contains(piece), "the lesson lacks {piece:?}");
}

#[test]
fn the_sampling_tables_are_what_the_engine_computes() {
    for temperature in [0.5, 1.0, 2.0] {
        let p = distribution(&[2.0, 1.0, 0.0], &sampling((temperature, 0, 1.0)));
        has(&format!("| {temperature:.1} | {:.3} | {:.3} | {:.3} |", p[0], p[1], p[2]));
    }
    let p = distribution(&[2.0, 1.0, 0.0], &sampling((1.0, 0, 0.9)));
    has(&format!("scaled up to {:.3} and {:.3}", p[0], p[1]));
    assert_eq!(p[2], 0.0);
}

#[test]
fn the_losses_are_right() {
    has(&format!("$\\ln 65 = {:.2}$", 65f64.ln()));
    has(&format!("costs $\\ln 2 = {:.2}$, and one in a thousand costs {:.1}", 2f64.ln(), 1000f64.ln()));
    let mut baseline = 0.0;
    for (letter, count) in [('a', 5.0), ('b', 2.0), ('r', 2.0), ('c', 1.0), ('d', 1.0)] {
        let frequency: f64 = count / 11.0;
        let part = -frequency * frequency.ln();
        has(&format!("| {letter} | {count}/11 | {part:.3} |"));
        baseline += part;
    }
    has(&format!("| Sum | 1 | {baseline:.3} |"));
    has(&format!("costs $\\ln 5 = {:.3}$ here; knowing the counts, {baseline:.3}", 5f64.ln()));
    assert!((1.6f64.exp() - 5.0).abs() < 0.1, "a loss of 1.6 is a choice among about 5");
}

#[test]
fn the_sizes_are_right() {
    let blocks = |width: usize, layers: usize| 12 * width * width * layers;
    assert_eq!((128 * 128, blocks(128, 4)), (16_384, 786_432));
    has("$12 \\cdot 16{,}384 \\cdot 4 = 786{,}432$");
    assert_eq!(blocks(768, 12) / 1_000_000, 84, "about 85 million, rounded from 84.9");
    let gpt = GptConfig { vocab_size: 65, n_layers: 4, n_heads: 4, d_model: 128, context: 128, tied_head: true };
    assert!(gpt.parameters() - blocks(128, 4) < blocks(128, 4) / 20, "tables and biases add a little");
    assert_eq!(blocks(128, 4) / 20_000, 39);
    has("has 39 parameters for every character");
}

#[test]
fn the_learning_rates_are_what_the_lab_uses() {
    let config = TrainConfig { learning_rate: 0.003, warmup: 20, steps: 400, ..TrainConfig::default() };
    let rate = |step| format!("{}", (f64::from(learning_rate(&config, step)) * 1e6).round() / 1e6);
    has(&format!("Halfway through the warm-up the rate is {}", rate(9)));
    has(&format!("at step 20 it is the full {}", rate(20)));
    has(&format!("$0.003 \\cdot 0.55 = {}$", rate(210)));
    has(&format!("at the end it is {}", rate(400)));
    let default = TrainConfig::default();
    assert_eq!(
        (default.batch * 128, default.warmup, default.steps),
        (1_024, 20, 400),
        "the lesson quotes the defaults"
    );
}
