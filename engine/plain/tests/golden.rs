//! Numbers that others computed, natively and in a browser, there for each variant of the kernels: logits, loss and
//! gradients of the GPT by PyTorch in float64 (`tests/golden/make_gpt.py`); vectors of the encoder
//! (`encoder/golden.py`) and logits of the Llama (`engine/core/tests/llama/make.py`) by numpy.

mod tiny;

use engine_core::{
    config::GptConfig,
    encoder::{Arithmetic, convert::convert},
    gguf::{Header, LlamaFile, Reading},
    reference::{bert, gpt::Weights},
};
use engine_plain::{
    encoder::model::Encoder,
    gpt::Gpt,
    llama::{Decoder, Loading},
};
use serde::Deserialize;
use std::collections::BTreeMap;
use tiny::{FILE, WORDS, cosine, encode, load, tiny};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::{wasm_bindgen_test as test, wasm_bindgen_test_configure};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test_configure!(run_in_dedicated_worker);

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

/// What numpy computes of the tiny encoder.
#[derive(Deserialize)]
struct Vectors {
    ids: Vec<Vec<u32>>,
    vectors: Vec<Vec<f64>>,
}

#[test]
fn a_tiny_model_gives_the_vectors_that_numpy_computes() {
    let golden: Vectors = serde_json::from_str(include_str!("encoder/tiny.json")).unwrap();
    let weights = tiny();
    let values = weights.values();
    for (ids, wanted) in golden.ids.iter().zip(&golden.vectors) {
        let slow = bert::sentence(&bert::forward(&weights.config, &values, ids));
        let off = slow.iter().zip(wanted).fold(0.0f64, |most, (a, b)| most.max((a - b).abs()));
        assert!(off < 1e-8, "the reference is off by {off}");
    }
    let model = Encoder::new(weights, Arithmetic::Float).unwrap();
    // All together: sentences of different lengths must not touch each other.
    let all = encode(&model, &golden.ids);
    for (ours, wanted) in all.chunks(model.config().d_model).zip(&golden.vectors) {
        let off = ours.iter().zip(wanted).fold(0.0f64, |most, (a, b)| most.max((f64::from(*a) - b).abs()));
        assert!(off < 2e-6, "off by {off}");
    }
}

#[test]
fn whole_numbers_stay_near_and_both_ways_of_computing_read_the_file() {
    let golden: Vectors = serde_json::from_str(include_str!("encoder/tiny.json")).unwrap();
    let bytes = convert(&tiny(), WORDS).unwrap();
    assert_eq!(bytes, convert(&tiny(), WORDS).unwrap(), "the same weights give the same bytes");
    let floats = FILE.len();
    assert!(bytes.len() < floats / 2, "{} bytes in the place of {floats}", bytes.len());
    let weights = load(&bytes, None);
    assert_eq!(weights.vocabulary.as_deref(), Some(WORDS));
    assert!(convert(&weights, "").unwrap_err().contains("whole numbers already"));
    for arithmetic in [Arithmetic::Float, Arithmetic::Whole] {
        let model = Encoder::new(weights.clone(), arithmetic).unwrap();
        for (ours, wanted) in encode(&model, &golden.ids).chunks(24).zip(&golden.vectors) {
            let cosine = cosine(ours, wanted);
            assert!(cosine > 0.9995 && cosine < 1.0 - 1e-9, "{arithmetic:?}: {cosine}");
        }
    }
    assert!(Encoder::new(tiny(), Arithmetic::Whole).err().unwrap().contains("not in whole numbers"));
}

/// What numpy computes of the tiny Llama.
#[derive(Deserialize)]
struct Logits {
    ids: Vec<u32>,
    logits: Vec<Vec<f64>>,
}

#[test]
fn the_llama_agrees_with_numpy() {
    const TINY: &[u8] = include_bytes!("../../core/tests/llama/tiny.gguf");
    let golden: Logits = serde_json::from_str(include_str!("../../core/tests/llama/golden.json")).unwrap();
    let Reading::Whole(header) = Header::read(TINY, TINY.len() as u64).unwrap() else { panic!("it is whole") };
    let mut loading = Loading::new(&LlamaFile::new(&header).unwrap());
    for (at, part) in loading.parts().to_vec().iter().enumerate() {
        loading.feed(at, &TINY[part.offset as usize..][..part.length as usize]).unwrap();
    }
    let mut decoder = Decoder::new(loading.finish().unwrap(), golden.ids.len());
    for (at, (id, wanted)) in golden.ids.iter().zip(&golden.logits).enumerate() {
        let ours = decoder.read(&[*id]);
        assert_eq!(ours.len(), wanted.len());
        let largest = wanted.iter().fold(0.0f64, |most, x| most.max(x.abs()));
        let off = ours.iter().zip(wanted).fold(0.0f64, |most, (a, b)| most.max((f64::from(*a) - b).abs())) / largest;
        // Activations have sixteen bits here, so it is never exact either.
        assert!(off < 1e-3 && off > 0.0, "after {at} tokens off by {off}");
    }
}
