//! Logits, loss and gradients of the GPT on plain slices against PyTorch in float64 (`tests/golden/make_gpt.py`).

use engine_core::{config::GptConfig, reference::gpt::Weights};
use engine_plain::gpt::Gpt;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Case {
    name: String,
    config: GptConfig,
    ids: Vec<u32>,
    targets: Vec<u32>,
    weights: Weights,
    logits: Vec<f64>,
    loss: f64,
    grads: BTreeMap<String, Vec<f64>>,
}

/// Every value to 1e-4 of the largest in its tensor.
fn close(what: &str, ours: &[f32], golden: &[f64]) {
    assert_eq!(ours.len(), golden.len(), "{what}");
    let scale = golden.iter().fold(1e-12f64, |most, x| most.max(x.abs()));
    for (at, (a, b)) in ours.iter().zip(golden).enumerate() {
        // A gradient that is zero in theory is rounding noise in practice: below 1e-7 nothing is compared.
        assert!((f64::from(*a) - b).abs() <= 1e-4 * scale + 1e-7, "{what}[{at}]: {a} against {b}");
    }
}

#[test]
fn the_plain_gpt_agrees_with_pytorch() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("../../../tests/golden/gpt.json")).unwrap();
    assert!(!cases.is_empty());
    for Case { name, config, ids, targets, weights, logits, loss, grads } in cases {
        let model = Gpt::new(config, weights);
        close(&format!("{name}: logits"), &model.logits(&ids, config.context), &logits);
        let mut ours = model.gradients();
        let found = model.learn(&ids, &targets, 1.0, &mut ours);
        close(&format!("{name}: loss"), &[found], &[loss]);
        assert_eq!(grads.len(), config.tensors().len(), "{name}: every parameter has a gradient");
        for (tensor, golden) in &grads {
            close(&format!("{name}: gradient of {tensor}"), model.gradient(&ours, tensor).unwrap(), golden);
        }
    }
}
