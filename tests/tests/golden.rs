//! Logits, loss and gradients against PyTorch in float64 (`golden/make_gpt.py`), and the plain
//! reference against the same numbers.

use burn::tensor::Device;
use engine::{
    gpt::{self, Ops},
    train::{Corpus, Trainer},
};
use engine_core::{
    config::{GptConfig, TrainConfig},
    reference::{self, gpt::Weights},
    tokenizer::{Bpe, Tokenizer},
};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Case {
    name: String,
    config: GptConfig,
    batch: usize,
    ids: Vec<u32>,
    targets: Vec<u32>,
    weights: Weights,
    logits: Vec<f64>,
    loss: f64,
    grads: BTreeMap<String, Vec<f64>>,
}

fn cases() -> Vec<Case> {
    serde_json::from_str(include_str!("../golden/gpt.json")).unwrap()
}

/// Every value to 1e-4 of the largest in its tensor.
fn close(what: &str, ours: impl IntoIterator<Item = f64>, golden: &[f64]) {
    let ours: Vec<f64> = ours.into_iter().collect();
    assert_eq!(ours.len(), golden.len(), "{what}");
    let scale = golden.iter().fold(1e-12f64, |m, x| m.max(x.abs()));
    for (i, (a, b)) in ours.iter().zip(golden).enumerate() {
        // A gradient that is zero in theory is rounding noise in practice: below 1e-7 nothing is compared.
        assert!((a - b).abs() <= 1e-4 * scale + 1e-7, "{what}[{i}]: {a} against {b}");
    }
}

#[test]
fn the_engine_agrees_with_pytorch() {
    for case in cases() {
        let Case { name, config, batch, ids, targets, weights, logits, loss, grads } = case;
        let device = Device::flex();
        let corpus = Corpus { train: ids.clone(), val: ids.clone() };
        let tokenizer = Tokenizer::Bpe(Bpe::bytes_only());
        let mut trainer = Trainer::new(config, TrainConfig::default(), &weights, tokenizer, corpus, 0, &device);
        // With our kernels, and with Burn's own operations.
        for ops in [Ops::Kernels, Ops::Burn] {
            trainer.ops = ops;
            let name = format!("{name}, {ops:?}");
            let out = trainer.model().forward(gpt::ids(&ids, batch, &device), None);
            let ours = out.logits.into_data();
            close(&format!("{name}: logits"), ours.iter::<f64>(), &logits);

            let (ours, our_grads) = pollster::block_on(trainer.loss_and_gradients(&ids, &targets)).unwrap();
            close(&format!("{name}: loss"), [f64::from(ours)], &[loss]);
            assert_eq!(our_grads.len(), grads.len(), "{name}: every parameter has a gradient");
            for (tensor, golden) in &grads {
                let ours = our_grads[tensor].iter().map(|x| f64::from(*x));
                close(&format!("{name}: gradient of {tensor}"), ours, golden);
            }
        }
    }
}

#[test]
fn the_plain_reference_agrees_with_pytorch() {
    for case in cases() {
        let rows = case.ids.chunks(case.config.context);
        let ours = rows.flat_map(|ids| reference::gpt::forward(&case.config, &case.weights, ids)).flatten();
        close(&case.name, ours, &case.logits);
    }
}

#[test]
fn a_cache_changes_nothing() {
    for case in cases() {
        let device = Device::flex();
        let params = gpt::to_device(&case.config, &case.weights, &device);
        let model = gpt::Gpt::new(case.config, &params, Ops::Kernels);
        let ids = &case.ids[..case.config.context];
        let mut cache = gpt::Cache::new(case.config.n_layers);
        let mut ours = Vec::new();
        let (first, rest) = ids.split_at(ids.len().div_ceil(2));
        for part in std::iter::once(first).chain(rest.chunks(1)) {
            let out = model.forward(gpt::ids(part, 1, &device), Some(&mut cache));
            ours.extend(out.logits.into_data().iter::<f64>());
        }
        close(&case.name, ours, &case.logits[..ids.len() * case.config.vocab_size]);

        // The decoder says the same after the last token of every part.
        let mut decoder = gpt::Decoder::new(case.config, &case.weights);
        for part in std::iter::once(first).chain(rest.chunks(1)) {
            let ours = decoder.read(part).into_iter().map(f64::from);
            let end = decoder.tokens() * case.config.vocab_size;
            close(&format!("{}: decoder", case.name), ours, &case.logits[end - case.config.vocab_size..end]);
        }
    }
}
