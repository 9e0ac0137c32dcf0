//! GGUF, the file of llama.cpp: settings and tokenizer as key and value, a table of tensors, then their numbers.
//!
//! The layout is that of `docs/gguf.md` in the ggml repository, version 3; keys and names are those that llama.cpp reads for
//! the architecture `gpt2`. One thing has no key there: llama.cpp always computes the GELU of GPT-2, by a hyperbolic
//! tangent, and our models are trained with the exact one.

mod names;
mod read;
mod tokens;

use super::{Numbers, Part, Written, is_vocabulary};
use crate::{gguf::Kind, model_file::ModelFile, reference::layers::LAYER_NORM_EPS};
pub use read::read;

/// Our own key, for what llama.cpp has no word for.
pub const ACTIVATION: &str = "glassbox.activation";
/// The key of what is added to the variance in a layer norm.
const EPSILON: &str = "gpt2.attention.layer_norm_epsilon";
/// Where every tensor begins.
const ALIGNMENT: usize = 32;
/// Types of values, numbered as in the file.
const U32: u32 = 4;
const I32: u32 = 5;
const F32: u32 = 6;
const BOOL: u32 = 7;
const TEXT: u32 = 8;
const LIST: u32 = 9;
/// llama.cpp's `LLAMA_FTYPE_ALL_F32`, and `LLAMA_FTYPE_MOSTLY_` with `F16`, `Q8_0` and `Q4_0`.
const FILE_TYPES: [u32; 4] = [0, 1, 7, 2];
/// A usual token.
const NORMAL: u32 = 1;

/// # Errors
/// A sentence, if the tokenizer cannot be named.
pub fn write(model: &ModelFile, numbers: Numbers) -> Result<Written, String> {
    let tokens::Named { tokens, merges } = tokens::named(&model.tokenizer)?;
    let config = &model.config;
    let mut entries = Written::default();
    let mut count = 0u64;
    let mut entry = |part, key: &str, kind: u32, says: String, value: &[u8]| {
        count += 1;
        entries.field(part, key, says, &[&text(key)[..], &kind.to_le_bytes(), value].concat());
    };
    let words = [
        ("general.architecture", "gpt2"),
        ("general.name", "A small GPT from Glassbox"),
        (
            "general.description",
            "GPT-2 with the exact GELU; llama.cpp computes the tanh form, which differs by up to 0.0005",
        ),
        (ACTIVATION, "gelu_erf"),
    ];
    for (key, value) in words {
        entry(Part::Settings, key, TEXT, value.into(), &text(value));
    }
    let file_type = FILE_TYPES[Numbers::ALL.iter().position(|it| *it == numbers).unwrap_or(0)];
    let sizes = [
        ("general.file_type", file_type as usize),
        ("gpt2.context_length", config.context),
        ("gpt2.embedding_length", config.d_model),
        ("gpt2.feed_forward_length", 4 * config.d_model),
        ("gpt2.block_count", config.n_layers),
        ("gpt2.attention.head_count", config.n_heads),
    ];
    for (key, value) in sizes {
        entry(Part::Settings, key, U32, value.to_string(), &(value as u32).to_le_bytes());
    }
    let epsilon = LAYER_NORM_EPS as f32;
    entry(Part::Settings, EPSILON, F32, epsilon.to_string(), &epsilon.to_le_bytes());
    for (key, value) in [("tokenizer.ggml.model", "gpt2"), ("tokenizer.ggml.pre", "gpt-2")] {
        entry(Part::Tokenizer, key, TEXT, value.into(), &text(value));
    }
    for (key, list) in [("tokenizer.ggml.tokens", &tokens), ("tokenizer.ggml.merges", &merges)] {
        let bytes: Vec<u8> = list.iter().flat_map(|item| text(item)).collect();
        let says = format!("{} texts: {}", list.len(), list.iter().take(12).cloned().collect::<Vec<_>>().join(", "));
        entry(Part::Tokenizer, key, LIST, says, &items(TEXT, list.len(), &bytes));
    }
    let types: Vec<u8> = tokens.iter().flat_map(|_| NORMAL.to_le_bytes()).collect();
    let says = format!("{} numbers, all {NORMAL}: usual tokens", tokens.len());
    entry(Part::Tokenizer, "tokenizer.ggml.token_type", LIST, says, &items(I32, tokens.len(), &types));
    entry(Part::Tokenizer, "tokenizer.ggml.add_bos_token", BOOL, "no".into(), &[0]);

    let (mut table, mut data) = (Written::default(), Written::default());
    for (ours, [rows, columns]) in config.tensors() {
        let (name, turned) = names::name(&ours).expect("every tensor of a GPT has a name in llama.cpp");
        let values = &model.weights[&ours];
        let turned = turned.then(|| transposed(values, columns));
        let (values, row) = (turned.as_deref().unwrap_or(values), if turned.is_some() { rows } else { columns });
        let kind = kind(&ours, row, numbers);
        // Innermost first; a vector has one size.
        let sizes = if rows == 1 { vec![columns as u64] } else { vec![row as u64, (values.len() / row) as u64] };
        data.pad(ALIGNMENT);
        let mut info = text(&name);
        info.extend((sizes.len() as u32).to_le_bytes());
        info.extend(sizes.iter().flat_map(|size| size.to_le_bytes()));
        info.extend(kind_number(kind).to_le_bytes());
        info.extend((data.bytes.len() as u64).to_le_bytes());
        let shape = sizes.iter().map(u64::to_string).collect::<Vec<_>>().join(" × ");
        table.field(
            Part::Table,
            &name,
            format!("{shape}, {}, at {} of the weights", kind.name(), data.bytes.len()),
            &info,
        );
        let bytes = kind.encode(values).expect("rows fill their blocks");
        data.field(Part::Weights, name, format!("{shape}, {}", kind.name()), &bytes);
    }

    let mut book = Written::default();
    book.field(Part::Start, "magic", "GGUF", b"GGUF");
    book.field(Part::Start, "version", "3", &3u32.to_le_bytes());
    let tensors = table.fields.len() as u64;
    book.field(Part::Start, "number of tensors", tensors.to_string(), &tensors.to_le_bytes());
    book.field(Part::Start, "number of keys", count.to_string(), &count.to_le_bytes());
    book.append(entries);
    book.append(table);
    book.pad(ALIGNMENT);
    book.append(data);
    // llama.cpp asks for room up to the next multiple behind the last tensor too.
    book.pad(ALIGNMENT);
    Ok(book)
}

