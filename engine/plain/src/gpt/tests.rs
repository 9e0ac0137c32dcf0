//! Against the reference in double precision, finite differences of it, and itself.

use super::*;
use crate::testing::ready;
use engine_core::{
    config::{FirstWeights, TrainConfig},
    first_weights::fresh,
    reference,
    rng::{Rng, Stream},
    writer::Reads,
};
use kernels::matmul::{Shape, matmul, matmul_add};

fn config(tied_head: bool) -> GptConfig {
    GptConfig { vocab_size: 11, n_layers: 2, n_heads: 2, d_model: 12, context: 7, tied_head }
}

/// Weights with nothing at zero or one, so that no gradient is missed.
fn weights(config: &GptConfig) -> Weights {
    let mut rng = Rng::new(5, Stream::Init);
    let mut all = fresh(config, FirstWeights::ByWidth, 3);
    all.values_mut().flatten().for_each(|value| *value += 0.1 * rng.normal());
    all
}

/// Three windows of the context.
fn windows(config: &GptConfig) -> (Vec<u32>, Vec<u32>) {
    let mut rng = Rng::new(9, Stream::Batch(0));
    let mut draw = || (0..3 * config.context).map(|_| rng.below(config.vocab_size) as u32).collect();
    (draw(), draw())
}

fn reference_loss(config: &GptConfig, weights: &Weights, inputs: &[u32], targets: &[u32]) -> f64 {
    let windows = inputs.chunks(config.context).zip(targets.chunks(config.context));
    windows.map(|(x, y)| reference::gpt::loss(config, weights, x, y)).sum::<f64>() / 3.0
}

/// A float matrix that stands in for a float matrix, and learns if asked to.
struct Plain {
    shape: [usize; 2],
    values: Vec<f32>,
    learns: bool,
}

impl Matrix for Plain {
    fn shape(&self) -> [usize; 2] {
        self.shape
    }
    fn values(&self) -> Vec<f32> {
        self.values.clone()
    }
    fn bytes(&self) -> usize {
        4 * self.values.len()
    }
    fn add_product(&self, x: &[f32], out: &mut [f32]) {
        let [inputs, outputs] = self.shape;
        matmul_add(Shape::nn(x.len() / inputs, inputs, outputs), x, &self.values, out);
    }
    fn grad_input(&self, grad_out: &[f32], grad_x: &mut [f32]) {
        let [inputs, outputs] = self.shape;
        matmul(Shape::nt(grad_out.len() / outputs, outputs, inputs), grad_out, &self.values, grad_x);
    }
    fn learned(&self) -> &[f32] {
        if self.learns { &self.values } else { &[] }
    }
    fn learned_mut(&mut self) -> &mut [f32] {
        if self.learns { &mut self.values } else { &mut [] }
    }
    fn add_grads(&self, x: &[f32], grad_out: &[f32], grads: &mut [f32]) {
        let [inputs, outputs] = self.shape;
        matmul_add(Shape::tn(inputs, x.len() / inputs, outputs), x, grad_out, grads);
    }
}

fn swap_all(model: &mut Gpt, learns: bool) {
    for slot in model.slots() {
        let values = model.matrix(slot).unwrap().to_vec();
        let plain = Plain { shape: slot.shape(model.config()), values: values.clone(), learns };
        assert_eq!(model.swap(slot, Box::new(plain)), values);
    }
}

#[test]
fn every_slot_is_the_tensor_of_its_name() {
    let config = config(false);
    let model = Gpt::new(config, weights(&config));
    for slot in model.slots() {
        assert_eq!(model.tensors[slot.weight()].name, slot.name());
        assert_eq!(model.tensors[slot.bias()].name, slot.name().replace("weight", "bias"));
        assert_eq!(config.tensors()[slot.weight()].1, slot.shape(&config));
    }
    for (at, name) in [
        (TOK_EMB, "tok_emb"),
        (POS_EMB, "pos_emb"),
        (block(1) + LN1, "blocks.1.ln1.gain"),
        (block(1) + LN2, "blocks.1.ln2.gain"),
        (model.ln_f(), "ln_f.gain"),
        (model.head().unwrap(), "head.weight"),
    ] {
        assert_eq!(model.tensors[at].name, name);
    }
}

#[test]
fn logits_and_loss_are_those_of_the_reference() {
    for tied in [true, false] {
        let config = config(tied);
        let (weights, (inputs, targets)) = (weights(&config), windows(&config));
        let mut model = Gpt::new(config, weights.clone());
        for swapped in [false, true] {
            if swapped {
                swap_all(&mut model, false);
                assert_eq!(model.weights(), weights);
            }
            let ours = model.logits(&inputs, config.context);
            let theirs = inputs.chunks(config.context).flat_map(|ids| reference::gpt::forward(&config, &weights, ids));
            for (a, b) in ours.iter().zip(theirs.flatten()) {
                assert!((f64::from(*a) - b).abs() < 1e-4, "{a}, not {b}");
            }
            let wanted = reference_loss(&config, &weights, &inputs, &targets);
            assert!((f64::from(model.loss(&inputs, &targets)) - wanted).abs() < 1e-5);
        }
    }
}

