//! Bad files in the formats that a learner's model is saved in. More stand in `engine/core/src/export`.

use super::{Case, checkpoint, owned, patched, safetensors};
use crate::writer::text;
use engine_core::{
    export::{Format, Numbers, protobuf, write},
    model_file::ModelFile,
};

fn written(checkpoint: &[u8], format: Format, numbers: Numbers) -> Vec<u8> {
    let model = ModelFile::read(checkpoint).expect("it is sound");
    write(&model, format, numbers).expect("the format can hold it").bytes
}

fn saved(checkpoint: &[u8], format: Format) -> Vec<u8> {
    written(checkpoint, format, Numbers::F16)
}

/// A small model in each format that has no loader of its own here.
fn in_each_format() -> Vec<(&'static str, Vec<u8>)> {
    let model = checkpoint::with_byte_pairs();
    [Format::Gguf, Format::Burnpack, Format::Onnx].map(|format| (format.key(), saved(&model, format))).to_vec()
}

/// The same, and one in whole numbers.
pub fn sound() -> Vec<(&'static str, Vec<u8>)> {
    let four_bits = written(&checkpoint::with_byte_pairs(), Format::Onnx, Numbers::Q4);
    [in_each_format(), vec![("onnx-of-four-bits", four_bits)]].concat()
}

/// All of them.
pub fn bad() -> Vec<Case> {
    let no_kind = "begins as none that is written here";
    let mut all = owned([
        ("empty file", Vec::new(), no_kind),
        ("zip archive", b"PK\x03\x04 and more of it".to_vec(), no_kind),
        ("web page", b"<!DOCTYPE html>".to_vec(), no_kind),
        ("safetensors of another program", safetensors::sound(), "was not made by Glassbox"),
    ]);
    for (name, file) in in_each_format() {
        for (part, eighths) in [("an eighth", 1), ("a quarter", 2), ("a half", 4), ("seven eighths", 7)] {
            let says = match (name, eighths) {
                ("burnpack", 1) => "cut short: its header does not end",
                ("burnpack", _) => "cut short: tensor",
                ("onnx", _) => "damaged or cut short",
                _ => "but the file has only",
            };
            all.push((format!("{part} of the {name} file"), file[..file.len() * eighths / 8].to_vec(), says.into()));
        }
    }
    [all, gguf(), burnpack(), burnpack_headers(), onnx()].concat()
}

fn gguf() -> Vec<Case> {
    let pairs = saved(&checkpoint::with_byte_pairs(), Format::Gguf);
    let letters = saved(&checkpoint::sound().into_bytes(), Format::Gguf);
    let tokens = |tokens: [&str; 3]| patched(&letters, &["a", "b", "c"].map(text).concat(), &tokens.map(text).concat());
    // The file says a number's type before it.
    let size = |key: &str, number: u32| [key.as_bytes(), &4u32.to_le_bytes(), &number.to_le_bytes()].concat();
    let sized = |key: &str, from: u32, to: u32| patched(&pairs, &size(key, from), &size(key, to));
    let (count, the) = (258u64.to_le_bytes(), text("the"));
    // As many bytes more as tensors are laid out by.
    let token_more = patched(&pairs, &the, &[&the[..], &text(&"x".repeat(24))].concat());
    owned([
        ("another family", patched(&pairs, &text("gpt2"), &text("bert")), "written by another program"),
        ("another activation", patched(&pairs, b"gelu_erf", b"gelu_tan"), "written by another program"),
        ("another epsilon", patched(&pairs, &1e-5f32.to_le_bytes(), &1e-6f32.to_le_bytes()), "layer_norm_epsilon"),
        ("epsilon left out", patched(&pairs, b"norm_epsilon", b"norm_epsilom"), "does not say gpt2.attention"),
        ("width beyond the limits", sized("embedding_length", 2, 2050), "d_model is 2050"),
        ("heads that do not fit", sized("head_count", 1, 3), "multiple of n_heads (3)"),
        ("blocks without end", sized("block_count", 1, u32::MAX), "n_layers is 4294967295"),
        ("tokens turned round", tokens(["b", "a", "c"]), "in the order of their code points"),
        ("token twice", tokens(["a", "a", "c"]), "in the order of their code points"),
        ("token that stands for no bytes", tokens(["a", "b", " "]), "stands for no bytes"),
        ("merge of other tokens", patched(&pairs, &text("t h"), &text("h t")), "does not make the token"),
        ("token without a merge", patched(&token_more, &count, &259u64.to_le_bytes()), "259 tokens and 2 merges"),
        ("embedding under another name", patched(&pairs, b"token_embd", b"token_embc"), "lacks the tensor token_embd"),
    ])
}

