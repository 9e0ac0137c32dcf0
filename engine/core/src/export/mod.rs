//! A learner's model in the files that other programs open: safetensors, GGUF, burnpack and ONNX, and back again.
//!
//! [`write()`] notes each field as it goes, so that a page can show what stands where; [`read`] opens any of the four and
//! believes nothing that it has not checked.

mod book;
mod burnpack;
mod cbor;
mod gguf;
mod onnx;
pub mod project;
pub mod protobuf;
mod safetensors;
#[cfg(test)]
mod tests;
pub mod zip;

use crate::{clip::clip, model_file::ModelFile};
pub use book::{Field, Part, Written};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The largest file that is opened here.
pub const MOST_BYTES: usize = 256 << 20;

/// A kind of file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Named tensors behind a header in JSON: Hugging Face's.
    Safetensors,
    /// Named tensors behind settings and a tokenizer: that of llama.cpp.
    Gguf,
    /// Named tensors behind a header in CBOR: Burn's own.
    Burnpack,
    /// Tensors and the whole computation: that of ONNX Runtime and many others.
    #[default]
    Onnx,
}

impl Format {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Safetensors, Self::Gguf, Self::Burnpack, Self::Onnx];

    /// For links and tests.
    pub fn key(self) -> &'static str {
        match self {
            Self::Safetensors => "safetensors",
            Self::Gguf => "gguf",
            Self::Burnpack => "burnpack",
            Self::Onnx => "onnx",
        }
    }

    /// What a file's name ends in.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Safetensors => "safetensors",
            Self::Gguf => "gguf",
            Self::Burnpack => "bpk",
            Self::Onnx => "onnx",
        }
    }

    /// The kind of a file, by its first bytes. Nothing else begins an ONNX file than the version of its layout.
    ///
    /// # Errors
    /// A sentence, if it is none of the four.
    pub fn of(file: &[u8]) -> Result<Self, String> {
        match file {
            [b'G', b'G', b'U', b'F', ..] => Ok(Self::Gguf),
            [b'N', b'R', b'U', b'B', ..] => Ok(Self::Burnpack),
            [8, version, ..] if *version < 0x20 && file.get(8) != Some(&b'{') => Ok(Self::Onnx),
            [_, _, _, _, _, _, _, _, b'{', ..] => Ok(Self::Safetensors),
            _ => Err("This file begins as none that is written here: safetensors, GGUF, burnpack or ONNX. Choose one \
                      that you saved in this lab."
                .into()),
        }
    }
}

/// How the weights are kept in the file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Numbers {
    /// 32 bits each: nothing is lost.
    #[default]
    F32,
    /// 16 bits each.
    F16,
    /// Matrices of 8 bits: in GGUF a scale for each block of 32, in ONNX one for each output.
    Q8,
    /// Matrices of 4 bits with a scale for each 32 of a row, those of the vocabulary of 8 bits; in GGUF and ONNX.
    Q4,
}

impl Numbers {
    /// Every way.
    pub const ALL: [Self; 4] = [Self::F32, Self::F16, Self::Q8, Self::Q4];

    /// For links and tests.
    pub fn key(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::F16 => "f16",
            Self::Q8 => "q8",
            Self::Q4 => "q4",
        }
    }

    /// Whether a format can hold them.
    pub fn fit(self, format: Format) -> bool {
        matches!(self, Self::F32 | Self::F16) || matches!(format, Format::Gguf | Format::Onnx)
    }
}

/// Whether a matrix has a row or column for each token. With four bits it keeps eight: a token is told apart from others
/// by these numbers alone.
fn is_vocabulary(name: &str) -> bool {
    name == "tok_emb" || name == "head.weight"
}

/// Writes a model, without what only training needs.
///
/// # Errors
/// A sentence, if the format cannot say what this model needs.
pub fn write(model: &ModelFile, format: Format, numbers: Numbers) -> Result<Written, String> {
    if !numbers.fit(format) {
        return Err(
            "Only GGUF and ONNX hold whole numbers here: choose one of them, or numbers of 16 or 32 bits.".into()
        );
    }
    match format {
        Format::Safetensors => Ok(safetensors::write(model, numbers)),
        Format::Gguf => gguf::write(model, numbers),
        Format::Burnpack => Ok(burnpack::write(model, numbers)),
        Format::Onnx => onnx::write(model, numbers),
    }
}

/// Texts that a file may hold, as in a safetensors file.
const MOST_TEXTS: usize = 1000;

/// Keeps a text of a file.
///
/// # Errors
/// A sentence, if there are too many or one of this name is there already.
fn keep(texts: &mut BTreeMap<String, String>, key: &str, text: &str) -> Result<(), String> {
    if texts.len() >= MOST_TEXTS {
        return Err(format!(
            "The file holds more than {MOST_TEXTS} texts; none that is written here does. Save it anew."
        ));
    }
    match texts.insert(key.to_owned(), text.to_owned()) {
        None => Ok(()),
        Some(_) => Err(format!("The file is damaged: it says {} twice. Save it anew.", clip(key))),
    }
}

/// Opens a file that [`write()`] has written.
///
/// # Errors
/// A sentence that says what is wrong, where, and what to do.
pub fn read(file: &[u8]) -> Result<ModelFile, String> {
    if file.len() > MOST_BYTES {
        return Err(format!(
            "The file has {} MB; at most {} MB are opened here. Choose a smaller model.",
            file.len() >> 20,
            MOST_BYTES >> 20
        ));
    }
    match Format::of(file)? {
        Format::Safetensors => ModelFile::read(file),
        Format::Gguf => gguf::read(file),
        Format::Burnpack => burnpack::read(file),
        Format::Onnx => onnx::read(file),
    }
}
