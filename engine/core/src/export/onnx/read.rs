//! Opening an ONNX file that was written here: its initializers are the weights, and a metadata property describes the
//! model. What it computes is known, so the steps are passed over.

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::string_slice))]
#![cfg_attr(not(test), deny(clippy::panic, clippy::unreachable, clippy::todo, clippy::arithmetic_side_effects))]
#![cfg_attr(not(test), deny(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_possible_wrap))]

use super::{FLOAT, FLOAT16};
use crate::{
    export::{
        keep,
        protobuf::{Fields, Held},
    },
    gguf::Kind,
    model_file::ModelFile,
    tensor_file::{Array, TensorFile},
};

/// Tensors that a file may hold.
const MOST_TENSORS: usize = 20_000;
/// Sizes that a tensor may have.
const MOST_SIZES: usize = 8;

pub fn read(file: &[u8]) -> Result<ModelFile, String> {
    let mut tensors = TensorFile::default();
    for field in Fields::of(file) {
        match field? {
            (7, Held::Bytes(graph)) => {
                for field in Fields::of(graph) {
                    if let (5, Held::Bytes(initializer)) = field? {
                        add(initializer, &mut tensors)?;
                    }
                }
            }
            (14, Held::Bytes(pair)) => {
                let (mut key, mut value) = ("", "");
                for field in Fields::of(pair) {
                    match field? {
                        (1, Held::Bytes(bytes)) => key = text(bytes)?,
                        (2, Held::Bytes(bytes)) => value = text(bytes)?,
                        _ => {}
                    }
                }
                keep(&mut tensors.metadata, key, value)?;
            }
            _ => {}
        }
    }
    ModelFile::of(tensors)
}

fn text(bytes: &[u8]) -> Result<&str, String> {
    str::from_utf8(bytes).map_err(|_| "The file is damaged: a name in it is not UTF-8. Save it anew.".into())
}

/// Adds one initializer, if it holds weights: shapes and other whole numbers belong to the steps.
fn add(initializer: &[u8], tensors: &mut TensorFile) -> Result<(), String> {
    let (mut shape, mut kind, mut name, mut data) = (Vec::new(), 0, "", None);
    for field in Fields::of(initializer) {
        match field? {
            (1, Held::Whole(size)) => shape.push(size),
            (1, Held::Bytes(packed)) => {
                let mut sizes = Fields::of(packed);
                while !sizes.is_empty() && shape.len() <= MOST_SIZES {
                    shape
                        .push(sizes.varint().ok_or("The file is damaged: a tensor's shape ends early. Save it anew.")?);
                }
            }
            (2, Held::Whole(number)) => kind = number,
            (8, Held::Bytes(bytes)) => name = text(bytes)?,
            (9, Held::Bytes(bytes)) => data = Some(bytes),
            _ => {}
        }
        if shape.len() > MOST_SIZES {
            return Err(format!("A tensor of the file has more than {MOST_SIZES} sizes. Save it anew."));
        }
    }
    let kind = match i64::try_from(kind) {
        Ok(FLOAT) if !shape.is_empty() => Kind::F32,
        Ok(FLOAT16) if !shape.is_empty() => Kind::F16,
        _ => return Ok(()),
    };
    let data = data.ok_or_else(|| {
        format!("The weights of {name} are not in the file, or in another layout than is written here. Save it anew.")
    })?;
    let numbers = shape.iter().try_fold(1u64, |product, size| product.checked_mul(*size));
    if numbers.and_then(|numbers| kind.bytes(numbers)) != Some(data.len() as u64) {
        return Err(format!(
            "Tensor {name} has the shape {shape:?}, which its {} bytes do not fill. Save the file anew.",
            data.len()
        ));
    }
    // As many as the bytes that are there hold.
    let mut values = vec![0.0; numbers.and_then(|numbers| usize::try_from(numbers).ok()).unwrap_or_default()];
    kind.numbers(data, &mut values)?;
    let mut shape: Vec<usize> = shape.into_iter().map(|size| usize::try_from(size).unwrap_or(usize::MAX)).collect();
    // A gain or a bias is a tensor of one row.
    if shape.len() == 1 {
        shape.insert(0, 1);
    }
    if tensors.tensors.len() >= MOST_TENSORS
        || tensors.tensors.insert(name.to_owned(), Array { shape, data: values }).is_some()
    {
        return Err(format!("The file holds more than {MOST_TENSORS} tensors, or {name} twice. Save it anew."));
    }
    Ok(())
}
