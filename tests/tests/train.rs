//! What the default runs of the lab *Train a small GPT* achieve.

use engine_core::{
    jobs::train::{OpenTraining, RunTraining, Start, TokenizerChoice, TrainUpdate, TrainingOpened},
    presets::{self, Preset},
};
use std::time::Instant;
use tests::Engine;

/// Trains a preset on the novel that the lab begins with: what was opened, and the validation losses by step.
fn trained(preset: &Preset) -> (TrainingOpened, Vec<(u32, f32)>) {
    let text = concat!(env!("CARGO_MANIFEST_DIR"), "/../public/data/pride-and-prejudice.txt");
    let text = std::fs::read_to_string(text).unwrap();
    let Preset { shape, training, .. } = *preset;
    let start = Start::New { tokenizer: TokenizerChoice::Chars, shape, training };
    let engine = Engine::default();
    let (opened, _) = engine.run(&OpenTraining { session: 1, text, start }).unwrap();
    let (_, updates) = engine.run(&RunTraining { session: 1, steps: None }).unwrap();
    let loss = |update| if let TrainUpdate::Validation { step, loss } = update { Some((step, loss)) } else { None };
    (opened, updates.into_iter().filter_map(loss).collect())
}

/// Kneser-Ney's trigram model counts the same tokens of the same training part and is measured on the same targets.
#[test]
fn the_default_run_beats_a_trigram_model() {
    let preset = presets::by_key("");
    let started = Instant::now();
    let (opened, curve) = trained(&preset);
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
    // An untrained model costs about as much as guessing evenly.
    let (first, untrained) = curve[0];
    assert!(first == 0 && (untrained - opened.uniform_loss).abs() < 0.1, "{untrained} against {}", opened.uniform_loss);
}

/// Prints the curve of a preset with other settings, to choose presets by:
/// `PRESET=tiny STEPS=500 RATE=0.01 cargo test --profile native -p tests --test train -- --ignored --nocapture tune`.
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
    training.eval_every = (training.steps / 10).max(1);
    let started = Instant::now();
    let (opened, curve) = trained(&preset);
    println!(
        "# {:?} {:?}: trigram {:.4}, unigram {:.4}, {curve:.3?}, {:.1} s",
        preset.shape,
        preset.training,
        opened.trigram_loss,
        opened.unigram_loss,
        started.elapsed().as_secs_f64()
    );
}
