//! The same training on every device: fifty steps from one seed, and the losses that must come out.
//!
//! `losses.json` was written by wasm on the CPU. There every bit must be equal on every run and
//! machine; natively and on WebGPU each loss must lie within [`TOLERANCE`] of it. When the numbers
//! change for a good reason, the wasm test's failure message prints the new file.

use burn::tensor::Device;
use engine::{
    gpt,
    train::{Corpus, Trainer},
};
use engine_core::{
    config::{GptConfig, TrainConfig},
    tokenizer::{Chars, Tokenizer},
};
use std::{cell::RefCell, collections::BTreeMap};

/// The most that a loss may differ between devices, in nats.
pub const TOLERANCE: f32 = 1e-3;

const STEPS: u32 = 50;
const TEXT: &str = "a hen and ten men met in the den. the cat sat on the mat. the dog dug in the fog.\n";

/// Small enough for a software GPU.
pub const TINY: Setting = Setting { name: "tiny", n_layers: 1, n_heads: 2, d_model: 16, context: 8, batch: 2 };

/// Large enough to use every tile of the CPU's kernels, and more than one micro-batch.
pub const SMALL: Setting = Setting { name: "small", n_layers: 3, n_heads: 4, d_model: 72, context: 72, batch: 5 };

/// One training run.
pub struct Setting {
    pub name: &'static str,
    n_layers: usize,
    n_heads: usize,
    d_model: usize,
    context: usize,
    batch: usize,
}

/// Trains and returns every step's loss.
pub async fn train(setting: &Setting, device: &Device) -> Vec<f32> {
    let text = TEXT.repeat(20);
    let tokenizer = Tokenizer::Chars(Chars::from_text(&text));
    let config = GptConfig {
        vocab_size: tokenizer.vocab_size(),
        n_layers: setting.n_layers,
        n_heads: setting.n_heads,
        d_model: setting.d_model,
        context: setting.context,
        tied_head: true,
    };
    let training = TrainConfig {
        batch: setting.batch,
        steps: STEPS,
        learning_rate: 3e-3,
        warmup: 5,
        seed: 7,
        ..TrainConfig::default()
    };
    let corpus = Corpus::new(&text, &tokenizer, config.context).expect("the text is long enough");
    let weights = gpt::init(&config, training.seed);
    let trainer = Trainer::new(config, training, &weights, tokenizer, corpus, 0, device);
    let cell = RefCell::new(trainer.settle().await.expect("the device holds a small model"));
    for _ in 0..STEPS {
        Trainer::step(&cell, || std::future::ready(Ok(()))).await.expect("the device stays");
    }
    cell.into_inner().train_loss
}

/// The committed losses, as bits.
pub fn committed(setting: &Setting) -> Vec<f32> {
    let all: BTreeMap<String, Vec<u32>> = serde_json::from_str(include_str!("losses.json")).expect("our own file");
    all[setting.name].iter().map(|bits| f32::from_bits(*bits)).collect()
}

/// Fails where a loss is further off than [`TOLERANCE`].
pub fn assert_close(setting: &Setting, losses: &[f32]) {
    let committed = committed(setting);
    assert_eq!(losses.len(), committed.len());
    for (step, (ours, theirs)) in losses.iter().zip(&committed).enumerate() {
        assert!((ours - theirs).abs() <= TOLERANCE, "{} step {step}: {ours} against {theirs}", setting.name);
    }
    assert!(losses[49] < losses[0] * 0.9, "nothing was learned, so nothing was proved: {losses:?}");
}
