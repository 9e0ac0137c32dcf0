//! The whole model: gradients against the float64 reference, training, decoding, and what it costs.

use super::{difference, open, random_ids, tolerances::check, twins::AdamW, wide};
use engine_core::{
    adamw::decays,
    config::{GptConfig, TrainConfig},
    reference::{self, gpt::Weights},
    rng::{Rng, Stream},
};
use engine_gpu::{Decoder, Gpu, GpuGpt};
use std::sync::Arc;

/// No size is a multiple of four, and the head is its own.
const ODD: GptConfig = GptConfig { vocab_size: 11, n_layers: 2, n_heads: 3, d_model: 9, context: 5, tied_head: false };
/// Every fast path; the vocabulary is odd, as vocabularies are.
const EVEN: GptConfig =
    GptConfig { vocab_size: 65, n_layers: 2, n_heads: 2, d_model: 16, context: 10, tied_head: true };
/// An untied head over sizes that fit, and heads that do not.
const MIXED: GptConfig =
    GptConfig { vocab_size: 12, n_layers: 1, n_heads: 2, d_model: 12, context: 7, tied_head: false };

/// A step in a parameter for the finite difference: large enough for f32 storage.
const NUDGE: f32 = 1e-2;

/// Weights with large and small values, so that softmax is not flat and mistakes show.
pub fn lopsided(config: &GptConfig) -> Weights {
    let mut rng = Rng::new(42, Stream::Init);
    let mut fill = |name: &str, count: usize| -> Vec<f32> {
        let wave = |i: usize| ((i * 7 + name.len() * 3) % 13) as f32 / 13.0 - 0.4;
        let value = |i: usize, noise: f32| {
            if name.ends_with(".gain") { 1.0 + 0.5 * wave(i) } else { 0.2 * noise + 0.3 * wave(i) }
        };
        (0..count).map(|i| value(i, rng.normal())).collect()
    };
    config.tensors().into_iter().map(|(name, [r, c])| (name.clone(), fill(&name, r * c))).collect()
}

async fn open_model(gpu: &Arc<Gpu>, config: GptConfig, batch: usize) -> GpuGpt {
    let training = TrainConfig { batch, ..TrainConfig::default() };
    GpuGpt::new(gpu, config, batch, training, &lopsided(&config)).await.expect("a small model fits")
}

pub fn rows(config: &GptConfig, batch: usize, seed: u64) -> (Vec<u32>, Vec<u32>) {
    let count = batch * config.context;
    (random_ids(seed, count, config.vocab_size), random_ids(seed + 1000, count, config.vocab_size))
}

/// The mean loss over all rows, in double precision.
fn true_loss(config: &GptConfig, weights: &Weights, inputs: &[u32], targets: &[u32]) -> f64 {
    let rows = inputs.chunks(config.context).zip(targets.chunks(config.context));
    let sum: f64 = rows.map(|(x, y)| reference::gpt::loss(config, weights, x, y) * x.len() as f64).sum();
    sum / inputs.len() as f64
}

