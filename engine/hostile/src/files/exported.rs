//! Bad files in the formats that a learner's model is saved in. More stand in `engine/core/src/export`.

use super::{Case, checkpoint};
use engine_core::{
    export::{Format, Numbers, write},
    model_file::ModelFile,
};

fn saved(format: Format) -> Vec<u8> {
    let model = ModelFile::read(&checkpoint::with_byte_pairs()).expect("it is sound");
    write(&model, format, Numbers::F16).expect("every format can hold it").bytes
}

/// A small model in each format that has no loader of its own here.
pub fn sound() -> Vec<(&'static str, Vec<u8>)> {
    [Format::Gguf, Format::Burnpack, Format::Onnx].map(|format| (format.key(), saved(format))).to_vec()
}

/// All of them.
pub fn bad() -> Vec<Case> {
    let mut all = super::owned([
        ("empty file", Vec::new(), "begins as none that is written here"),
        ("zip archive", b"PK\x03\x04 and more of it".to_vec(), "begins as none that is written here"),
        ("web page", b"<!DOCTYPE html>".to_vec(), "begins as none that is written here"),
        ("three bytes of ONNX", vec![8; 3], "."),
    ]);
    for (name, file) in sound() {
        for (part, eighths) in [("an eighth", 1), ("a quarter", 2), ("a half", 4), ("seven eighths", 7)] {
            let cut = file[..file.len() * eighths / 8].to_vec();
            all.push((format!("{part} of the {name} file"), cut, ".".into()));
        }
    }
    all
}
