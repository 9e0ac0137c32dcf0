//! The project on GPT-2: its listings agree, its sums are right, its exercise can be solved.

mod lesson;
mod listing;

use content::{Block, compile};
use engine_core::{
    architecture::{Architecture, Number},
    reference::lessons::numbers::numbers,
};
use learn::practice::{Foreseen, Guess, Outcome, Value};
use lesson::grouped;
use std::{fs, path::Path};

const SMALL: Architecture = Architecture::GPT2_SMALL;

fn has(piece: &str) {
    lesson::has("project-gpt2-from-scratch", piece);
}

#[test]
fn the_listings_agree() {
    // An ordinary number, a negative one, the smallest of all, and one with all bits of its fraction.
    let halves: [u16; 5] = [0x3e00, 0xc5a1, 0x0001, 0x03ff, 0x7bff];
    let file: Vec<u8> = halves.iter().flat_map(|bits| bits.to_le_bytes()).collect();
    let single: Vec<u8> = [1.5f32, -0.1, 3e-5].iter().flat_map(|number| number.to_le_bytes()).collect();
    let brain: Vec<u8> = [0x3fc0u16, 0xbdcd, 0x42f6].iter().flat_map(|bits| bits.to_le_bytes()).collect();
    let (mut expected, mut python, mut csharp) = (Vec::new(), String::new(), String::new());
    for (kind, bytes) in [("F16", file), ("F32", single), ("BF16", brain)] {
        expected.extend(numbers(kind, &bytes).unwrap().into_iter().map(f64::from));
        python += &format!("for number in numbers({kind:?}, bytes({bytes:?})):\n    show(number)\n");
        let list = bytes.iter().map(u8::to_string).collect::<Vec<_>>().join(", ");
        csharp += &format!("Print(Tensor.Numbers({kind:?}, new byte[] {{ {list} }}));\n");
    }
    let file = "project-gpt2-from-scratch/numbers.py";
    listing::agree(file, listing::python(file, &python), &expected);
    let file = "project-gpt2-from-scratch/numbers.cs";
    listing::agree(file, listing::csharp(file, &csharp), &expected);
}

#[test]
fn the_sums_are_what_the_lab_counts() {
    let one = |model: Architecture| grouped(model.parameters());
    let tables = (50_257 + 1024) * 768;
    let block = (SMALL.block_share() * SMALL.parameters() as f64).round() as u64 / 12;
    has(&format!("| {} | {} |", grouped(50_257 * 768), grouped(50_257 * 768)));
    has(&format!("| {} | {} |", grouped(1024 * 768), grouped(tables)));
    has(&format!("| First block | {} | {} |", grouped(block), grouped(tables + block)));
    has(&format!("| Eleven more blocks | {} | {} |", grouped(11 * block), grouped(tables + 12 * block)));
    has(&format!("| 1,536 | {} |", one(SMALL)));
    has(&format!("| {} | the output layer is not tied", one(Architecture { tied: false, ..SMALL })));
    has(&format!("| {} | no biases |", one(Architecture { bias: false, ..SMALL })));
    has(&format!("| {} | no position embedding", one(Architecture { learned_positions: false, ..SMALL })));
    has(&format!("| {} | a context of 512 |", one(Architecture { context: 512, ..SMALL })));
    has(&format!("| {} | eleven blocks |", one(Architecture { n_layers: 11, ..SMALL })));
    has(&format!("| {} | a vocabulary of 50,304", one(Architecture { vocab: 50_304, ..SMALL })));
    let exercise = fs::read_to_string(listing::file("project-gpt2-from-scratch/exercise.toml")).unwrap();
    assert!(exercise.contains(&grouped(block)) && exercise.contains("adds 393,216") && 512 * 768 == 393_216);
    assert!(exercise.contains("36,096 numbers") && 47 * 768 == 36_096);
    has(&format!("{:.0} million operations per token", SMALL.flops().training() / 1e6));
}

#[test]
fn the_small_model_and_the_memory_are_as_stated() {
    let small = SMALL.scaled_down();
    has(&format!(
        "{} blocks, {} heads, width {}, {} tokens at once",
        small.n_layers, small.n_heads, small.d_model, small.context
    ));
    has(&format!("{} parameters.", grouped(small.model().parameters())));
    has(&format!("$\\ln {} = {:.2}$", small.model().vocab, (small.model().vocab as f64).ln()));
    let mib = f64::from(1 << 20);
    let weights = SMALL.weight_bytes(Number::F32);
    has(&format!("{:.0} MiB in all", weights as f64 / mib));
    has(&format!("Together: {:.0} MiB", (weights + SMALL.kv_cache_bytes(Number::F32)) as f64 / mib));
    // "the practice model of 55 kB"
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../public/models/random-gpt2");
    let bytes: u64 = fs::read_dir(folder).unwrap().map(|file| file.unwrap().metadata().unwrap().len()).sum();
    assert_eq!(bytes / 1000, 55);
    has("3,200 logits");
}

/// What the lab reports for these knobs (`web/labs/src/labs/architecture`).
fn outcome(knobs: &str) -> Outcome {
    let text = |name: &str| {
        knobs.split('&').filter_map(|pair| pair.split_once('=')).find(|pair| pair.0 == name).map(|pair| pair.1)
    };
    let get = |name: &str, default| text(name).map_or(default, |value| value.parse().unwrap());
    let model = Architecture {
        vocab: get("vocab", 50_257),
        context: get("context", 1024),
        tied: text("tied") != Some("false"),
        ..Architecture::gpt2(get("n_layers", 12), get("n_heads", 12), get("d_model", 768))
    };
    assert_eq!(model.validate(), Ok(()));
    let numbers = [
        ("vocab", model.vocab as f64),
        ("context", model.context as f64),
        ("d_model", model.d_model as f64),
        ("n_layers", model.n_layers as f64),
        ("n_heads", model.n_heads as f64),
        ("parameters", model.parameters() as f64),
    ];
    let numbers = numbers.into_iter().map(|(name, number)| (name.to_owned(), Value::Number(number)));
    let values = numbers.chain([("tied".to_owned(), Value::Flag(model.tied))]).collect();
    Outcome { lab: "architecture".into(), is_final: true, values }
}

#[test]
fn the_exercise_and_the_prediction_come_out_as_written() {
    let site = compile::compile(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).site;
    let (page, _) = site.lessons().find(|(_, lesson)| lesson.slug == "project-gpt2-from-scratch").unwrap();
    let mut found = 0;
    for block in &page.blocks {
        if let Block::Exercise(exercise) = block {
            assert!(!exercise.check(&outcome(&exercise.knobs)).unwrap().reached);
            assert!(exercise.check(&outcome(&exercise.solution_knobs)).unwrap().reached);
            // The right sum with the wrong heads is not enough.
            let wrong = exercise.solution_knobs.replace("n_heads=12", "n_heads=16");
            assert!(!exercise.check(&outcome(&wrong)).unwrap().reached);
            found += 1;
        }
        if let Block::Predict(prediction) = block {
            let Some(Foreseen::Choice { truth, .. }) = prediction.judge(&Guess::Chosen(0), &outcome(&prediction.knobs))
            else {
                panic!("a choice")
            };
            assert_eq!(truth, Some(1));
            found += 1;
        }
    }
    assert_eq!(found, 2);
}
