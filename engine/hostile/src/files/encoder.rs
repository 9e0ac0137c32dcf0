//! Bad files of sentence encoders, and bad configurations beside a sound one. More stand in `engine/core/src/encoder`.

use super::Case;
use engine_core::{
    encoder::EncoderConfig,
    tensor_file::{Array, Precision, TensorFile},
};

const CONFIG: &str = r#"{"model_type":"bert","num_attention_heads":2,"hidden_act":"gelu"}"#;
const WORDS: &str = "embeddings.word_embeddings.weight";
const UP: &str = "encoder.layer.0.intermediate.dense.weight";

/// One layer, two heads, four pieces.
fn model() -> TensorFile {
    let (vocab_size, context, sentence_types) = (4, 6, 2);
    let config =
        EncoderConfig { vocab_size, context, sentence_types, d_model: 4, d_ff: 8, n_layers: 1, n_heads: 2, eps: 1e-12 };
    let mut file = TensorFile::default();
    for tensor in config.tensors() {
        let shape: Vec<usize> = tensor.shape.clone();
        let data = vec![0.25; shape.iter().product()];
        file.tensors.insert(tensor.name, Array { shape, data });
    }
    file
}

fn together(config: &str, model: &[u8]) -> Vec<u8> {
    [config.as_bytes(), &[0], model].concat()
}

/// A small encoder with its configuration.
pub fn sound() -> Vec<u8> {
    together(CONFIG, &model().write(Precision::F32))
}

/// All of them.
pub fn bad() -> Vec<Case> {
    let whole = model().write(Precision::F32);
    let said = |config: &str| together(config, &whole);
    let with = |change: &dyn Fn(&mut TensorFile)| {
        let mut file = model();
        change(&mut file);
        together(CONFIG, &file.write(Precision::F32))
    };
    let tensor = |name: &str, shape: &[usize], number: f32| {
        let array = Array { shape: shape.to_vec(), data: vec![number; shape.iter().product()] };
        with(&|file| drop(file.tensors.insert(name.into(), array.clone())))
    };
    super::owned([
        ("empty file", together(CONFIG, &[]), "has only 0 bytes"),
        ("zip archive", together(CONFIG, b"PK\x03\x04 and more of it"), "do not give a sensible header length"),
        ("half of the file", together(CONFIG, &whole[..whole.len() / 2]), "cut short"),
        ("one byte short", together(CONFIG, &whole[..whole.len() - 1]), "cut short"),
        ("one byte more", together(CONFIG, &[&whole[..], &[0]].concat()), "longer than its header says"),
        ("numbers of 16 bits", together(CONFIG, &model().write(Precision::F16)), "only F32, and I8 with scales"),
        ("no configuration", said(""), "No file says how many heads"),
        ("configuration without its end", said("{"), "config.json cannot be read"),
        ("configuration of a GPT", said(r#"{"model_type":"gpt2"}"#), "says model_type gpt2; only bert"),
        ("another activation", said(r#"{"hidden_act":"relu"}"#), "says hidden_act relu; only gelu"),
        ("no heads", said("{}"), "num_attention_heads 0"),
        ("three heads", said(r#"{"num_attention_heads":3}"#), "cannot be shared out among 3 heads"),
        ("a million heads", said(r#"{"num_attention_heads":1000000}"#), "between 1 and 256"),
        ("lacking layer", with(&|file| drop(file.tensors.remove(UP))), "lacks the tensor"),
        ("layer turned over", tensor(UP, &[4, 8], 0.0), "has the shape"),
        ("words in one line", tensor(WORDS, &[16], 0.0), "a matrix of two sizes is needed"),
        ("no words", tensor(WORDS, &[0, 4], 0.0), "0 pieces in its vocabulary"),
        ("tensor of a GPT", tensor("h.0.attn.c_attn.weight", &[1], 0.0), "which BERT does not have"),
        ("number that is none", tensor(UP, &[8, 4], f32::NAN), "holds NaN at position 0"),
    ])
}
