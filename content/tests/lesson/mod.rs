//! What tests of single lessons share: the text, its exercises and its predictions.
#![allow(dead_code, reason = "each test file uses its own part")]

use content::{Block, compile};
use learn::practice::{Foreseen, Guess, Outcome};
use std::{fmt::Debug, fs, path::Path};

fn root() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Fails unless the lesson's text has this piece.
pub fn has(slug: &str, piece: &str) {
    file_has(slug, "lesson.md", piece);
}

/// Fails unless a file of the lesson has this piece.
pub fn file_has(slug: &str, file: &str, piece: &str) {
    let path = root().join("content/lessons").join(slug).join(file);
    assert!(fs::read_to_string(path).unwrap().contains(piece), "{file} of {slug} lacks {piece:?}");
}

/// A number as lessons write it, such as 124,439,808.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let threes: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().map(|three| std::str::from_utf8(three).unwrap()).collect();
    threes.join(",")
}

/// The blocks of a lesson, as the page has them.
pub fn blocks(slug: &str) -> Vec<Block> {
    let site = compile::compile(&root()).site;
    let found = site.lessons().find(|(_, lesson)| lesson.slug == slug).map(|(page, _)| page.blocks.clone());
    found.expect("the lesson is there")
}

/// One setting of a lab as a link writes them.
pub fn knob(knobs: &str, name: &str) -> Option<String> {
    let (_, value) = knobs.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name)?;
    let mut bytes = value.replace('+', " ").into_bytes().into_iter();
    let mut plain = Vec::new();
    while let Some(byte) = bytes.next() {
        let hex = |byte: Option<u8>| byte.and_then(|byte| (byte as char).to_digit(16)).unwrap() as u8;
        plain.push(if byte == b'%' { hex(bytes.next()) * 16 + hex(bytes.next()) } else { byte });
    }
    Some(String::from_utf8(plain).unwrap())
}

/// A number among the settings, or what the lab takes without one.
pub fn number(knobs: &str, name: &str, default: usize) -> usize {
    knob(knobs, name).map_or(default, |text| text.parse().unwrap())
}

/// The exercise is unsolved as it starts, and solved with the settings of its solution.
pub fn solved_only_by_its_solution(slug: &str, id: &str, outcome: impl Fn(&str) -> Outcome) {
    let blocks = blocks(slug);
    let exercise = blocks.iter().find_map(|block| match block {
        Block::Exercise(it) if it.id == id => Some(it),
        _ => None,
    });
    let exercise = exercise.expect("the exercise is there");
    assert!(!exercise.check(&outcome(&exercise.knobs)).unwrap().reached, "{id} is solved from the start");
    assert!(exercise.check(&outcome(&exercise.solution_knobs)).unwrap().reached, "{id} is not solved by its solution");
}

/// The prediction's own settings lead to the option with this index.
pub fn foretold(slug: &str, id: &str, option: usize, outcome: impl Fn(&str) -> Outcome) {
    let Some(Foreseen::Choice { truth, .. }) = judged(slug, id, &Guess::Chosen(0), outcome) else { panic!("a choice") };
    assert_eq!(truth, Some(option), "{id}");
}

/// How a guess fares with the prediction's own settings.
pub fn judged(slug: &str, id: &str, guess: &Guess, outcome: impl Fn(&str) -> Outcome) -> Option<Foreseen> {
    let blocks = blocks(slug);
    let prediction = blocks.iter().find_map(|block| match block {
        Block::Predict(it) if it.id == id => Some(it),
        _ => None,
    });
    let prediction = prediction.expect("the prediction is there");
    prediction.judge(guess, &outcome(&prediction.knobs))
}

/// Numbers as C# writes a list.
pub fn braces<T: Debug>(numbers: &[T]) -> String {
    let list: Vec<String> = numbers.iter().map(|number| format!("{number:?}")).collect();
    format!("{{ {} }}", list.join(", "))
}
