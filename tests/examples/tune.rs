//! Prints what a training run with other settings reaches, to choose defaults by. Settings come from the environment;
//! what is left out stays as it is:
//!
//! - a preset of the lab *Train a small GPT*, its curve: `PRESET=tiny STEPS=500 RATE=0.01 FIRST=gpt2 TEXT=path cargo run
//!   --profile native -p tests --example tune preset`
//! - tasks of the training board, their looks: `TASK=reverse,sort STEPS=500 RATE=0.01 SHOW=1 cargo run --release -p tests
//!   --example tune board`
//! - the board on the text of a file: `TEXT=path STEPS=500 cargo run --release -p tests --example tune text`

use engine_core::{
    config::{FirstWeights, TrainConfig},
    jobs::{
        board::{Look, RunBoard, Source},
        train::ModelShape,
    },
    presets, tasks,
};
use std::{env, fs, time::Instant};
use tests::{
    Engine,
    runs::{default_run, looks, novel, opened, trained},
};

fn main() {
    match env::args().nth(1).as_deref() {
        Some("preset") => preset(),
        Some("board") => board(),
        Some("text") => text(),
        _ => println!("Say what to tune: preset, board or text. The head of this file has the settings."),
    }
}

/// A number from the environment.
fn number(name: &str) -> Option<f64> {
    env::var(name).ok().and_then(|text| text.parse().ok())
}

/// Puts in what the environment says of a model's size and its training.
fn settle(shape: &mut ModelShape, training: &mut TrainConfig) {
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
}

/// The text that was asked for, if any.
fn asked_text() -> Option<String> {
    env::var("TEXT").ok().map(|file| fs::read_to_string(&file).expect("TEXT names a text file"))
}

fn preset() {
    let mut preset = presets::by_key(&env::var("PRESET").unwrap_or_default());
    settle(&mut preset.shape, &mut preset.training);
    match env::var("FIRST").as_deref() {
        Ok("gpt2") => preset.training.first_weights = FirstWeights::Gpt2,
        Ok("by-width") => preset.training.first_weights = FirstWeights::ByWidth,
        _ => {}
    }
    let started = Instant::now();
    let (opened, curve, even) = trained(&preset, asked_text().unwrap_or_else(novel));
    println!(
        "# {:?} {:?}: trigram {:.4}, unigram {:.4}, training {even:.3}, {curve:.3?}, {:.1} s",
        preset.shape,
        preset.training,
        opened.trigram_loss,
        opened.unigram_loss,
        started.elapsed().as_secs_f64()
    );
}

/// The highest induction score of a look's heads.
fn head(look: &Look) -> f32 {
    look.induction.iter().copied().fold(0.0, f32::max)
}

fn board() {
    let keys = env::var("TASK").unwrap_or("reverse".into());
    for key in keys.split(',') {
        let mut job = default_run(key);
        settle(&mut job.shape, &mut job.training);
        job.training.warmup = number("WARMUP").map_or((job.training.steps / 20).max(1), |n| n as u32);
        job.training.sample_every = tasks::looks_every(job.training.steps);
        job.shape.tied_head = number("TIED") == Some(1.0);
        let RunBoard { shape, training, .. } = job;
        let started = Instant::now();
        let (stopped, updates) = Engine::default().run(&job).expect("the settings fit together");
        let seconds = started.elapsed().as_secs_f64();
        let looks = looks(&updates);
        let first = |limit: f32| looks.iter().find(|look| look.exact >= Some(limit)).map(|look| look.step);
        let last = looks.last().expect("a run ends with a look");
        let file = last.file.len() / 1000;
        println!(
            "{key} {:?} {:?} b{} lr{} wd{}: loss {:.4}, exact {:?}, 95% at {:?}, 99% at {:?}, induction {:.2} (0.5 at {:?}), {seconds:.1} s, {file} kB, {stopped:?}",
            (shape.n_layers, shape.n_heads, shape.d_model),
            opened(&updates).parameters,
            training.batch,
            training.learning_rate,
            training.weight_decay,
            last.loss,
            last.exact,
            first(0.95),
            first(0.99),
            head(last),
            looks.iter().find(|look| head(look) > 0.5).map(|look| look.step),
        );
        if number("SHOW").is_some() {
            for look in &looks {
                println!("  {} {:.4} {:?} {:.2}", look.step, look.loss, look.exact, head(look));
            }
        }
    }
}

fn text() {
    let mut job = default_run("copy");
    job.shape = ModelShape { n_layers: 2, n_heads: 4, d_model: 48, context: 32, tied_head: true };
    let training = &mut job.training;
    (training.batch, training.steps, training.warmup, training.learning_rate) = (8, 1000, 20, 1e-2);
    settle(&mut job.shape, &mut job.training);
    job.training.sample_every = tasks::looks_every(job.training.steps);
    job.source = Source::Text(asked_text().unwrap_or_else(novel));
    let started = Instant::now();
    let (_, updates) = Engine::default().run(&job).expect("the settings fit together");
    let seconds = started.elapsed().as_secs_f64();
    let looks = looks(&updates);
    let last = looks.last().expect("a run ends with a look");
    println!(
        "{:?} {:?}: {:?}, loss {:.4}, right {:.3}, {seconds:.1} s\n{}",
        job.shape,
        job.training.steps,
        opened(&updates).counted,
        last.loss,
        last.right,
        last.written
    );
    for look in looks.iter().step_by(5) {
        println!("  {} {:.4}", look.step, look.loss);
    }
}