/// The three strongest gradients of every tensor against the slope of the reference, and its loss.
pub async fn gradients() {
    let gpu = open().await;
    for (config, batch) in [(ODD, 1), (ODD, 3), (EVEN, 2), (MIXED, 3)] {
        let case = format!("{config:?}, batch {batch}");
        let gpt = open_model(&gpu, config, batch).await;
        let weights = lopsided(&config);
        let (inputs, targets) = rows(&config, batch, 7);
        let (loss, grads) = gpt.loss_and_gradients(&inputs, &targets).await.expect("the device is there");
        check("loss", &case, &[loss], &[true_loss(&config, &weights, &inputs, &targets)]);
        let (mut measured, mut slopes) = (Vec::new(), Vec::new());
        for (name, grad) in &grads {
            let mut strongest: Vec<usize> = (0..grad.len()).collect();
            strongest.sort_by(|a, b| grad[*b].abs().total_cmp(&grad[*a].abs()));
            for at in strongest.into_iter().take(3) {
                let shifted = |by: f32| {
                    let mut moved = weights.clone();
                    let place = &mut moved.get_mut(name).expect("gradients have the names of weights")[at];
                    *place += by;
                    let moved_to = f64::from(*place);
                    (moved_to, true_loss(&config, &moved, &inputs, &targets))
                };
                // Four points: the error of the slope itself falls with the fourth power of the nudge.
                let slope = |by: f32| {
                    let ((up, above), (down, below)) = (shifted(by), shifted(-by));
                    (above - below) / (up - down)
                };
                measured.push(grad[at]);
                slopes.push((4.0 * slope(NUDGE / 2.0) - slope(NUDGE)) / 3.0);
            }
        }
        check("gradients", &case, &measured, &slopes);
        // A tensor that nobody writes would be zero everywhere, and so pass above.
        for (name, grad) in &grads {
            assert!(grad.iter().any(|g| *g != 0.0), "{case}: the gradient of {name} is zero");
        }
    }
}

/// The weights after a step are AdamW of the gradients; a resumed run goes the same way, bit by bit.
pub async fn steps_and_resuming() {
    let gpu = open().await;
    for config in [ODD, EVEN] {
        let (batch, rate) = (2, 0.01);
        let mut gpt = open_model(&gpu, config, batch).await;
        let (inputs, targets) = rows(&config, batch, 3);
        for step in 1..=3 {
            let (old, moments) = gpt.read_back().await.expect("the device is there");
            let (_, grads) = gpt.loss_and_gradients(&inputs, &targets).await.expect("the device is there");
            gpt.step(&inputs, &targets, rate).expect("the batch fits");
            let result = gpt.read_ring().await.expect("the device is there")[0];
            let norm = grads.values().flatten().map(|g| f64::from(*g).powi(2)).sum::<f64>().sqrt();
            check("gradient norm", "of a step", &[result.grad_norm], &[norm]);
            assert!(result.applied && result.step == step);
            let training = TrainConfig::default();
            let shorten = (f64::from(training.grad_clip) / norm).min(1.0);
            let adamw = AdamW { learning_rate: rate, step, weight_decay: training.weight_decay, shorten };
            let (new, new_moments) = gpt.read_back().await.expect("the device is there");
            for (name, values) in &new {
                let all = [&old[name], &grads[name], &moments.mean[name], &moments.square[name]];
                let update = |i: usize| adamw.update(all.map(|values| f64::from(values[i])), decays(name));
                let expected: Vec<[f64; 3]> = (0..values.len()).map(update).collect();
                let got = [values, &new_moments.mean[name], &new_moments.square[name]];
                for (which, got) in got.into_iter().enumerate() {
                    let expected: Vec<f64> = expected.iter().map(|new| new[which]).collect();
                    check("adamw", &format!("{name} {which}, step {step}"), got, &expected);
                }
            }
        }
        // From the checkpoint on, in a fresh object and in this one.
        let (weights, moments) = gpt.read_back().await.expect("the device is there");
        let training = TrainConfig { batch, ..TrainConfig::default() };
        let mut resumed = GpuGpt::new(&gpu, config, batch, training, &weights).await.expect("fits");
        resumed.set_moments(&moments, 3).expect("they fit");
        for gpt in [&mut gpt, &mut resumed] {
            for seed in 0..3 {
                let (inputs, targets) = rows(&config, batch, seed);
                gpt.step(&inputs, &targets, rate).expect("the batch fits");
            }
        }
        assert_eq!(gpt.read_ring().await, resumed.read_ring().await);
        assert!(gpt.read_back().await == resumed.read_back().await, "a resumed run equals an unbroken one");
    }
}

