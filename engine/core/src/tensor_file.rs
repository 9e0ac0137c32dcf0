//! Reading and writing safetensors files, with limits that hold before anything is allocated.
//!
//! The format itself is read by the `safetensors` crate; what is here is stricter about sizes,
//! names and number types, and speaks in sentences.

use half::{bf16, f16};
use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use std::collections::{BTreeMap, HashMap};

const MAX_HEADER: u64 = 4 << 20;
const MAX_TENSORS: usize = 20_000;
const MAX_FILE: usize = 256 << 20;

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
                "The file has {} MB; at most {} MB can be opened here.",
                bytes.len() >> 20,
                MAX_FILE >> 20
            ));
        }
        let Some(length) = bytes.first_chunk::<8>().map(|b| u64::from_le_bytes(*b)) else {
            return Err(format!(
                "The file has only {} bytes; a safetensors file starts with 8 bytes of header length.",
                bytes.len()
            ));
        };
        if length > MAX_HEADER {
            return Err(
                "This is not a safetensors file: its first 8 bytes do not give a sensible header length.".into()
            );
        }
        if length > bytes.len() as u64 - 8 {
            return Err(format!(
                "The file is cut short: its header should have {length} bytes, but only {} are there.",
                bytes.len() - 8
            ));
        }
        let (_, header) =
            SafeTensors::read_metadata(bytes).map_err(|e| format!("The file's header cannot be read: {e}."))?;
        let metadata = header.metadata().iter().flatten().map(|(k, v)| (k.clone(), v.clone())).collect();
        let file = SafeTensors::deserialize(bytes).map_err(|e| format!("The file is damaged or cut short: {e}."))?;
        if file.len() > MAX_TENSORS {
            return Err(format!("The file names {} tensors; at most {MAX_TENSORS} are allowed.", file.len()));
        }
        let mut tensors = BTreeMap::new();
        for (name, view) in file.iter() {
            if name.len() > 256 || name.chars().any(char::is_control) {
                return Err("A tensor's name is longer than 256 bytes or holds control characters.".into());
            }
            if view.shape().len() > 8 {
                return Err(format!("Tensor {name} has {} dimensions; at most 8 are allowed.", view.shape().len()));
            }
            let data = numbers(view.dtype(), view.data()).ok_or_else(|| {
                format!("Tensor {name} holds {:?} numbers; only F32, F16 and BF16 can be read.", view.dtype())
            })?;
            tensors.insert(name.to_owned(), Array { shape: view.shape().to_vec(), data });
        }
        Ok(Self { metadata, tensors })
    }

    /// Writes a file.
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
        safetensors::serialize(views, Some(metadata)).expect("names and shapes are plain data")
    }
}

fn numbers(dtype: Dtype, bytes: &[u8]) -> Option<Vec<f32>> {
    let pair = |b: &[u8]| [b[0], b[1]];
    Some(match dtype {
        Dtype::F32 => bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect(),
        Dtype::F16 => bytes.chunks_exact(2).map(|b| f16::from_le_bytes(pair(b)).to_f32()).collect(),
        Dtype::BF16 => bytes.chunks_exact(2).map(|b| bf16::from_le_bytes(pair(b)).to_f32()).collect(),
        _ => return None,
    })
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
    fn a_file_cut_anywhere_is_an_error_and_never_a_panic() {
        let bytes = file().write(Precision::F32);
        for end in 0..bytes.len() {
            assert!(TensorFile::read(&bytes[..end]).is_err(), "cut at {end}");
        }
    }

    #[test]
    fn a_flipped_header_bit_never_panics() {
        let bytes = file().write(Precision::F32);
        for at in 0..bytes.len().min(160) {
            for bit in 0..8 {
                let mut bad = bytes.clone();
                bad[at] ^= 1 << bit;
                let _ = TensorFile::read(&bad);
            }
        }
    }

    #[test]
    fn hostile_headers_are_refused_in_words() {
        let with = |header: &str, body: usize| {
            let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
            bytes.extend_from_slice(header.as_bytes());
            bytes.resize(bytes.len() + body, 0);
            TensorFile::read(&bytes).unwrap_err()
        };
        let cases = [
            (r#"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}}"#, 4),
            (r#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,400]}}"#, 4),
            (r#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, 4),
            (r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, 4),
            (r#"{"a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}"#, 8),
            ("not json", 0),
        ];
        for (header, body) in cases {
            let message = with(header, body);
            assert!(message.ends_with('.'), "{message}");
        }
        assert!(TensorFile::read(&u64::MAX.to_le_bytes()).unwrap_err().contains("not a safetensors file"));
        assert!(TensorFile::read(b"PK\x03\x04 this is a zip file").is_err());
    }
}
