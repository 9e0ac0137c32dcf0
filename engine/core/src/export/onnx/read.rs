//! Opening an ONNX file that was written here: its initializers are the weights, and a metadata property describes the
//! model. What it computes is known, so the steps are passed over.

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::string_slice))]
#![cfg_attr(not(test), deny(clippy::panic, clippy::unreachable, clippy::todo, clippy::arithmetic_side_effects))]
#![cfg_attr(not(test), deny(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_possible_wrap))]

use super::{FLOAT, FLOAT16, GROUP, INT4, INT8, whole};
use crate::{
    export::{
        keep,
        protobuf::{Fields, Held},
    },
    gguf::Kind,
    model_file::ModelFile,
    quantize::codes::unpack,
    tensor_file::{Array, TensorFile},
};
use std::{collections::BTreeMap, iter::repeat_n};

/// Tensors that a file may hold.
const MOST_TENSORS: usize = 20_000;
/// Sizes that a tensor may have.
const MOST_SIZES: usize = 8;

/// A matrix of whole numbers, as it lies in the file.
struct Whole<'a> {
    /// Rows and columns.
    sizes: [usize; 2],
    /// Whether two numbers share a byte.
    four: bool,
    bytes: &'a [u8],
}

impl Whole<'_> {
    /// The numbers that it stands for.
    fn read_back(&self, name: &str, scales: &[f32]) -> Result<Array, String> {
        let ([rows, columns], four) = (self.sizes, self.four);
        let group = if four { usize::try_from(GROUP).unwrap_or(1) } else { columns };
        let numbers = rows.checked_mul(columns).filter(|numbers| *numbers > 0);
        let bytes = numbers.map(|numbers| if four { numbers.div_ceil(2) } else { numbers });
        let groups = columns.checked_div(group).map(|_| columns.div_ceil(group));
        if bytes != Some(self.bytes.len()) || groups.and_then(|groups| rows.checked_mul(groups)) != Some(scales.len()) {
            return Err(format!(
                "Matrix {name} has {rows} rows of {columns} numbers, which its {} bytes or its {} scales do not fill. Save \
                 the file anew.",
                self.bytes.len(),
                scales.len()
            ));
        }
        // One by one and straight into place: a copy of the largest matrix would be too much beside a small file.
        let codes: Box<dyn Iterator<Item = i8>> = if four {
            Box::new(self.bytes.iter().flat_map(|byte| unpack(*byte)))
        } else {
            Box::new(self.bytes.iter().map(|byte| byte.cast_signed()))
        };
        let rows_of_scales = scales.chunks_exact(groups.unwrap_or(1));
        let scales = rows_of_scales.flat_map(|row| row.iter().flat_map(|scale| repeat_n(*scale, group)).take(columns));
        let values = codes.zip(scales).map(|(code, scale)| f32::from(code) * scale);
        let numbers = numbers.unwrap_or_default();
        let mut data = vec![0.0; numbers];
        if whole::is_turned(name) {
            let places = (0..rows).flat_map(|row| (row..numbers).step_by(rows));
            for (place, value) in places.zip(values) {
                if let Some(ours) = data.get_mut(place) {
                    *ours = value;
                }
            }
            return Ok(Array { shape: vec![columns, rows], data });
        }
        data.iter_mut().zip(values).for_each(|(ours, value)| *ours = value);
        Ok(Array { shape: vec![rows, columns], data })
    }
}

pub fn read(file: &[u8]) -> Result<ModelFile, String> {
    let mut tensors = TensorFile::default();
    let mut matrices = BTreeMap::new();
    for field in Fields::of(file) {
        match field? {
            (7, Held::Bytes(graph)) => {
                for field in Fields::of(graph) {
                    if let (5, Held::Bytes(initializer)) = field? {
                        add(initializer, &mut tensors, &mut matrices)?;
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
    for (name, kept) in matrices {
        let [_, scales] = whole::parts(name);
        let scales = tensors.tensors.remove(&scales).ok_or_else(|| {
            format!("The file lacks the scales of {name}, without which its whole numbers say nothing. Save it anew.")
        })?;
        let matrix = kept.read_back(name, &scales.data)?;
        tensors.tensors.insert(name.to_owned(), matrix);
    }
    ModelFile::of(tensors)
}

fn text(bytes: &[u8]) -> Result<&str, String> {
    str::from_utf8(bytes).map_err(|_| "The file is damaged: a name in it is not UTF-8. Save it anew.".into())
}

/// Adds one initializer, if it holds weights: shapes and other whole numbers belong to the steps.
fn add<'a>(
    initializer: &'a [u8],
    tensors: &mut TensorFile,
    matrices: &mut BTreeMap<&'a str, Whole<'a>>,
) -> Result<(), String> {
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
        Ok(kind @ (INT8 | INT4)) => {
            let of = name.strip_suffix(".codes");
            let (Some(of), [rows, columns], Some(bytes)) = (of, &shape[..], data) else {
                return Err(format!("Tensor {name} holds whole numbers that are no matrix. Save the file anew."));
            };
            let sizes = [*rows, *columns].map(|size| usize::try_from(size).unwrap_or(usize::MAX));
            if matrices.len() >= MOST_TENSORS
                || matrices.insert(of, Whole { sizes, four: kind == INT4, bytes }).is_some()
            {
                return Err(format!("The file holds more than {MOST_TENSORS} matrices, or {of} twice. Save it anew."));
            }
            return Ok(());
        }
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
