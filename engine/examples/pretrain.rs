//! Trains the tiny model that the home page and the attention lab start with, on the shipped texts; with `--model copy`
//! the smaller one that has learned nothing but to go on with what it has seen before; with `--model small` the one that
//! writes where no pretrained model was downloaded, from the corpus that `xtask/data/make_texts.py` makes.
//!
//! `cargo xtask pretrain [--model tiny|copy|small] [--text FILE] [--steps N] [--out FILE]` runs this; the same seed on
//! the same machine gives the same file. It goes on from `FILE.checkpoint` if that exists.

use engine::{
    registry,
    run::{Host, Sessions},
};
use engine_core::{
    config::{FirstWeights, TrainConfig},
    job::{Job, JobError},
    jobs::train::{ModelShape, OpenTraining, RunTraining, Start, TokenizerChoice, TrainUpdate},
    model_file::ModelFile,
    rng::{Rng, Stream},
    tensor_file::Precision,
    wire,
};
use std::{cell::Cell, fs, rc::Rc, time::Instant};

const TEXTS: [&str; 2] = ["public/data/pride-and-prejudice.txt", "public/data/emma.txt"];
const SHAPE: ModelShape = ModelShape { n_layers: 4, n_heads: 4, d_model: 88, context: 64, tied_head: true };
const VOCAB: usize = 768;
/// Two blocks are the fewest in which one head can build on another.
const COPY_SHAPE: ModelShape = ModelShape { n_layers: 2, n_heads: 4, d_model: 48, context: 64, tied_head: false };

/// Five blocks, 1.8 million parameters: what two cores train in a few hours.
const SMALL_SHAPE: ModelShape = ModelShape { n_layers: 5, n_heads: 5, d_model: 160, context: 128, tied_head: true };
const SMALL_VOCAB: usize = 1536;

/// Which model is trained.
#[derive(Clone, Copy, PartialEq)]
enum Which {
    Tiny,
    Copy,
    Small,
}

