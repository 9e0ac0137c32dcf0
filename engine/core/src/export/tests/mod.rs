//! Every format is written and read again; what foreign readers say is in `tests/foreign_readers.rs`.

use super::*;
use crate::{
    quantize::{Matrix, Scheme, quantize},
    reference::gpt::forward,
};
use proptest::prelude::*;
use serde::Deserialize;

const CHARS: &[u8] = include_bytes!("../../../tests/export/chars.safetensors");
const BYTES: &[u8] = include_bytes!("../../../tests/export/bytes.safetensors");

#[derive(Deserialize)]
struct Golden {
    ids: Vec<u32>,
    logits: Vec<Vec<f64>>,
}

fn models() -> [ModelFile; 2] {
    [CHARS, BYTES].map(|file| ModelFile::read(file).unwrap())
}

fn logits(model: &ModelFile, ids: &[u32]) -> Vec<f64> {
    forward(&model.config, &model.weights, ids).concat()
}

fn apart(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).fold(0.0, |most, (a, b)| most.max((a - b).abs()))
}

#[test]
fn the_fixtures_compute_what_numpy_says() {
    let golden: Vec<Golden> = serde_json::from_str(include_str!("../../../tests/export/golden.json")).unwrap();
    for (model, golden) in models().iter().zip(golden) {
        let off = apart(&logits(model, &golden.ids), &golden.logits.concat());
        assert!(off < 2e-7, "off by {off}");
    }
}

#[test]
fn every_format_comes_back() {
    for model in models() {
        let ids: Vec<u32> = (0..8).map(|i| i * 7 % model.config.vocab_size as u32).collect();
        let first = logits(&model, &ids);
        let scale = first.iter().fold(0.0, |most: f64, x| most.max(x.abs()));
        for format in Format::ALL {
            let whole = write(&model, format, Numbers::F32).unwrap();
            assert_eq!(Format::of(&whole.bytes), Ok(format));
            assert_eq!(read(&whole.bytes), Ok(model.clone()), "{format:?}");
            let half = write(&model, format, Numbers::F16).unwrap();
            assert!(half.bytes.len() < whole.bytes.len() * 2 / 3, "{format:?}");
            let off = apart(&logits(&read(&half.bytes).unwrap(), &ids), &first);
            assert!(off > 0.0 && off < 0.005 * scale, "{format:?} is off by {off} of {scale}");
            for (numbers, most, block, kind) in
                [(Numbers::Q8, 0.05, "Q8_0", "INT8"), (Numbers::Q4, 1.0, "Q4_0", "INT4")]
            {
                let written = write(&model, format, numbers);
                if !numbers.fit(format) {
                    assert!(written.unwrap_err().ends_with("bits."));
                    continue;
                }
                let written = written.unwrap();
                let off = apart(&logits(&read(&written.bytes).unwrap(), &ids), &first);
                assert!(off > 0.0 && off < most * scale, "{format:?} {numbers:?}: off by {off} of {scale}");
                let table = written.fields.iter().filter(|field| field.part == Part::Table);
                let found = |kind: &str| table.clone().any(|field| field.says.contains(kind));
                // Rows of 20 numbers fill no blocks of 32, and have 16 bits instead.
                assert_eq!(found(block), format == Format::Gguf && model.config.d_model == 32);
                assert_eq!(found(kind), format == Format::Onnx);
            }
        }
    }
}