/// A model learns a text by heart: the loss falls far below that of guessing.
pub async fn learning() {
    let gpu = open().await;
    let mut gpt = open_model(&gpu, EVEN, 2).await;
    let text: Vec<u32> = (0..=20).map(|i| i * i % 13).collect();
    for _ in 0..120 {
        gpt.step(&text[..20], &text[1..21], 0.01).expect("the batch fits");
        gpt.settle().await;
    }
    let results = gpt.read_ring().await.expect("the device is there");
    let (first, last) = (results[0].loss, results[119].loss);
    assert!(first > 2.0 && last < 0.2, "from {first} to {last} nats");
    let after = gpt.evaluate(&text[..20], &text[1..21]).await.expect("the device is there");
    assert!(after < last + 0.05, "{after} nats when measured afterwards");
}

/// A loss that is no number leaves the weights as they were, bit by bit, and the ring says so.
pub async fn not_a_number() {
    let gpu = open().await;
    for bad in [f32::NAN, f32::INFINITY, 1e30] {
        let mut weights = lopsided(&EVEN);
        weights.get_mut("blocks.0.mlp.up.weight").expect("there is such a tensor")[5] = bad;
        let mut gpt = GpuGpt::new(&gpu, EVEN, 2, TrainConfig::default(), &weights).await.expect("fits");
        let (inputs, targets) = rows(&EVEN, 2, 1);
        let before = gpt.read_back().await.expect("the device is there");
        gpt.step(&inputs, &targets, 0.01).expect("the batch fits");
        let result = gpt.read_ring().await.expect("the device is there")[0];
        if bad.is_nan() || bad.is_infinite() || !(result.loss.is_finite() && result.grad_norm.is_finite()) {
            assert!(!result.applied, "{bad}: {result:?}");
            let after = gpt.read_back().await.expect("the device is there");
            for (name, values) in &after.0 {
                let same = values.iter().zip(&before.0[name]).all(|(a, b)| a.to_bits() == b.to_bits());
                assert!(same, "{name} changed");
            }
            assert!(after.1 == before.1, "the optimizer's memory changed");
        } else {
            assert!(result.applied, "{bad}: {result:?}");
        }
    }
}

/// Validation over several batches, the last of them not full.
pub async fn validation() {
    let gpu = open().await;
    for config in [ODD, EVEN] {
        let gpt = open_model(&gpu, config, 3).await;
        for count in [1, 3, 5] {
            let (inputs, targets) = rows(&config, count, 20);
            let before = gpt.counters();
            let loss = gpt.evaluate(&inputs, &targets).await.expect("the device is there");
            assert_eq!(gpt.counters().readbacks - before.readbacks, 1);
            check("loss", "validation", &[loss], &[true_loss(&config, &lopsided(&config), &inputs, &targets)]);
        }
    }
}

/// Logits after a prompt and after each further token, and greedy continuation.
pub async fn decoding() {
    let gpu = open().await;
    for config in [ODD, EVEN, MIXED] {
        let gpt = open_model(&gpu, config, 2).await;
        let weights = lopsided(&config);
        let mut decoder = Decoder::new(&gpt).await.expect("it fits");
        let ids = random_ids(5, config.context, config.vocab_size);
        for start in [1, 3, config.context] {
            let mut logits = decoder.prefill(&ids[..start]).await.expect("the prompt fits");
            for seen in start..=config.context {
                let expected = reference::gpt::forward(&config, &weights, &ids[..seen]);
                check("decoding", &format!("{config:?} {start} {seen}"), &logits, &expected[seen - 1]);
                if seen < config.context {
                    logits = decoder.next(ids[seen]).await.expect("there is room");
                }
            }
        }
        assert!(decoder.next(0).await.is_err(), "the context is full");

        let count = config.context - 1;
        let written = decoder.greedy(&ids[..2], count).await.expect("it fits");
        let mut all = ids[..2].to_vec();
        for token in &written {
            let logits = reference::gpt::forward(&config, &weights, &all);
            let last = &logits[all.len() - 1];
            let best = last.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let behind = difference(&[last[*token as usize] as f32], &[best]);
            assert!(behind < 1e-4, "token {token} is not the likeliest");
            all.push(*token);
        }
        assert_eq!(written.len(), count);
    }
}

