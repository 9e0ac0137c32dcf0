//! What the default runs of the lab *Train a small GPT* achieve.

use engine_core::{
    config::FirstWeights,
    jobs::train::{OpenTraining, RunTraining, Start, TokenizerChoice, TrainUpdate, TrainingOpened},
    presets::{self, Preset},
};
use std::time::Instant;
use tests::Engine;

/// The novel that the lab begins with.
fn novel() -> String {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../public/data/pride-and-prejudice.txt");
    std::fs::read_to_string(file).unwrap()
}

/// Trains a preset: what was opened, the validation losses by step, and the last training loss, evened out as the lab
/// does it.
fn trained(preset: &Preset, text: String) -> (TrainingOpened, Vec<(u32, f32)>, f32) {
    let Preset { shape, training, .. } = *preset;
    let start = Start::New { tokenizer: TokenizerChoice::Chars, shape, training };
    let engine = Engine::default();
    let (opened, _) = engine.run(&OpenTraining { session: 1, text, start }).unwrap();
    let (_, updates) = engine.run(&RunTraining { session: 1, steps: None }).unwrap();
    let (mut curve, mut even) = (Vec::new(), None);
    for update in updates {
        match update {
            TrainUpdate::Validation { step, loss } => curve.push((step, loss)),
            TrainUpdate::Step(done) => even = Some(even.map_or(done.loss, |old| old + 0.1 * (done.loss - old))),
            TrainUpdate::Sample(_) | TrainUpdate::Checkpoint { .. } => {}
        }
    }
    (opened, curve, even.unwrap())
}

/// Kneser-Ney's trigram model counts the same tokens of the same training part and is measured on the same targets.
#[test]
fn the_default_run_beats_a_trigram_model() {
    let preset = presets::by_key("");
    let started = Instant::now();
    let (opened, curve, _) = trained(&preset, novel());
    let (step, loss) = *curve.last().unwrap();
    println!(
        "# {}: validation {loss:.4}, trigram {:.4}, unigram {:.4}, {:.1} s",
        preset.key,
        opened.trigram_loss,
        opened.unigram_loss,
        started.elapsed().as_secs_f64()
    );
    assert_eq!((preset.key, step), ("tiny", preset.training.steps));
    assert!(loss < opened.trigram_loss - 0.04, "{loss} against {}", opened.trigram_loss);
    assert!(opened.trigram_loss < opened.unigram_loss - 0.5, "the yardstick is worth beating");
    let lesson = concat!(env!("CARGO_MANIFEST_DIR"), "/../content/lessons/project-mini-gpt/lesson.md");
    let lesson = std::fs::read_to_string(lesson).unwrap();
    for said in [format!("reaches a loss of {:.2}", opened.trigram_loss), format!("comes down to about {loss:.2}")] {
        assert!(lesson.contains(&said), "the lesson lacks {said:?}");
    }
    // An untrained model costs about as much as guessing evenly.
    let (first, untrained) = curve[0];
    assert!(first == 0 && (untrained - opened.uniform_loss).abs() < 0.1, "{untrained} against {}", opened.uniform_loss);
}

/// What the solution of the exercise in the same lesson quotes: 300 steps of each size, and the smallest from first
/// weights by its width.
#[test]
fn the_solution_of_the_exercise_quotes_what_each_start_reaches() {
    let solution = concat!(env!("CARGO_MANIFEST_DIR"), "/../content/lessons/project-mini-gpt/exercise.toml");
    let solution = std::fs::read_to_string(solution).unwrap();
    for (key, said) in [("nano", "Nano itself ends at"), ("tiny", "ends at"), ("small", "to Small, gives")] {
        let mut preset = presets::by_key(key);
        (preset.training.steps, preset.training.eval_every) = (300, 20);
        preset.training.first_weights = FirstWeights::ByWidth;
        let (_, curve, _) = trained(&preset, novel());
        let said = format!("{said} {:.2}", curve.last().unwrap().1);
        assert!(solution.contains(&said), "the solution lacks {said:?}");
        if key == "tiny" {
            let passed = curve.iter().find(|(_, loss)| *loss <= 2.7).unwrap().0;
            assert_eq!(passed, 80, "the solution says: before step 80");
        }
    }
}

/// Prints the curve of a preset with other settings, to choose presets by:
/// `PRESET=tiny STEPS=500 RATE=0.01 FIRST=gpt2 TEXT=path cargo test --profile native -p tests --test train -- --ignored --nocapture tune`.
#[test]
#[ignore = "a tool, not a test"]
fn tune() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<f64>().ok());
    let mut preset = presets::by_key(&std::env::var("PRESET").unwrap_or_default());
    let (shape, training) = (&mut preset.shape, &mut preset.training);
    let sizes = [
        (&mut shape.n_layers, "LAYERS"),
        (&mut shape.n_heads, "HEADS"),
        (&mut shape.d_model, "D"),
        (&mut shape.context, "CONTEXT"),
        (&mut training.batch, "BATCH"),
    ];
    for (setting, name) in sizes {
        *setting = number(name).map_or(*setting, |n| n as usize);
    }
    training.steps = number("STEPS").map_or(training.steps, |n| n as u32);
    training.warmup = number("WARMUP").map_or(training.warmup, |n| n as u32);
    training.learning_rate = number("RATE").map_or(training.learning_rate, |n| n as f32);
    training.weight_decay = number("DECAY").map_or(training.weight_decay, |n| n as f32);
    training.seed = number("SEED").map_or(training.seed, |n| n as u64);
    training.eval_every = number("EVERY").map_or(training.eval_every, |n| n as u32);
    match std::env::var("FIRST").as_deref() {
        Ok("gpt2") => training.first_weights = FirstWeights::Gpt2,
        Ok("by-width") => training.first_weights = FirstWeights::ByWidth,
        _ => {}
    }
    let text = std::env::var("TEXT").map_or_else(|_| novel(), |file| std::fs::read_to_string(file).unwrap());
    let started = Instant::now();
    let (opened, curve, even) = trained(&preset, text);
    println!(
        "# {:?} {:?}: trigram {:.4}, unigram {:.4}, training {even:.3}, {curve:.3?}, {:.1} s",
        preset.shape,
        preset.training,
        opened.trigram_loss,
        opened.unigram_loss,
        started.elapsed().as_secs_f64()
    );
}