#[test]
fn what_lies_on_its_steps_stays_there() {
    // As the lab that quantizes keeps a model: floats, each on a step of its row or group.
    for (numbers, scheme) in [(Numbers::Q8, Scheme::INT8), (Numbers::Q4, Scheme::INT4)] {
        for mut model in models() {
            for (name, [_, columns]) in model.config.tensors() {
                let turned = name.ends_with(".weight");
                let values = model.weights.get_mut(&name).unwrap();
                let matrix = Matrix { columns, data: values };
                let scheme = if is_vocabulary(&name) { Scheme::INT8 } else { scheme };
                if turned {
                    let (rows, data) = (matrix.rows(), matrix.transposed());
                    let found = quantize(Matrix { columns: rows, data: &data }, scheme).unwrap().values();
                    *values = Matrix { columns: rows, data: &found }.transposed();
                } else if name == "tok_emb" {
                    *values = quantize(matrix, scheme).unwrap().values();
                }
            }
            let ids = [1, 3, 2, 5, 4];
            let again = read(&write(&model, Format::Onnx, numbers).unwrap().bytes).unwrap();
            let off = apart(&logits(&again, &ids), &logits(&model, &ids));
            assert!(off < 1e-5, "{numbers:?}: off by {off}");
        }
    }
}

#[test]
fn codes_without_their_scales_are_refused() {
    let model = &models()[1];
    let whole = write(model, Format::Onnx, Numbers::Q4).unwrap().bytes;
    let renamed = |from: &str, to: &str| {
        let at = whole.windows(from.len()).rposition(|window| window == from.as_bytes()).unwrap();
        let mut file = whole.clone();
        file[at..at + to.len()].copy_from_slice(to.as_bytes());
        read(&file).unwrap_err()
    };
    assert!(renamed("tok_emb.scales", "tok_emb.scalez").contains("lacks the scales of tok_emb"));
    assert!(renamed("tok_emb.codes", "tok_emb.codez").contains("whole numbers that are no matrix"));
}

#[test]
fn the_fields_cover_every_byte_once() {
    for model in models() {
        for format in Format::ALL {
            let written = write(&model, format, Numbers::F32).unwrap();
            let mut at = 0;
            for field in &written.fields {
                assert_eq!(field.at, at, "{format:?}: {}", field.name);
                assert!(field.length > 0 && !field.name.is_empty(), "{format:?}: {field:?}");
                at += field.length;
            }
            assert_eq!(at, written.bytes.len() as u64);
            let weights: u64 = written.fields.iter().filter(|it| it.part == Part::Weights).map(|it| it.length).sum();
            assert_eq!(weights, 4 * model.config.parameters() as u64, "{format:?}");
            let tables = written.fields.iter().filter(|it| it.part == Part::Table).count();
            assert!(tables >= model.config.tensors().len(), "{format:?}");
        }
    }
}

#[test]
fn the_built_in_model_loses_nothing_in_16_bits() {
    let model = ModelFile::read(include_bytes!("../../../../../public/models/tiny.safetensors")).unwrap();
    let ids = model.tokenizer.encode("It is a truth universally known").ids;
    let first = logits(&model, &ids);
    println!("{} ids; logits reach {:.2}", ids.len(), apart(&first, &vec![0.0; first.len()]));
    for format in Format::ALL {
        for numbers in Numbers::ALL {
            let Ok(written) = write(&model, format, numbers) else { continue };
            let off = apart(&logits(&read(&written.bytes).unwrap(), &ids), &first);
            println!(
                "{} {}: {} bytes in {} fields, off by {off}",
                format.key(),
                numbers.key(),
                written.bytes.len(),
                written.fields.len()
            );
            for part in Part::ALL {
                let size: u64 =
                    written.fields.iter().filter(|field| field.part == part).map(|field| field.length).sum();
                println!("    {part:?} {size}");
            }
            // It was shipped in 16 bits.
            assert_eq!(off == 0.0, [Numbers::F32, Numbers::F16].contains(&numbers));
        }
    }
}

#[test]
fn a_checkpoint_is_saved_without_its_training() {
    let mut model = models()[0].clone();
    model.training = Some(crate::model_file::TrainingState {
        config: crate::config::TrainConfig::default(),
        step: 0,
        text_crc: 0,
        mean: model.weights.clone(),
        square: model.weights.clone(),
        train_loss: Vec::new(),
        val_loss: Vec::new(),
    });
    for format in Format::ALL {
        let again = read(&write(&model, format, Numbers::F32).unwrap().bytes).unwrap();
        assert_eq!((again.training, again.weights == model.weights), (None, true), "{format:?}");
    }
}