#[test]
fn gradients_are_the_differences_of_the_reference() {
    for tied in [true, false] {
        let config = config(tied);
        let (weights, (inputs, targets)) = (weights(&config), windows(&config));
        let model = Gpt::new(config, weights.clone());
        let mut grads = model.gradients();
        model.learn(&inputs, &targets, 1.0, &mut grads);
        let mut rng = Rng::new(2, Stream::Validation);
        for (name, values) in &weights {
            let ours = model.gradient(&grads, name).unwrap();
            for _ in 0..6 {
                let at = rng.below(values.len());
                let shifted = |by: f32| {
                    let mut shifted = weights.clone();
                    shifted.get_mut(name).unwrap()[at] += by;
                    (f64::from(shifted[name][at]), reference_loss(&config, &shifted, &inputs, &targets))
                };
                let ((low, below), (high, above)) = (shifted(-2e-3), shifted(2e-3));
                let wanted = (above - below) / (high - low);
                assert!((f64::from(ours[at]) - wanted).abs() < 2e-4, "{name}[{at}]: {}, not {wanted}", ours[at]);
            }
        }
    }
}

#[test]
fn a_swapped_matrix_learns_what_the_own_one_would() {
    let config = config(true);
    let (inputs, targets) = windows(&config);
    let training = TrainConfig { weight_decay: 0.0, ..TrainConfig::default() };
    let run = |swapped: bool| {
        let mut model = Gpt::new(config, weights(&config));
        if swapped {
            swap_all(&mut model, true);
        }
        model.train_only(|name| !swapped && name.starts_with("blocks.") && name.ends_with(".weight"));
        let (mut grads, mut adam) = (model.gradients(), Adam::new(&model));
        assert_eq!((grads.bytes(), adam.bytes()), (4 * model.trainable(), 8 * model.trainable()));
        let losses: Vec<f32> = (0..3)
            .map(|_| {
                let loss = model.learn(&inputs, &targets, 1.0, &mut grads);
                adam.step(&mut model, &mut grads, &training);
                loss
            })
            .collect();
        (losses, model.weights(), model.trainable(), model.bytes())
    };
    let (own, other) = (run(false), run(true));
    assert_eq!(own, other);
    assert!(own.0[2] < own.0[0]);
    assert_eq!(own.2, 2 * 12 * 12 * 12);
}

#[test]
fn the_frozen_stays_and_the_masked_is_zero() {
    let config = config(true);
    let (before, (inputs, targets)) = (weights(&config), windows(&config));
    let mut model = Gpt::new(config, before.clone());
    let name = "blocks.1.mlp.up.weight";
    let kept: Vec<bool> = (0..before[name].len()).map(|at| at % 3 == 0).collect();
    model.mask(name, Some(kept.clone()));
    model.train_only(|tensor| tensor != "tok_emb");
    let (mut grads, mut adam) = (model.gradients(), Adam::new(&model));
    assert_eq!(model.gradient(&grads, "tok_emb"), None);
    for _ in 0..3 {
        model.learn(&inputs, &targets, 1.0, &mut grads);
        adam.step(&mut model, &mut grads, &TrainConfig::default());
    }
    let after = model.weights();
    assert_eq!(after["tok_emb"], before["tok_emb"]);
    assert!(after[name].iter().zip(&kept).all(|(value, kept)| *kept == (*value != 0.0)));
    assert_ne!(after["pos_emb"], before["pos_emb"]);
}

#[test]
fn micro_batches_add_up_and_a_step_can_be_stopped() {
    let config = GptConfig { context: 7, ..config(true) };
    let (inputs, targets) = windows(&config);
    let mut model = Gpt::new(config, weights(&config));
    let (mut whole, mut parts) = (model.gradients(), model.gradients());
    let loss = model.learn(&inputs, &targets, 1.0, &mut whole);
    let mut sum = 0.0;
    for (x, y) in inputs.chunks(7).zip(targets.chunks(7)) {
        sum += model.learn(x, y, 1.0 / 3.0, &mut parts) / 3.0;
    }
    assert!((loss - sum).abs() < 1e-6);
    for (a, b) in whole.parts.iter().flatten().zip(parts.parts.iter().flatten()) {
        assert!((a - b).abs() < 1e-6, "{a}, not {b}");
    }
    let before = model.weights();
    let mut adam = Adam::new(&model);
    let training = TrainConfig::default();
    let stopped = ready(train_step(&mut model, &mut adam, &mut parts, &training, (&inputs, &targets), async || {
        Err(engine_core::job::JobError::Cancelled)
    }));
    assert!(stopped.is_err() && adam.steps() == 0 && model.weights() == before);
    let (step, _) =
        ready(train_step(&mut model, &mut adam, &mut parts, &training, (&inputs, &targets), async || Ok(()))).unwrap();
    assert!((step - loss).abs() < 1e-6 && adam.steps() == 1);
    let measured = ready(evaluate(&model, &inputs, &targets, async || Ok(()))).unwrap();
    assert!((measured - model.loss(&inputs, &targets)).abs() < 1e-6 && measured < loss);
}

#[test]
fn the_decoder_says_what_a_whole_pass_says() {
    let config = config(false);
    let (model, (inputs, _)) = (Gpt::new(config, weights(&config)), windows(&config));
    let ids = &inputs[..7];
    let whole = model.logits(ids, 7);
    let mut decoder = Decoder::new(&model);
    for (from, to) in [(0, 3), (3, 4), (4, 7)] {
        let logits = decoder.read(&ids[from..to]);
        let wanted = &whole[(to - 1) * config.vocab_size..to * config.vocab_size];
        assert!(logits.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-5), "after {to}");
    }
    assert_eq!((decoder.tokens(), decoder.context()), (7, 7));
}
