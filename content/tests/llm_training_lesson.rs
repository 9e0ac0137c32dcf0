//! The lesson on the training loop: its step by hand is computed again, and its listings agree.

mod lesson;
mod listing;

use engine_core::{
    adamw::BETAS,
    config::{GptConfig, TrainConfig},
    reference::{lessons::training::train, softmax::softmax},
};
use learn::practice::{Outcome, Value};

const SLUG: &str = "llm-training-loop";
const TEXT: [usize; 12] = [0, 1, 2, 0, 1, 0, 2, 2, 1, 0, 1, 2];

#[test]
fn the_listings_agree_with_the_engine() {
    let (losses, scores) = train(&TEXT, 3, 25, 1.5);
    let expected: Vec<f64> = losses.into_iter().chain(scores.concat()).collect();
    let lines = format!(
        "losses, scores = train({TEXT:?}, 3, 25, 1.5)\nfor number in losses + sum(scores, []):\n    show(number)"
    );
    listing::agree("loop.py", listing::python("llm-training-loop/loop.py", &lines), &expected);
    let lines = format!(
        "var scores = new[] {{ new double[3], new double[3], new double[3] }};\nPrint(Loop.Train(new[] {}, scores, 25, 1.5).ToArray());\nforeach (var row in scores) Print(row);",
        lesson::braces(&TEXT)
    );
    listing::agree("loop.cs", listing::csharp("llm-training-loop/loop.cs", &lines), &expected);
}

#[test]
fn the_step_by_hand_is_right() {
    let scores = [1.0, 0.0, 0.0];
    let p = softmax(&scores);
    let row = |r: &[f64]| format!("({:.3}, {:.3}, {:.3})", r[0], r[1], r[2]);
    lesson::has(SLUG, &format!("gives ${}$", row(&p)));
    let gradient = [p[0], p[1] - 1.0, p[2]];
    lesson::has(SLUG, &format!("= {}$$", row(&gradient)));
    let moved: Vec<f64> = scores.iter().zip(gradient).map(|(score, slope)| score - slope).collect();
    lesson::has(SLUG, &format!("the new scores are ${}$", row(&moved)));
    let after = softmax(&moved);
    let losses = [-p[1].ln(), -after[1].ln()];
    let said = format!("gives *b* {:.3}, and the loss has fallen from {:.3} to {:.3}", after[1], losses[0], losses[1]);
    lesson::has(SLUG, &said);
    // AdamW's first step: each average starts at zero and is divided by what it lacks.
    for slope in [0.1f64, 0.00001] {
        let corrected = |beta: f32, x: f64| (1.0 - f64::from(beta)) * x / (1.0 - f64::from(beta));
        let (mean, square) = (corrected(BETAS[0], slope), corrected(BETAS[1], slope * slope));
        assert!((mean / square.sqrt() - 1.0).abs() < 1e-9);
    }
}

#[test]
fn the_sizes_are_right() {
    let nano = GptConfig { vocab_size: 74, n_layers: 1, n_heads: 2, d_model: 32, context: 32, tied_head: true };
    assert_eq!(nano.parameters(), 16_160);
    let training = TrainConfig::default();
    assert_eq!((training.batch * nano.context, training.batch * nano.context * 400), (256, 102_400));
    let text = std::fs::read_to_string(listing::file("../../public/data/pride-and-prejudice.txt")).unwrap();
    let characters = text.chars().count();
    assert_eq!(characters / 10_000, 68, "about 680,000");
    let share = 102_400.0 / (0.9 * characters as f64);
    assert!((share - 1.0 / 6.0).abs() < 0.01, "a sixth: {share}");
    let work = 6.0 * nano.parameters() as f64 * 102_400.0;
    lesson::has(SLUG, &format!("\\approx {:.1}$ billion", work / 1e9));
    assert!((6.0 * 7e9 * 2e12 - 8.4e22f64).abs() < 1e18);
    lesson::has(SLUG, "8.4 \\cdot 10^{22}");
}

/// What the lab reports of the runs in the solution's table; the figures are measured in Chromium (seed 1).
fn run(knobs: &str) -> Outcome {
    let rate: f64 = lesson::knob(knobs, "learning_rate").unwrap().parse().unwrap();
    let steps = lesson::number(knobs, "steps", 400) as f64;
    let loss = match (rate, steps) {
        (0.0001, 200.0) => 3.846,
        (0.0001, _) => 3.561,
        _ => 2.703,
    };
    let mut outcome = Outcome { lab: "train".into(), is_final: true, values: Default::default() };
    let numbers = [("val_loss", loss), ("step", steps), ("steps", steps), ("seed", 1.0), ("layers", 1.0)];
    let more = [("params", 16_160.0), ("unigram_loss", 3.1025)];
    outcome.values.extend(numbers.into_iter().chain(more).map(|(name, x)| (name.to_owned(), Value::Number(x))));
    outcome.values.insert("finished".into(), Value::Flag(true));
    outcome
}

/// What the board reports; the shares are measured natively (`tests/tests/board.rs`).
fn board(knobs: &str) -> Outcome {
    let rate: f64 = lesson::knob(knobs, "rate").unwrap().parse().unwrap();
    let exact = if rate >= 0.003 { 1.0 } else { 0.0 };
    let numbers = [("exact", exact), ("steps", lesson::number(knobs, "steps", 300) as f64), ("params", 26_688.0)];
    let mut outcome = Outcome { lab: "board".into(), is_final: true, values: Default::default() };
    outcome.values.extend(numbers.map(|(name, x)| (name.to_owned(), Value::Number(x))));
    outcome.values.insert("source".into(), Value::Text(lesson::knob(knobs, "source").unwrap()));
    outcome
}

#[test]
fn the_exercise_on_the_board_is_solved_only_by_its_solution() {
    lesson::solved_only_by_its_solution(SLUG, "reverse-in-a-hundred-steps", board);
    let all = 0.9f64.powi(8);
    lesson::file_has(SLUG, "exercise.toml", &format!("0.9^8 = {all:.2}"));
}

#[test]
fn the_exercise_and_the_prediction_answer_themselves() {
    lesson::solved_only_by_its_solution(SLUG, "repair-the-rate", run);
    lesson::foretold(SLUG, "hundred-times-smaller", 1, run);
}
