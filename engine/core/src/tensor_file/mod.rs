//! Reading and writing safetensors files, with limits that hold before anything is allocated.
//!
//! The crate `safetensors` writes them; what is read here is checked more strictly, and refused in sentences.

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::string_slice))]
#![cfg_attr(not(test), deny(clippy::panic, clippy::unreachable, clippy::todo, clippy::arithmetic_side_effects))]
#![cfg_attr(not(test), deny(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_possible_wrap))]

pub(crate) mod header;

use half::{bf16, f16};
use header::Header;
use safetensors::{Dtype, tensor::TensorView};
use std::collections::{BTreeMap, HashMap};

const MAX_FILE: usize = 256 << 20;
/// What to do about a file of the wrong kind.
pub(crate) const CHOOSE: &str = "Choose a file that Glassbox exported.";

/// Named arrays of numbers and named texts.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TensorFile {
    /// Free text, such as a configuration.
    pub metadata: BTreeMap<String, String>,
    /// The arrays by name.
    pub tensors: BTreeMap<String, Array>,
}

/// Numbers with a shape, row-major.
#[derive(Debug, Clone, PartialEq)]
pub struct Array {
    /// Sizes, outermost first.
    pub shape: Vec<usize>,
    /// As many as the sizes' product.
    pub data: Vec<f32>,
}

/// How numbers are kept in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// 32 bits: nothing is lost.
    F32,
    /// 16 bits: half the size, about three decimal digits.
    F16,
}

impl TensorFile {
    /// Reads a file.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the file and where.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        if bytes.len() > MAX_FILE {
            return Err(format!(
                "The file has {} MB; at most {} MB can be opened here. Choose a smaller model.",
                bytes.len() >> 20,
                MAX_FILE >> 20
            ));
        }
        let header = Header::read(bytes, bytes.len() as u64, CHOOSE)?;
        let mut tensors = BTreeMap::new();
        for (name, info) in header.tensors {
            let from = usize::try_from(info.offset).ok().and_then(|from| bytes.get(from..));
            let bytes = from
                .and_then(|rest| rest.get(..info.length))
                .ok_or_else(|| format!("The file is cut short: tensor {name} is not whole. Fetch it anew."))?;
            let Some(width) = header::width(info.dtype) else {
                return Err(format!(
                    "Tensor {name} holds {:?} numbers; only F32, F16 and BF16 can be read. Save the model in one of these.",
                    info.dtype
                ));
            };
            let mut data = Vec::new();
            data.try_reserve_exact(bytes.len().checked_div(width).unwrap_or(0)).map_err(|_| {
                format!("There is not enough memory for tensor {name}. Close other tabs, or choose a smaller model.")
            })?;
            data.extend(numbers(info.dtype, bytes));
            tensors.insert(name, Array { shape: info.shape, data });
        }
        Ok(Self { metadata: header.texts, tensors })
    }

    /// Writes a file.
    ///
    /// # Panics
    /// If an array has not as many numbers as its shape says.
    #[expect(clippy::expect_used, reason = "what is written was made here, and is no file from outside")]
    pub fn write(&self, precision: Precision) -> Vec<u8> {
        let dtype = match precision {
            Precision::F32 => Dtype::F32,
            Precision::F16 => Dtype::F16,
        };
        let encoded: Vec<(&String, &Array, Vec<u8>)> = self
            .tensors
            .iter()
            .map(|(name, array)| {
                let bytes = match precision {
                    Precision::F32 => array.data.iter().flat_map(|x| x.to_le_bytes()).collect(),
                    Precision::F16 => array.data.iter().flat_map(|x| f16::from_f32(*x).to_le_bytes()).collect(),
                };
                (name, array, bytes)
            })
            .collect();
        let views = encoded.iter().map(|(name, array, bytes)| {
            let view = TensorView::new(dtype, array.shape.clone(), bytes);
            (name.as_str(), view.expect("the shape's product is the number of values"))
        });
        let metadata: HashMap<String, String> = self.metadata.clone().into_iter().collect();
        // With no tensor beside it, the crate writes an empty map as what is no JSON.
        let metadata = Some(metadata).filter(|texts| !texts.is_empty());
        safetensors::serialize(views, metadata).expect("names and shapes are plain data")
    }
}

/// The numbers in these bytes, whose type is one of those that [`header::width`] knows.
pub(crate) fn numbers(dtype: Dtype, bytes: &[u8]) -> Box<dyn Iterator<Item = f32> + '_> {
    let (twos, _) = bytes.as_chunks::<2>();
    match dtype {
        Dtype::F16 => Box::new(twos.iter().map(|b| f16::from_le_bytes(*b).to_f32())),
        Dtype::BF16 => Box::new(twos.iter().map(|b| bf16::from_le_bytes(*b).to_f32())),
        _ => Box::new(bytes.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> TensorFile {
        let array = Array { shape: vec![2, 3], data: vec![1.0, -2.5, 0.0, 3.25, 1e-8, 7.0] };
        TensorFile {
            metadata: [("what".to_owned(), "a test".to_owned())].into(),
            tensors: [("w".to_owned(), array)].into(),
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let bytes = file().write(Precision::F32);
        assert_eq!(TensorFile::read(&bytes).unwrap(), file());
        assert_eq!(file().write(Precision::F32), bytes, "the same file has the same bytes");
    }

    #[test]
    fn half_precision_halves_the_numbers() {
        let half = TensorFile::read(&file().write(Precision::F16)).unwrap();
        assert_eq!(half.tensors["w"].data[..4], file().tensors["w"].data[..4]);
    }

    #[test]
    fn what_is_read_is_what_the_crate_reads() {
        let bytes = file().write(Precision::F32);
        let theirs = safetensors::SafeTensors::deserialize(&bytes).unwrap();
        let view = theirs.tensor("w").unwrap();
        assert_eq!((view.shape(), view.dtype()), ([2, 3].as_slice(), Dtype::F32));
        assert_eq!(
            numbers(Dtype::F32, view.data()).collect::<Vec<_>>(),
            TensorFile::read(&bytes).unwrap().tensors["w"].data
        );
    }
}