#[test]
fn two_tokens_of_one_spelling_are_refused() {
    let mut model = models()[1].clone();
    // “abc” as ab + c and as a + bc.
    let merges = serde_json::json!({"kind": "bpe", "merges": [[97, 98], [98, 99], [256, 99], [97, 257]]});
    model.tokenizer = serde_json::from_value(merges).unwrap();
    assert!(write(&model, Format::Gguf, Numbers::F32).unwrap_err().contains("“abc”"));
    assert_eq!(read(&write(&model, Format::Onnx, Numbers::F32).unwrap().bytes), Ok(model));
}

#[test]
fn what_is_none_of_the_four_is_refused() {
    for file in [&b""[..], b"GG", b"PK\x03\x04 a zip", b"<!DOCTYPE html>", &[8; 3]] {
        assert!(read(file).unwrap_err().ends_with('.'), "{file:?}");
    }
    // A GGUF of another program says nothing of its activation.
    let tiny = include_bytes!("../../../tests/llama/tiny.gguf");
    assert!(read(tiny).unwrap_err().contains("another program"));
    let mut version = write(&models()[0], Format::Burnpack, Numbers::F32).unwrap().bytes;
    version[4] = 2;
    assert!(read(&version).unwrap_err().contains("version 2"));
}

/// Bytes of a file before its weights.
fn header(written: &Written) -> usize {
    written.fields.iter().find(|field| field.part == Part::Weights).map_or(0, |field| field.at as usize)
}

#[test]
fn a_file_cut_anywhere_is_a_sentence() {
    for model in models() {
        for format in Format::ALL {
            let written = write(&model, format, Numbers::F32).unwrap();
            let (bytes, header) = (&written.bytes, header(&written));
            // Behind the last tensor GGUF has padding, which is not missed.
            let end = bytes.len() - 32;
            for at in (0..header).chain((header..end).step_by(997)) {
                let why = read(&bytes[..at]).unwrap_err();
                assert!(why.ends_with('.') && why.len() > 20, "{format:?} cut at {at}: {why}");
            }
        }
    }
}

#[test]
fn tensors_over_each_other_are_refused() {
    let tensor = |name: &str| {
        let (dtype, shape) =
            ([cbor::text("dtype"), cbor::text("F32")], [cbor::text("shape"), cbor::list(1), cbor::whole(100)]);
        let place = [cbor::text("data_offsets"), cbor::list(2), cbor::whole(0), cbor::whole(400)];
        [cbor::text(name), cbor::map(3), dtype.concat(), shape.concat(), place.concat()].concat()
    };
    let header = [cbor::map(1), cbor::text("tensors"), cbor::map(2), tensor("a"), tensor("b")].concat();
    let mut file = [b"NRUB\x01\0", &(header.len() as u32).to_le_bytes()[..], &header].concat();
    file.resize(256 + 400, 0);
    assert!(read(&file).unwrap_err().contains("one over the other"));
    file.resize(256 + 800, 0);
    assert!(read(&file).unwrap_err().contains("not made by Glassbox"), "with room for both it is only another file");
}

proptest! {
    #[test]
    fn a_changed_header_never_panics(which in 0usize..4, second in any::<bool>(), at in 0.0f64..1.0, byte in any::<u8>(), run in 1usize..9) {
        let model = &models()[usize::from(second)];
        let written = write(model, Format::ALL[which], Numbers::F32).unwrap();
        let mut bytes = written.bytes.clone();
        let from = (at * header(&written) as f64) as usize;
        bytes[from..from + run].fill(byte);
        if let Err(why) = read(&bytes) {
            prop_assert!(why.ends_with('.'), "{why}");
        }
    }

    #[test]
    fn what_is_no_file_never_panics(which in 0usize..4, bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let start = [&[0, 0, 0, 0, 0, 0, 0, 0, b'{'][..], b"GGUF\x03\0\0\0", b"NRUB\x01\0", &[8, 8]][which];
        let _ = read(&[start, &bytes].concat());
    }
}
