//! Burnpack, the file of Burn: ten bytes, a header in CBOR, then the numbers, each tensor at a multiple of 256 bytes.
//!
//! The layout is that of the crate `burn-pack` 0.22.1, `src/lib.rs` and `src/base.rs`.

mod read;

use super::{Numbers, Part, Written, cbor};
use crate::{gguf::Kind, model_file::ModelFile};
pub use read::read;

/// The word BURN as a number of 32 bits, lowest byte first.
const MAGIC: &[u8; 4] = b"NRUB";
const VERSION: u16 = 1;
/// Where tensors begin.
const ALIGNMENT: usize = 256;

pub fn write(model: &ModelFile, numbers: Numbers) -> Written {
    let file = model.clone().without_training().tensors();
    let (kind, dtype) = if numbers == Numbers::F32 { (Kind::F32, "F32") } else { (Kind::F16, "F16") };
    let (mut header, mut data) = (Written::default(), Written::default());
    header.field(Part::Start, "map of 2 keys", "tensors, metadata", &cbor::map(2));
    let tensors = [cbor::text("tensors"), cbor::map(file.tensors.len())].concat();
    header.field(Part::Table, "tensors", format!("map of {} keys", file.tensors.len()), &tensors);
    for (name, array) in &file.tensors {
        data.pad(ALIGNMENT);
        let from = data.bytes.len() as u64;
        let bytes = kind.encode(&array.data).expect("single numbers fill their blocks");
        let to = from + bytes.len() as u64;
        let shape: Vec<u8> = array.shape.iter().flat_map(|size| cbor::whole(*size as u64)).collect();
        let entry = [
            cbor::text(name),
            cbor::map(3),
            cbor::text("dtype"),
            cbor::text(dtype),
            cbor::text("shape"),
            cbor::list(array.shape.len()),
            shape,
            cbor::text("data_offsets"),
            cbor::list(2),
            cbor::whole(from),
            cbor::whole(to),
        ];
        header.field(Part::Table, name, format!("{dtype}, {:?}, from {from} to {to}", array.shape), &entry.concat());
        data.field(Part::Weights, name, format!("{dtype}, {:?}", array.shape), &bytes);
    }
    let metadata = [cbor::text("metadata"), cbor::map(file.metadata.len())].concat();
    header.field(Part::Settings, "metadata", format!("map of {} keys", file.metadata.len()), &metadata);
    for (key, value) in &file.metadata {
        header.field(Part::Settings, key, value, &[cbor::text(key), cbor::text(value)].concat());
    }

    let mut book = Written::default();
    book.field(Part::Start, "magic", "0x4255524e, the word BURN", MAGIC);
    book.field(Part::Start, "version", VERSION.to_string(), &VERSION.to_le_bytes());
    let length = header.bytes.len() as u32;
    book.field(Part::Start, "length of the header", length.to_string(), &length.to_le_bytes());
    book.append(header);
    book.pad(ALIGNMENT);
    book.append(data);
    book
}