/// The logits of the whole training batch agree with the reference: the loss of every row does.
pub async fn rows_do_not_mix() {
    let gpu = open().await;
    let gpt = open_model(&gpu, EVEN, 1).await;
    let both = open_model(&gpu, EVEN, 2).await;
    let (inputs, targets) = rows(&EVEN, 2, 11);
    let one = gpt.evaluate(&inputs[..10], &targets[..10]).await.expect("the device is there");
    let two = gpt.evaluate(&inputs[10..], &targets[10..]).await.expect("the device is there");
    let together = both.evaluate(&inputs, &targets).await.expect("the device is there");
    check("loss", "rows", &[together], &[(wide(&[one])[0] + wide(&[two])[0]) / 2.0]);
}

/// The ceilings of what a step may cost; they are exact on every device.
pub async fn costs() {
    let gpu = open().await;
    let config = GptConfig { n_layers: 4, ..EVEN };
    let mut gpt = open_model(&gpu, config, 2).await;
    assert_eq!(gpt.dispatches_per_step(), 89, "dispatches of a step of four layers; at most 150 are allowed");
    let (inputs, targets) = rows(&config, 2, 2);
    gpt.step(&inputs, &targets, 0.01).expect("the batch fits");
    gpt.read_ring().await.expect("the device is there");
    let before = gpt.counters();
    const STEPS: u64 = 200;
    for _ in 0..STEPS {
        gpt.step(&inputs, &targets, 0.001).expect("the batch fits");
        assert_eq!(gpt.counters().live_bytes, before.live_bytes, "no buffer is made for a step");
        gpt.settle().await;
    }
    let after = gpt.counters();
    assert_eq!(after.dispatches - before.dispatches, 89 * STEPS);
    assert_eq!(after.submits - before.submits, STEPS, "one submission a step");
    assert_eq!(after.readbacks, before.readbacks, "nothing is read back inside the loop");
    assert_eq!(gpt.read_ring().await.expect("the device is there").len(), 200);
    assert_eq!(gpt.counters().readbacks, before.readbacks + 1);
    assert_eq!(gpt.counters().live_bytes, before.live_bytes, "the staging buffer is gone");
    let decoder = Decoder::new(&gpt).await.expect("it fits");
    assert_eq!(decoder.dispatches_per_token(), 23);
    drop((decoder, gpt));
    assert_eq!(gpu.counters().live_bytes, 0, "everything is freed");
}

/// What cannot work is refused in a sentence.
pub async fn refusals() {
    let gpu = open().await;
    let huge = GptConfig { vocab_size: 60_000, n_layers: 1, d_model: 1024, n_heads: 1, context: 8, tied_head: true };
    let refused = GpuGpt::new(&gpu, huge, 1, TrainConfig::default(), &Weights::new()).await.err();
    assert!(refused.expect("no weights").contains("lacks the tensor"));
    let zeros: Weights = huge.tensors().into_iter().map(|(name, [r, c])| (name, vec![0.0; r * c])).collect();
    let refused = GpuGpt::new(&gpu, huge, 1, TrainConfig::default(), &zeros).await.err();
    let refused = refused.expect("247 MB do not fit into one binding of 128 MB");
    assert!(refused.contains("128 MB") || refused.contains("134 MB"), "{refused}");
    assert_eq!(gpu.counters().live_bytes, 0);

    let mut gpt = open_model(&gpu, ODD, 1).await;
    assert!(gpt.step(&[0; 4], &[0; 4], 0.1).expect_err("too short").contains("5 tokens"));
    assert!(gpt.step(&[11; 5], &[0; 5], 0.1).expect_err("no such token").contains("no token 11"));
    for _ in 0..256 {
        gpt.step(&[0; 5], &[0; 5], 0.0).expect("the ring has room");
        gpt.settle().await;
    }
    assert!(gpt.step(&[0; 5], &[0; 5], 0.0).expect_err("full").contains("read them first"));
    assert_eq!(gpt.read_ring().await.expect("the device is there").len(), 256);
}
