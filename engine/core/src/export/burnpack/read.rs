//! Opening a burnpack file.

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::string_slice))]
#![cfg_attr(not(test), deny(clippy::panic, clippy::unreachable, clippy::todo, clippy::arithmetic_side_effects))]
#![cfg_attr(not(test), deny(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_possible_wrap))]

use super::{ALIGNMENT, MAGIC, VERSION};
use crate::{
    export::{cbor::Cursor, keep},
    gguf::Kind,
    model_file::ModelFile,
    tensor_file::{Array, TensorFile},
};

/// Tensors that a file may name.
const MOST_TENSORS: u64 = 20_000;
/// Sizes that a tensor may have.
const MOST_SIZES: u64 = 8;

pub fn read(file: &[u8]) -> Result<ModelFile, String> {
    let short = || "The file is cut short: its header does not end. Save it anew.".to_owned();
    let rest = file.strip_prefix(MAGIC).ok_or("This is not a burnpack file. Choose one that ends in .bpk.")?;
    let (version, rest) = rest.split_first_chunk().ok_or_else(short)?;
    let version = u16::from_le_bytes(*version);
    if version != VERSION {
        return Err(format!(
            "The file has version {version} of burnpack; version {VERSION} is read here. Save it anew."
        ));
    }
    let (length, rest) = rest.split_first_chunk().ok_or_else(short)?;
    let length = usize::try_from(u32::from_le_bytes(*length)).unwrap_or(usize::MAX);
    let header = rest.get(..length).ok_or_else(short)?;
    let before = file.len().saturating_sub(rest.len()).saturating_add(length);
    let data = before.checked_next_multiple_of(ALIGNMENT).and_then(|start| file.get(start..)).unwrap_or_default();

    let mut tensors = TensorFile::default();
    let mut cursor = Cursor::new(header);
    // Tensors that share bytes would take more room than the file has.
    let mut left = data.len();
    for _ in 0..cursor.map()? {
        match cursor.text()? {
            "tensors" => {
                let count = cursor.map()?;
                if count > MOST_TENSORS {
                    return Err(format!(
                        "The file names {count} tensors; at most {MOST_TENSORS} are read here. Save it anew."
                    ));
                }
                for _ in 0..count {
                    let name = cursor.text()?;
                    let array = tensor(name, &mut cursor, data, &mut left)?;
                    if tensors.tensors.insert(name.to_owned(), array).is_some() {
                        return Err(format!("The file names tensor {name} twice. Save it anew."));
                    }
                }
            }
            "metadata" => {
                for _ in 0..cursor.map()? {
                    keep(&mut tensors.metadata, cursor.text()?, cursor.text()?)?;
                }
            }
            _ => cursor.skip()?,
        }
    }
    ModelFile::of(tensors)
}

fn tensor(name: &str, cursor: &mut Cursor<'_>, data: &[u8], left: &mut usize) -> Result<Array, String> {
    let (mut kind, mut shape, mut place) = (None, Vec::new(), None);
    for _ in 0..cursor.map()? {
        match cursor.text()? {
            "dtype" => {
                kind = Some(match cursor.text()? {
                    "F32" => Kind::F32,
                    "F16" => Kind::F16,
                    "BF16" => Kind::Bf16,
                    _ => {
                        return Err(format!("Tensor {name} holds no numbers of F32, F16 or BF16. Save the file anew."));
                    }
                });
            }
            "shape" => {
                let sizes = cursor.list()?;
                if sizes > MOST_SIZES {
                    return Err(format!(
                        "Tensor {name} has {sizes} sizes; at most {MOST_SIZES} are read. Save the file anew."
                    ));
                }
                shape.clear();
                for _ in 0..sizes {
                    shape.push(cursor.whole()?);
                }
            }
            "data_offsets" => {
                let (two, from, to) = (cursor.list()?, cursor.whole()?, cursor.whole()?);
                if two != 2 {
                    return Err(format!("Tensor {name} has {two} offsets, and it needs two. Save the file anew."));
                }
                place = Some((from, to));
            }
            _ => cursor.skip()?,
        }
    }
    let (Some(kind), Some((from, to))) = (kind, place) else {
        return Err(format!("The file does not say where tensor {name} lies, and how it is kept. Save it anew."));
    };
    let bytes = usize::try_from(from).ok().zip(usize::try_from(to).ok()).and_then(|(from, to)| data.get(from..to));
    let bytes = bytes.ok_or_else(|| {
        format!(
            "The file is cut short: tensor {name} goes from {from} to {to}, and {} bytes are there. Save it anew.",
            data.len()
        )
    })?;
    let numbers = shape.iter().try_fold(1u64, |product, size| product.checked_mul(*size));
    if numbers.and_then(|numbers| kind.bytes(numbers)) != Some(bytes.len() as u64) {
        return Err(format!(
            "Tensor {name} has the shape {shape:?}, which its {} bytes do not fill. Save the file anew.",
            bytes.len()
        ));
    }
    *left = left.checked_sub(bytes.len()).ok_or_else(|| {
        format!("The file is damaged: tensor {name} and others lie one over the other. Save it anew.")
    })?;
    // As many as the bytes that are there hold.
    let count = numbers.and_then(|numbers| usize::try_from(numbers).ok()).unwrap_or_default();
    let mut values = vec![0.0; count];
    kind.numbers(bytes, &mut values)?;
    Ok(Array {
        shape: shape.into_iter().map(|size| usize::try_from(size).unwrap_or(usize::MAX)).collect(),
        data: values,
    })
}
