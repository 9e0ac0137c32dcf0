//! Burn's own reader opens the burnpack files that a learner saves, and writes such as are read again.

use burn_pack::{Bytes, DType, Reader, Tensor, Writer};
use engine_core::{
    export::{Format, Numbers, read, write},
    model_file::ModelFile,
};
use std::{fs, path::Path};

fn model(name: &str) -> ModelFile {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../engine/core/tests/export/{name}.safetensors"));
    ModelFile::read(&fs::read(path).unwrap()).unwrap()
}

fn opened(file: Vec<u8>) -> Reader {
    Reader::from_bytes(Bytes::from_bytes_vec(file)).unwrap()
}

#[test]
fn burn_reads_every_tensor() {
    for name in ["chars", "bytes"] {
        let model = model(name);
        for (numbers, dtype) in [(Numbers::F32, DType::F32), (Numbers::F16, DType::F16)] {
            let reader = opened(write(&model, Format::Burnpack, numbers).unwrap().bytes);
            assert!(reader.metadata()["glassbox.model"].contains("\"n_layers\""));
            let tensors = reader.into_tensors().unwrap();
            assert_eq!(tensors.len(), model.config.tensors().len());
            for (name, shape) in model.config.tensors() {
                let tensor = tensors.iter().find(|tensor| tensor.name == name).unwrap();
                assert_eq!((tensor.dtype, tensor.shape.to_vec()), (dtype, shape.to_vec()), "{name}");
                if numbers == Numbers::F32 {
                    let bytes = tensor.to_bytes().unwrap();
                    let wanted: Vec<u8> = model.weights[&name].iter().flat_map(|x| x.to_le_bytes()).collect();
                    assert!(bytes[..] == wanted[..], "{name}");
                }
            }
        }
    }
}

#[test]
fn what_burn_writes_is_read() {
    let model = model("chars");
    let reader = opened(write(&model, Format::Burnpack, Numbers::F32).unwrap().bytes);
    let described = reader.metadata()["glassbox.model"].clone();
    // With a number of its own for each, as Burn keeps for training.
    let tensors: Vec<Tensor> = reader
        .into_tensors()
        .unwrap()
        .into_iter()
        .enumerate()
        .map(|(at, mut tensor)| {
            tensor.param_id = Some(at as u64 * 1_000_003);
            tensor
        })
        .collect();
    let written = Writer::new(tensors).with_metadata("glassbox.model", &described).into_bytes().unwrap();
    assert_eq!(read(&written), Ok(model));
}
