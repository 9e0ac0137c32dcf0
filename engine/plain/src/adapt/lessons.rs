//! What the lessons on LoRA say of the shipped model, run as the lab runs it.

use crate::testing::run;
use engine_core::jobs::adapt::{Adapt, Adapting, Method, Setup};
use std::{fs, path::Path};

fn root() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The first part of a shipped text, as the lab takes it.
fn text(id: &str) -> String {
    let mut text = fs::read_to_string(root().join(format!("public/data/{id}.txt"))).unwrap();
    text.truncate(text.floor_char_boundary(160_000));
    text
}

fn adapt(method: Method, setup: Setup) -> Adapting {
    let model = fs::read(root().join("public/models/tiny.safetensors")).unwrap();
    let (text, old_text) = (text("lincoln"), text("emma"));
    run(&Adapt { model, text, old_text, method, setup, prompt: "It is ".into() }).1.unwrap()
}

/// Fails unless the lesson's text has this piece.
fn has(lesson: &str, piece: &str) {
    let text = fs::read_to_string(root().join(format!("content/lessons/{lesson}/lesson.md"))).unwrap();
    assert!(text.contains(piece), "{lesson} lacks {piece:?}");
}

#[test]
fn the_runs_of_the_lab_turn_out_as_the_lessons_say() {
    let mut ends = Vec::new();
    for (method, name) in
        Method::ALL.into_iter().zip(["full", "LoRA, rank 4", "QLoRA, rank 4", "biases", "output layer"])
    {
        let run = adapt(method, Setup::default());
        let (first, last) = (run.points[0], run.points[20]);
        has("peft-vs-full", &format!("| {name} | {:.2} | {:.2} |", last.new, last.old));
        ends.push((first, last, run.held, run.end.unwrap()));
    }
    let [full, lora, qlora, ..] = &ends[..] else { panic!("five runs") };
    has("peft-vs-full", &format!("begin at {:.2} on the new text and {:.2} on the old one", full.0.new, full.0.old));
    has(
        "lora",
        &format!("from {:.2} to {:.2} with LoRA, and to {:.2} with all weights", lora.0.new, lora.1.new, full.1.new),
    );
    has("lora", &format!("from {:.2} to {:.2} with LoRA, and to {:.2}", lora.0.old, lora.1.old, full.1.old));
    has("qlora", &format!("at {:.2} instead of {:.2}", qlora.0.new, lora.0.new));
    has("qlora", &format!("at {:.2}, LoRA at {:.2}", qlora.1.new, lora.1.new));
    has("lora", &format!("{:.0} kB", lora.3.adapter.len() as f64 / 1e3));
    has("peft-vs-full", &format!("{:.1} MB here", full.2.kept as f64 / 1e6));
    assert!(ends.iter().all(|end| end.2.kept == full.2.kept));
    // Of the change that was free in every weight: no cliff.
    let share = |at: usize| 100.0 * full.3.spectrum[at - 1] / full.3.spectrum[0];
    let (second, fifth, later) = (share(2), share(5), share(24));
    has(
        "lora",
        &format!(
            "second value is {second:.0} % of the largest, the fifth {fifth:.0} %, and the 24th still {later:.0} %"
        ),
    );
}
