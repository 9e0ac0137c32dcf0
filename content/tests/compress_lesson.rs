//! The project of compressing a GPT: what it counts is counted again, its listings agree with the engine, and its
//! prediction and its exercise turn out as it says on the built-in model.

mod lesson;
mod listing;
mod smaller;

use engine_core::{
    compress::{Format, packed, stored},
    jobs::compress::{Score, ScoreCompression},
    model_file::ModelFile,
    prune::matrices,
};
use learn::practice::Outcome;

const SLUG: &str = "project-compress-gpt-4x";

fn has(piece: &str) {
    lesson::has(SLUG, piece);
}

fn score(cut: f64, format: Format) -> Score {
    let job = ScoreCompression { original: smaller::model(), made: None, cut, format, text: smaller::text() };
    let score = smaller::run(&job);
    println!("{format:?}, {cut} cut: {:.2} times, {:+.4} ± {:.4} nats", score.ratio(), score.lost(), score.error);
    score
}

/// What the lab tells after a run with these settings.
fn outcome(knobs: &str) -> Outcome {
    let name = lesson::knob(knobs, "format").unwrap_or_default();
    let format = match name.as_str() {
        "int8" => Format::Int8,
        "int4" => Format::Int4(lesson::number(knobs, "group", 32)),
        other => panic!("no lesson asks for {other}"),
    };
    let score = score(0.0, format);
    let numbers =
        [("cut", 0.0), ("ratio", score.ratio()), ("nats_lost", score.lost()), ("tokens", score.tokens as f64)];
    smaller::outcome("compress", &[("format", &name)], &numbers)
}

#[test]
fn the_prediction_and_the_exercise_turn_out_as_said() {
    lesson::foretold(SLUG, "eight-bits", 1, outcome);
    lesson::solved_only_by_its_solution(SLUG, "four-times", outcome);
}

#[test]
fn the_routes_are_as_the_solution_says() {
    let says = |piece: &str| lesson::file_has(SLUG, "exercise.toml", piece);
    let four = score(0.0, Format::Int4(32));
    says(&format!("{:.1} times smaller, for about {:.2} nats", four.ratio(), four.lost()));
    let third = score(0.3, Format::Int8);
    says(&format!("{:.2} times smaller, for less than 0.01 nats", third.ratio()));
    assert!(third.passes() && third.lost() < 0.01);
    assert!(score(0.4, Format::Int8).passes(), "up to 40 % still pass");
    says(&format!("at 50 % about {:.2} nats are gone", score(0.5, Format::Int8).lost()));
}

#[test]
fn bytes_are_as_the_table_says() {
    let ModelFile { config, weights, .. } = ModelFile::read(&smaller::model()).unwrap();
    let grouped = |number: usize| lesson::grouped(number as u64);
    let blocks: usize = matrices(&config).iter().map(|(_, [rows, columns])| rows * columns).sum();
    let embeddings = (config.vocab_size + config.context) * config.d_model;
    let rest = config.parameters() - blocks - embeddings;
    let scales =
        config.vocab_size + config.context + matrices(&config).iter().map(|(_, [_, outputs])| outputs).sum::<usize>();
    let row = |name: &str, numbers: usize, bytes: usize| {
        has(&format!("| {name} | {} | {} | {} |", grouped(numbers), grouped(4 * numbers), grouped(bytes)));
    };
    row("Matrices of the blocks", blocks, blocks);
    row("Embeddings", embeddings, embeddings);
    row("Biases, gains and shifts", rest, 4 * rest);
    has(&format!("| Scales | {} | 0 | {} |", grouped(scales), grouped(4 * scales)));
    let int8 = stored(&config, weights, 0.0, Format::Int8).unwrap().bytes;
    assert_eq!(int8, blocks + embeddings + 4 * rest + 4 * scales);
    let before = 4 * config.parameters();
    has(&format!("| All | | {} | {} |", grouped(before), grouped(int8)));
    has(&format!("That is {:.2} times", before as f64 / int8 as f64));
    has(&format!("has {} numbers: {} bytes", grouped(config.parameters()), grouped(before)));
    assert_eq!(8 * packed(1000, 750, 8), 7 * 1000, "seven bits on average");
    let share = (blocks + embeddings) as f64 / config.parameters() as f64;
    assert!((share - 0.99).abs() < 0.005, "99 % of all numbers: {share}");
}

#[test]
fn the_listings_agree_with_the_engine() {
    let cases = [(1000, 750, 8), (7, 7, 4), (64, 0, 32), (1001, 500, 4), (9, 3, 16)];
    let expected: Vec<f64> = cases.iter().map(|(numbers, kept, bits)| packed(*numbers, *kept, *bits) as f64).collect();
    let calls = |before: &str, after: &str| -> String {
        cases.iter().map(|(numbers, kept, bits)| format!("{before}({numbers}, {kept}, {bits}){after}\n")).collect()
    };
    let file = "project-compress-gpt-4x/packed.py";
    listing::agree(file, listing::python(file, &calls("show(packed", ")")), &expected);
    let file = "project-compress-gpt-4x/packed.cs";
    listing::agree(file, listing::csharp(file, &calls("Print(Storage.Packed", ");")), &expected);
}