fn main() -> Result<(), String> {
    let (mut steps, mut out, mut which, mut corpus) = (None, None, Which::Tiny, None);
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or(format!("{name} needs a value"))?;
        match (name.as_str(), value.as_str()) {
            ("--steps", _) => steps = Some(value.parse().map_err(|e| format!("--steps {value}: {e}"))?),
            ("--out", _) => out = Some(value),
            ("--text", _) => corpus = Some(value),
            ("--model", "copy") => which = Which::Copy,
            ("--model", "tiny") => which = Which::Tiny,
            ("--model", "small") => which = Which::Small,
            _ => {
                return Err(format!(
                    "{name} {value} is not known; there are --model tiny|copy|small, --text FILE, --steps N, --out FILE"
                ));
            }
        }
    }
    let (name, usual_steps) = match which {
        Which::Tiny => ("tiny", 6000),
        Which::Copy => ("copy", 4000),
        Which::Small => ("small", 5000),
    };
    let out = out.unwrap_or(format!("public/models/{name}.safetensors"));
    let checkpoint = format!("{out}.checkpoint");
    let text = match (which, &corpus) {
        (Which::Copy, _) => repeats(),
        (_, Some(file)) => fs::read_to_string(file).map_err(|e| format!("{file}: {e}"))?,
        (Which::Small, None) => {
            return Err("--model small needs --text FILE: the corpus that xtask/data/make_texts.py makes".into());
        }
        (Which::Tiny, None) => books()?,
    };
    let training = TrainConfig {
        batch: 16,
        steps: steps.unwrap_or(usual_steps),
        learning_rate: 3e-3,
        warmup: 100,
        weight_decay: 0.1,
        grad_clip: 1.0,
        seed: 2026,
        eval_every: 100,
        sample_every: 200,
        first_weights: if which == Which::Small { FirstWeights::ByWidth } else { FirstWeights::Gpt2 },
    };
    let start = match fs::read(&checkpoint) {
        Ok(bytes) => Start::Checkpoint(bytes),
        Err(_) => {
            let (tokenizer, shape) = match which {
                Which::Tiny => (TokenizerChoice::Bpe { vocab_size: VOCAB }, SHAPE),
                Which::Copy => (TokenizerChoice::Chars, COPY_SHAPE),
                Which::Small => (TokenizerChoice::Bpe { vocab_size: SMALL_VOCAB }, SMALL_SHAPE),
            };
            Start::New { tokenizer, shape, training }
        }
    };

    let sessions = Sessions::default();
    let opened = run(&OpenTraining { session: 0, text, start }, &sessions, |_| {}).map_err(|e| e.to_string())?;
    println!(
        "{} parameters, {} training tokens, unigram loss {:.3}, step {}",
        opened.parameters, opened.train_tokens, opened.unigram_loss, opened.step
    );
    let begun = Instant::now();
    let keep = checkpoint.clone();
    run(&RunTraining { session: 0, steps: None }, &sessions, move |update| match update {
        TrainUpdate::Step(step) if step.step % 50 == 0 => {
            println!(
                "{:5.0}s step {} loss {:.3} ({:.0} tokens/s)",
                begun.elapsed().as_secs_f64(),
                step.step,
                step.loss,
                step.tokens_per_s
            );
        }
        TrainUpdate::Step(_) => {}
        TrainUpdate::Validation { step, loss } => println!("validation after {step} steps: {loss:.3}"),
        TrainUpdate::Sample(sample) => println!("{}|{}", sample.prompt, sample.text),
        TrainUpdate::Checkpoint { file, .. } => {
            let model = ModelFile::read(&file).expect("our own file").without_training().write(Precision::F16);
            fs::write(&keep, &file).expect("the folder can be written to");
            fs::write(&out, model).expect("the folder can be written to");
        }
    })
    .map_err(|e| e.to_string())?;
    fs::remove_file(&checkpoint).map_err(|e| e.to_string())
}

fn books() -> Result<String, String> {
    let mut text = String::new();
    for file in TEXTS {
        text.push_str(&fs::read_to_string(file).map_err(|e| format!("{file}: {e}"))?);
    }
    Ok(text)
}

/// Lines of letters with a rule of their own each: every letter has one that follows it, and only now and then another
/// one does. Nothing can be foreseen but by finding the last letter's earlier place and going on from there.
fn repeats() -> String {
    let mut rng = Rng::new(2026, Stream::Init);
    let mut text = String::new();
    for _ in 0..12_000 {
        let mut letters: Vec<char> = ('a'..='p').collect();
        for at in 0..letters.len() {
            let other = at + rng.below(letters.len() - at);
            letters.swap(at, other);
        }
        letters.truncate(5 + rng.below(5));
        let mut at = 0;
        for _ in 0..40 + rng.below(20) {
            text.push(letters[at]);
            at = if rng.uniform() < 0.15 { rng.below(letters.len()) } else { (at + 1) % letters.len() };
        }
        text.push('\n');
    }
    text
}

fn run<J: Job>(job: &J, sessions: &Sessions, on_update: impl Fn(J::Update) + 'static) -> Result<J::Output, JobError> {
    let started = Instant::now();
    let host = Host {
        device: pollster::block_on(engine::device::open()).map_err(JobError::Device)?.device,
        sessions: sessions.clone(),
        send_update: Rc::new(move |bytes| on_update(wire::decode(&bytes).expect("our own bytes"))),
        yield_now: Rc::new(|| Box::pin(std::future::ready(()))),
        now: Rc::new(move || started.elapsed().as_secs_f64() * 1e3),
        cancelled: Rc::new(Cell::new(false)),
    };
    let output = pollster::block_on(registry().run(J::NAME, &wire::encode(job), host))?;
    Ok(wire::decode(&output).expect("our own bytes"))
}