/// A text as CBOR has it.
fn short(text: &str) -> Vec<u8> {
    [&[0x60 | text.len() as u8], text.as_bytes()].concat()
}

fn burnpack() -> Vec<Case> {
    let file = saved(&checkpoint::with_byte_pairs(), Format::Burnpack);
    let patch = |from: &[u8], to: &[u8]| patched(&file, from, to);
    let said = |from: &str, to: &str| patch(&short(from), &short(to));
    let gain = short("ln_f.gain");
    let shape =
        |from: &[u8], to: &[u8]| patch(&[&short("shape")[..], from].concat(), &[&short("shape")[..], to].concat());
    owned([
        ("another version of burnpack", patch(b"NRUB\x01", b"NRUB\x02"), "version 2 of burnpack"),
        ("numbers of 64 bits", said("F16", "F64"), "holds no numbers of F32, F16 or BF16"),
        ("tensor without a type", said("dtype", "ctype"), "does not say where tensor"),
        ("tensor without a place", said("data_offsets", "date_offsets"), "does not say where tensor"),
        ("shape of other numbers", shape(&[0x82, 1], &[0x82, 2]), "bytes do not fill"),
        ("shape that is a map", shape(&[0x82], &[0xa2]), "a list should stand"),
        ("shape of texts", shape(&[0x82, 1], &[0x82, 0x60]), "a whole number should stand"),
        ("tensor of another name", patch(&gain, &short("ln_g.gain")), "lacks the tensor ln_f.gain"),
        ("burnpack tensor twice", patch(&gain, &short("ln_f.bias")), "names tensor ln_f.bias twice"),
        ("name of no text", patch(&gain, &[&gain[..9], &[0xff]].concat()), "not UTF-8"),
        ("no description", patch(b"glassbox.model", b"glassbox.modul"), "was not made by Glassbox"),
        ("description of no model", patch(b"\"version\"", b"\"verdion\""), "description cannot be read"),
        ("weight that is no number", [&file[..file.len() - 2], &[0, 0x7e]].concat(), "holds NaN at position"),
    ])
}

fn burnpack_headers() -> Vec<Case> {
    let file = |header: &[u8]| [&b"NRUB\x01\0"[..], &(header.len() as u32).to_le_bytes(), header].concat();
    let one = |key: &str, value: &[u8]| file(&[&[0xa1][..], &short(key), value].concat());
    let tensor = |key: &str, value: &[u8]| one("tensors", &[&[0xa1, 0x60, 0xa1][..], &short(key), value].concat());
    let texts: Vec<u8> = (0..=1000).flat_map(|n| [short(&n.to_string()), short("")].concat()).collect();
    let many = |count: u16, behind: &[u8]| [&[0xb9][..], &count.to_be_bytes(), behind].concat();
    owned([
        ("header of 4 GB", b"NRUB\x01\0\xff\xff\xff\xff\xa0".to_vec(), "header does not end"),
        ("nothing in the header", file(&[]), "cut short stands"),
        ("header that is a list", file(&[0x80]), "a map should stand"),
        ("map of unknown length", file(&[0xbf]), "of unknown length stands"),
        ("keys without end", file(&[0xbb, 255, 255, 255, 255, 255, 255, 255, 255]), "items are announced"),
        ("lists in lists", one("x", &[0x81; 100]), "more than 16 deep"),
        ("labels on labels", one("x", &[0xc0; 100_000]), "more than 16 deep"),
        ("text longer than the header", file(&[0xa1, 0x7a, 255, 255, 255, 255]), "cut short stands"),
        ("nine sizes", tensor("shape", &[0x89, 1, 1, 1, 1, 1, 1, 1, 1, 1]), "has 9 sizes; at most 8"),
        ("three offsets", tensor("data_offsets", &[0x83, 0, 0, 0]), "has 3 offsets"),
        ("tensor that is a text", one("tensors", &[0xa1, 0x60, 0x60]), "a map should stand"),
        ("one tensor too many in burnpack", one("tensors", &many(20_001, &[0; 20_001])), "names 20001 tensors"),
        ("one text too many in burnpack", one("metadata", &many(1001, &texts)), "more than 1000 texts"),
        ("burnpack text said twice", one("metadata", b"\xa2\x61a\x61b\x61a\x61c"), "says a twice"),
    ])
}

