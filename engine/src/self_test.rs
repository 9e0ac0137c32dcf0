//! Does this device compute what plain Rust computes? Asked before the first job runs on it.

use crate::{
    device, gpt,
    run::Context,
    train::{Corpus, Trainer},
};
use burn::tensor::Device;
use engine_core::{
    config::{GptConfig, TrainConfig},
    job::JobError,
    jobs::self_test::{Check, SelfTest},
    reference::{self, gpt::Weights},
    tokenizer::{Bpe, Tokenizer},
};

/// Small, but with every kind of layer, two of each, and no size equal to another.
const CONFIG: GptConfig =
    GptConfig { vocab_size: 11, n_layers: 2, n_heads: 2, d_model: 8, context: 5, tied_head: false };
const IDS: [u32; 5] = [3, 7, 0, 10, 3];
const TARGETS: [u32; 5] = [7, 0, 10, 3, 1];
/// A step in a parameter for the finite difference: large enough for f32 storage.
const NUDGE: f32 = 1e-2;

pub(crate) async fn run(_: SelfTest, cx: Context<SelfTest>) -> Result<Vec<Check>, JobError> {
    cx.checkpoint().await?;
    run_on(cx.device()).await
}

/// Compares logits, loss and gradients on `device` with the reference.
///
/// # Errors
/// If the device was lost. Wrong numbers are not an error here: see [`Check::passed`].
pub async fn run_on(device: &Device) -> Result<Vec<Check>, JobError> {
    let weights = lopsided();
    let expected = reference::gpt::forward(&CONFIG, &weights, &IDS);
    let corpus = Corpus { train: IDS.to_vec(), val: IDS.to_vec() };
    let tokenizer = Tokenizer::Bpe(Bpe::bytes_only());
    let one_row = TrainConfig { batch: 1, ..TrainConfig::default() };
    let trainer = Trainer::new(CONFIG, one_row, &weights, tokenizer, corpus, 0, device).settle().await?;

    let logits = trainer.model().forward(gpt::ids(&IDS, 1, device), None).logits;
    let logits = gpt::weights::floats(logits).await?;
    let expected: Vec<f64> = expected.into_iter().flatten().collect();
    let (loss, grads) = trainer.loss_and_gradients(&IDS, &TARGETS).await?;
    let true_loss = reference::gpt::loss(&CONFIG, &weights, &IDS, &TARGETS);

    // A GPU may fuse, reorder and approximate; the browser's CPU may not.
    let slack = if device::is_gpu(device) { 10.0 } else { 1.0 };
    let check =
        |name: &str, error: f32, tolerance: f32| Check { name: name.into(), error, tolerance: tolerance * slack };
    Ok(vec![
        check("forward pass: logits", relative(&logits, &expected), 1e-4),
        check("cross-entropy loss", relative(&[loss], &[true_loss]), 1e-4),
        check("backward pass: gradients", gradient_error(&weights, &grads), 1e-3),
    ])
}

/// The strongest gradient of every parameter tensor against the slope of the reference.
fn gradient_error(weights: &Weights, grads: &Weights) -> f32 {
    let mut measured = Vec::new();
    let mut slopes = Vec::new();
    for (name, grad) in grads {
        let strongest = grad.iter().enumerate().max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()));
        let Some((at, &value)) = strongest else { continue };
        let shifted = |by: f32| {
            let mut moved = weights.clone();
            let place = &mut moved.get_mut(name).expect("gradients have the names of weights")[at];
            *place += by;
            let moved_to = f64::from(*place);
            (moved_to, reference::gpt::loss(&CONFIG, &moved, &IDS, &TARGETS))
        };
        let (up, above) = shifted(NUDGE);
        let (down, below) = shifted(-NUDGE);
        measured.push(value);
        slopes.push((above - below) / (up - down));
    }
    relative(&measured, &slopes)
}

/// The largest difference, relative to the largest expected value. NaN stays NaN.
pub(crate) fn relative(measured: &[f32], expected: &[f64]) -> f32 {
    if measured.len() != expected.len() {
        return f32::NAN;
    }
    let scale = expected.iter().fold(0.0f64, |m, x| m.max(x.abs()));
    let worst = measured.iter().zip(expected).map(|(m, e)| (f64::from(*m) - e).abs() / scale);
    worst.fold(0.0, |m: f64, x| if m.is_nan() || x.is_nan() { f64::NAN } else { m.max(x) }) as f32
}

/// Weights with large and small values, so that softmax is not flat and mistakes show.
fn lopsided() -> Weights {
    let mut weights = gpt::init(&CONFIG, 42);
    for (name, values) in &mut weights {
        for (i, w) in values.iter_mut().enumerate() {
            let wave = ((i * 7 + name.len() * 3) % 13) as f32 / 13.0 - 0.4;
            *w = if name.ends_with(".gain") { 1.0 + 0.5 * wave } else { *w * 10.0 + 0.3 * wave };
        }
    }
    weights
}
