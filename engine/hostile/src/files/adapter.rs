//! Bad LoRA adapters: sound safetensors files that do not belong to their model.

use super::{Case, patched, safetensors};
use engine_core::{
    adapter_file::AdapterFile,
    config::GptConfig,
    tensor_file::{Array, Precision, TensorFile},
};

/// The model that all of them are opened for.
pub const ADAPTED: GptConfig =
    GptConfig { vocab_size: 3, n_layers: 1, n_heads: 1, d_model: 2, context: 2, tied_head: true };

const DESCRIPTION: &str = "glassbox.adapter";
const A: &str = "base_model.model.blocks.0.attn.qkv.lora_A.weight";
const B: &str = "base_model.model.blocks.0.attn.qkv.lora_B.weight";

/// An adapter of rank 2 for one matrix of two inputs and six outputs.
pub fn sound() -> Vec<u8> {
    let pairs = [("blocks.0.attn.qkv".to_owned(), vec![0.25; 2 * (2 + 6)])].into();
    AdapterFile { rank: 2, alpha: 4.0, base: 7, pairs }.write(&ADAPTED)
}

/// All of them.
pub fn bad() -> Vec<Case> {
    let with = |change: &dyn Fn(&mut TensorFile)| {
        let mut file = TensorFile::read(&sound()).expect("it is sound");
        change(&mut file);
        file.write(Precision::F32)
    };
    let say = |words: &str, others: &str| {
        with(&|file| {
            let said = file.metadata.get_mut(DESCRIPTION).expect("it has one");
            assert!(said.contains(words), "{words} does not stand in {said}");
            *said = said.replace(words, others);
        })
    };
    let tensor = |name: &str, shape: &[usize], number: f32| {
        let array = Array { shape: shape.to_vec(), data: vec![number; shape.iter().product()] };
        with(&|file| drop(file.tensors.insert(name.into(), array.clone())))
    };
    let whole = sound();
    super::owned([
        ("empty file", Vec::new(), "has only 0 bytes"),
        ("zip archive", b"PK\x03\x04 and more of it".to_vec(), "not a safetensors file"),
        ("half of the file", whole[..whole.len() / 2].to_vec(), "cut short"),
        ("one byte short", whole[..whole.len() - 1].to_vec(), "cut short"),
        ("one byte more", [&whole[..], &[0]].concat(), "longer than its header says"),
        ("whole numbers", patched(&patched(&whole, b"F32", b"I32"), b"F32", b"I32"), "holds I32 numbers"),
        ("another safetensors file", safetensors::sound(), "no adapter of Glassbox"),
        ("no description", with(&|file| file.metadata.clear()), "no adapter of Glassbox"),
        ("description without its end", say("}", ""), "description cannot be read: EOF"),
        ("description with more in it", say("{", "{\"bias\":\"all\","), "description cannot be read: unknown field"),
        ("description of a later version", say("\"version\":1", "\"version\":2"), "of version 2"),
        ("no rank", say("\"r\":2", "\"r\":0"), "rank is 0"),
        ("rank below zero", say("\"r\":2", "\"r\":-2"), "description cannot be read: invalid value"),
        ("rank without end", say("\"r\":2", "\"r\":4294967295"), "rank is 4294967295"),
        ("another rank", say("\"r\":2", "\"r\":3"), "this model needs [3, 2]"),
        ("infinite alpha", say("\"lora_alpha\":4.0", "\"lora_alpha\":1e300"), "alpha inf"),
        ("alpha beyond all numbers", say("\"lora_alpha\":4.0", "\"lora_alpha\":1e999"), "number out of range"),
        ("only one of the two", with(&|file| drop(file.tensors.remove(B))), "only one of the two matrices"),
        ("no matrices", with(&|file| file.tensors.clear()), "holds no matrices at all"),
        ("matrix turned over", tensor(B, &[2, 6], 0.0), "has the shape [2, 6]; this model needs [6, 2]"),
        ("matrix of one size", tensor(A, &[4], 0.0), "has the shape [4]"),
        (
            "layer that is not there",
            tensor("base_model.model.blocks.1.attn.qkv.lora_A.weight", &[2, 2], 0.0),
            "changes",
        ),
        ("matrix for a bias", tensor("base_model.model.ln_f.bias.lora_A.weight", &[2, 2], 0.0), "changes"),
        ("number that is none", tensor(A, &[2, 2], f32::NAN), "not finite"),
        ("infinite number", tensor(B, &[6, 2], f32::INFINITY), "not finite"),
    ])
}