fn onnx() -> Vec<Case> {
    let file = |fields: &[Vec<u8>]| [protobuf::whole(1, 8), fields.concat()].concat();
    let tensor = |fields: &[Vec<u8>]| protobuf::bytes(5, &fields.concat());
    let graph = |tensors: &[Vec<u8>]| file(&[protobuf::bytes(7, &tensors.concat())]);
    let one = |fields: &[Vec<u8>]| graph(&[tensor(fields)]);
    let (float, name) = (protobuf::whole(2, 1), protobuf::bytes(8, b"ln_f.gain"));
    let (size, data) = (|size: i64| protobuf::whole(1, size), protobuf::bytes(9, &[0; 4]));
    let text =
        |key: &str| protobuf::bytes(14, &[protobuf::bytes(1, key.as_bytes()), protobuf::bytes(2, b"x")].concat());
    let texts: Vec<Vec<u8>> = (0..=1000).map(|n| text(&n.to_string())).collect();
    let sound = tensor(&[size(1), float.clone(), name.clone(), data.clone()]);
    let many: Vec<Vec<u8>> = (0..=20_000)
        .map(|n| {
            tensor(&[size(0), float.clone(), protobuf::bytes(8, format!("{n}").as_bytes()), protobuf::bytes(9, &[])])
        })
        .collect();
    let codes = |sizes: &[i64]| {
        let sizes = sizes.iter().map(|each| size(*each)).collect::<Vec<_>>().concat();
        tensor(&[sizes, protobuf::whole(2, 3), protobuf::bytes(8, b"tok_emb.codes"), protobuf::bytes(9, &[0; 4])])
    };
    let scales = tensor(&[size(1), float.clone(), protobuf::bytes(8, b"tok_emb.scales"), data.clone()]);
    let damaged = "damaged or cut short";
    owned([
        ("three bytes of ONNX", vec![8; 3], damaged),
        ("version of ONNX alone", file(&[]), "was not made by Glassbox"),
        ("field longer than the file", file(&[vec![0x3a, 100, 0]]), damaged),
        ("length without end", file(&[[&[0x3a][..], &[0xff; 12]].concat()]), damaged),
        ("field of a kind given up", file(&[vec![0x3b, 0]]), damaged),
        ("weights elsewhere", one(&[size(1), float.clone(), name.clone()]), "weights of ln_f.gain are not in the file"),
        ("more numbers than bytes", one(&[size(1 << 40), float.clone(), name.clone(), data.clone()]), "do not fill"),
        ("numbers beyond 64 bits", one(&[vec![size(1 << 62); 3].concat(), float.clone(), data.clone()]), "do not fill"),
        ("size below zero", one(&[size(-1), float.clone(), name.clone(), data.clone()]), "do not fill"),
        ("many sizes", one(&[vec![size(1); 1000].concat(), float.clone(), data.clone()]), "more than 8 sizes"),
        ("many packed sizes", one(&[protobuf::bytes(1, &[1; 1000]), float.clone(), data]), "more than 8 sizes"),
        ("packed size without its end", one(&[protobuf::bytes(1, &[0x80]), float]), "shape ends early"),
        ("ONNX name of no text", one(&[protobuf::bytes(8, b"\xff")]), "a name in it is not UTF-8"),
        ("ONNX tensor twice", graph(&[sound.clone(), sound]), "or ln_f.gain twice"),
        ("one tensor too many in ONNX", graph(&many), "more than 20000 tensors"),
        ("codes that are no matrix", graph(&[codes(&[4])]), "whole numbers that are no matrix"),
        ("codes without scales", graph(&[codes(&[2, 2])]), "lacks the scales of tok_emb"),
        ("codes beyond their bytes", graph(&[codes(&[1, 1 << 40]), scales.clone()]), "do not fill"),
        ("codes without columns", graph(&[codes(&[4, 0]), scales.clone()]), "do not fill"),
        ("codes with too few scales", graph(&[codes(&[2, 2]), scales]), "1 scales do not fill"),
        ("codes twice", graph(&[codes(&[2, 2]), codes(&[2, 2])]), "or tok_emb twice"),
        ("one text too many in ONNX", file(&texts), "more than 1000 texts"),
        ("ONNX text said twice", file(&[text("a"), text("a")]), "says a twice"),
    ])
}