/// How a tensor is kept: gains, biases and positions are few and stay as they are, as llama.cpp's own converter has it;
/// rows that do not fill blocks of 32 get 16 bits a number.
fn kind(ours: &str, row: usize, numbers: Numbers) -> Kind {
    let matrix = ours == "tok_emb" || ours.ends_with(".weight");
    match numbers {
        Numbers::F32 => Kind::F32,
        _ if !matrix => Kind::F32,
        Numbers::Q4 if !is_vocabulary(ours) && row.is_multiple_of(Kind::Q4_0.block().0) => Kind::Q4_0,
        Numbers::Q8 | Numbers::Q4 if row.is_multiple_of(Kind::Q8_0.block().0) => Kind::Q8_0,
        Numbers::F16 | Numbers::Q8 | Numbers::Q4 => Kind::F16,
    }
}

fn kind_number(kind: Kind) -> u32 {
    match kind {
        Kind::F32 => 0,
        Kind::F16 => 1,
        Kind::Q4_0 => 2,
        Kind::Q4_1 => 3,
        Kind::Q8_0 => 8,
        Kind::Bf16 => 30,
    }
}

fn text(text: &str) -> Vec<u8> {
    [&(text.len() as u64).to_le_bytes()[..], text.as_bytes()].concat()
}

fn items(kind: u32, count: usize, bytes: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes()[..], &(count as u64).to_le_bytes(), bytes].concat()
}

/// Rows as columns: `[rows, columns]` becomes `[columns, rows]`.
fn transposed(values: &[f32], columns: usize) -> Vec<f32> {
    crate::quantize::Matrix { columns, data: values }.transposed()
}
