//! What a loader allocates stays within four times its input and 16 MB, whatever the file says; eight times where numbers
//! of four bits become numbers of 32.
//!
//! A program of its own with a single test, because it counts what the whole program allocates.

#![cfg(not(target_arch = "wasm32"))]

use engine_core::{
    config::GptConfig,
    export::{self, Format, Numbers, protobuf},
    model_file::ModelFile,
    tokenizer::{Chars, Tokenizer},
};
use engine_hostile::{
    Loader, all,
    writer::{Writer, text},
};
use peak_alloc::PeakAlloc;
use std::fmt::Write;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Opens a file and sees what that took. Answers whether the file was taken.
fn bounded(loader: Loader, name: &str, file: &[u8]) -> bool {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let result = loader.open(file);
    let most = MEMORY.peak_usage() - before;
    if file.len() > 1 << 16 {
        println!("{} {name}: {} kB of file, {} kB allocated", loader.name(), file.len() >> 10, most >> 10);
    }
    let times = if loader == Loader::Exported && name.ends_with("of four bits") { 8 } else { 4 };
    assert!(
        most <= times * file.len() + (16 << 20),
        "{} {name}: {} bytes of file, {most} allocated; {result:?}",
        loader.name(),
        file.len()
    );
    result.is_ok()
}

/// A text made of `count` pieces with commas between them.
fn list(count: usize, mut piece: impl FnMut(&mut String, usize)) -> String {
    let mut all = String::new();
    for n in 0..count {
        if n > 0 {
            all.push(',');
        }
        piece(&mut all, n);
    }
    all
}

fn with_header(header: &str, numbers: usize) -> Vec<u8> {
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend_from_slice(header.as_bytes());
    file.resize(file.len() + numbers, 0);
    file
}

/// Headers that make many things out of few bytes.
fn headers() -> Vec<(&'static str, Vec<u8>)> {
    let empty = r#"{"dtype":"F32","shape":[],"data_offsets":[0,0]}"#;
    let header = |body: String| with_header(&format!("{{{body}}}"), 0);
    let texts = |body: String| header(format!(r#""__metadata__":{{{body}}}"#));
    vec![
        (
            "20000 tensors",
            header(list(20_000, |all, n| {
                write!(all, r#""{n}":{{"dtype":"F16","shape":[0],"data_offsets":[0,0]}}"#).unwrap()
            })),
        ),
        ("70000 tensors", header(list(70_000, |all, n| write!(all, r#""{n}":{empty}"#).unwrap()))),
        ("500000 short texts", texts(list(500_000, |all, n| write!(all, r#""{n}":"""#).unwrap()))),
        ("a text of 4 MB", texts(format!(r#""a":"{}""#, "x".repeat(4_000_000)))),
        ("a text of escapes", texts(format!(r#""a":"{}""#, "\\n".repeat(2_000_000)))),
        ("a name of 4 MB", header(format!(r#""{}":{empty}"#, "x".repeat(4_000_000)))),
        (
            "a shape of two million sizes",
            header(format!(r#""a":{{"shape":[{}]}}"#, list(2_000_000, |all, _| all.push('0')))),
        ),
        (
            "lists that nobody asked for",
            header(format!(r#""a":{{"b":[{}]}}"#, list(1_300_000, |all, _| all.push_str("[]")))),
        ),
        ("a type of 4 MB", header(format!(r#""a":{{"dtype":"{}"}}"#, "x".repeat(4_000_000)))),
        (
            "half numbers",
            with_header(r#"{"a":{"dtype":"F16","shape":[4000000],"data_offsets":[0,8000000]}}"#, 8_000_000),
        ),
    ]
}

/// Checkpoints whose description makes many things out of few bytes.
fn descriptions() -> Vec<(&'static str, Vec<u8>)> {
    let describe = |tokenizer: &str| {
        let config = r#"{"vocab_size":3,"n_layers":1,"n_heads":1,"d_model":2,"context":2,"tied_head":true}"#;
        let description = format!(r#"{{"version":1,"config":{config},"tokenizer":{tokenizer}}}"#).replace('"', "\\\"");
        with_header(&format!(r#"{{"__metadata__":{{"glassbox.model":"{description}"}}}}"#), 0)
    };
    let merges = |count| format!(r#"{{"kind":"bpe","merges":[{}]}}"#, list(count, |all, _| all.push_str("[0,0]")));
    vec![
        ("as many merges as may be", describe(&merges(65_280))),
        ("600000 merges", describe(&merges(600_000))),
        ("a million characters", describe(&format!(r#"{{"kind":"chars","chars":"{}"}}"#, "a".repeat(3_900_000)))),
        ("lists in the tokenizer", describe(&format!(r#"{{"x":[{}]}}"#, list(1_300_000, |all, _| all.push_str("[]"))))),
    ]
}

const LETTERS: usize = 26;

/// Four letters for each number: the first two are one of the pairs, so are the last.
fn letters(n: usize) -> (String, String) {
    let letter = |n: usize| char::from(b'a' + (n % LETTERS) as u8);
    let pair = |n: usize| String::from_iter([letter(n / LETTERS), letter(n)]);
    (pair(n / (LETTERS * LETTERS)), pair(n))
}

/// The largest vocabulary that is read, in the shortest tokens, and a merge for nearly each of them.
fn vocabulary(count: usize) -> (String, Vec<(String, String)>) {
    let small = Loader::Gpt2Vocabulary.sound().remove(0).1;
    let small = String::from_utf8(small).unwrap();
    let (json, _) = small.split_once('\0').unwrap();
    // The single bytes of the small one, which have the lowest ids.
    let bytes: serde_json::Map<String, serde_json::Value> = serde_json::from_str(json).unwrap();
    let single = bytes.into_iter().filter(|(token, _)| token.chars().count() == 1).map(|(token, _)| token);
    let mut tokens: Vec<String> = single.collect();
    let pairs = LETTERS * LETTERS;
    tokens.extend((0..pairs).map(|n| letters(n).1));
    let merges: Vec<_> = (0..count - tokens.len()).map(letters).collect();
    tokens.extend(merges.iter().map(|(left, right)| format!("{left}{right}")));
    let json = list(tokens.len(), |all, n| write!(all, "{}:{n}", serde_json::to_string(&tokens[n]).unwrap()).unwrap());
    (format!("{{{json}}}"), merges)
}

fn tokenizers() -> Vec<(Loader, &'static str, Vec<u8>)> {
    let (vocab, merges) = vocabulary(1 << 17);
    let whole = |vocab: &str, merges: &str, added: &str| {
        let model = format!(r#"{{"type":"BPE","vocab":{vocab},"merges":[{merges}]}}"#);
        let rest = format!(r#""pre_tokenizer":{{"type":"ByteLevel"}},"added_tokens":[{added}]"#);
        format!(r#"{{"model":{model},{rest}}}"#).into_bytes()
    };
    let texts = list(merges.len(), |all, n| write!(all, "\"{} {}\"", merges[n].0, merges[n].1).unwrap());
    let pairs = list(merges.len(), |all, n| write!(all, "[\"{}\",\"{}\"]", merges[n].0, merges[n].1).unwrap());
    let lines: String = merges.iter().map(|(left, right)| format!("{left} {right}\n")).collect();
    let short = list(1_500_000, |all, n| write!(all, "\"{n:x}\":{n}").unwrap());
    let added = list(500_000, |all, _| all.push_str(r#"{"id":1,"content":""}"#));
    let (json, two) = (Loader::TokenizerJson, Loader::Gpt2Vocabulary);
    vec![
        (json, "a large vocabulary", whole(&vocab, &texts, "")),
        (json, "a large vocabulary, merges as pairs", whole(&vocab, &pairs, "")),
        (json, "half a million added tokens", whole(&vocab, &texts, &added)),
        (json, "two million merges", whole("{}", &list(2_000_000, |all, _| all.push_str("\"a b\"")), "")),
        (json, "five million empty lists", whole("{}", &list(5_000_000, |all, _| all.push_str("[]")), "")),
        (json, "a kind of 15 MB", format!(r#"{{"model":{{"type":"{}"}}}}"#, "x".repeat(15_000_000)).into_bytes()),
        (two, "a large vocabulary", [vocab.as_bytes(), &[0], lines.as_bytes()].concat()),
        (two, "a million and a half tokens", [b"{", short.as_bytes(), b"}\0a b"].concat()),
        (two, "four million merges", [vocab.as_bytes(), &[0], "a b\n".repeat(4_000_000).as_bytes()].concat()),
    ]
}

fn texts(key: &str, items: &[String]) -> Writer {
    let mut all = Writer::default().list(key, 8, items.len() as u64);
    for item in items {
        all.bytes.extend(text(item));
    }
    all
}

fn gguf() -> Vec<(&'static str, Vec<u8>)> {
    let mut tensors = Writer::new(20_000, 0);
    let mut entries = Writer::new(0, 4096);
    for number in 0..20_000u64 {
        tensors = tensors.tensor(&format!("{number}"), &[1], 1, number * 32);
    }
    for number in 0..4096 {
        entries = entries.entry(&format!("{number}"), 0, &[0]);
    }
    let one = |entry: Writer| [Writer::new(0, 1).bytes, entry.bytes].concat();
    let empty_lists = [&0u32.to_le_bytes()[..], &0u64.to_le_bytes()].concat().repeat(4096);
    let pairs = LETTERS * LETTERS;
    let mut tokens: Vec<String> = (0..pairs).map(|n| letters(n).1).collect();
    let merges: Vec<_> = (0..(1 << 17) - pairs).map(letters).collect();
    tokens.extend(merges.iter().map(|(left, right)| format!("{left}{right}")));
    let merges: Vec<String> = merges.iter().map(|(left, right)| format!("{left} {right}")).collect();
    let types = Writer::default().list("tokenizer.ggml.token_type", 0, 1 << 17).raw("", &vec![1; 1 << 17]);
    let vocabulary = [
        Writer::new(0, 5).bytes,
        Writer::default().entry("tokenizer.ggml.model", 8, &text("gpt2")).bytes,
        Writer::default().entry("tokenizer.ggml.pre", 8, &text("smollm")).bytes,
        texts("tokenizer.ggml.tokens", &tokens).bytes,
        types.bytes,
        texts("tokenizer.ggml.merges", &merges).bytes,
    ];
    vec![
        ("a small model", include_bytes!("../../core/tests/llama/tiny.gguf").to_vec()),
        ("a million empty texts", one(texts("k", &vec![String::new(); 1 << 20]))),
        ("a million texts of one letter", one(texts("k", &vec!["x".to_owned(); 1 << 20]))),
        ("four million numbers", one(Writer::default().list("k", 0, 1 << 22).raw("", &vec![7; 1 << 22]))),
        ("4096 empty lists", one(Writer::default().list("k", 9, 4096).raw("", &empty_lists))),
        ("4096 entries", entries.bytes),
        ("20000 tensors", tensors.data(20_000 * 32)),
        ("a large vocabulary", vocabulary.concat()),
    ]
}

/// Models as they are saved, with many things in few bytes.
fn exported() -> Vec<(&'static str, Vec<u8>)> {
    let keys = |count: u32, entry: &[u8]| [&[0xba][..], &count.to_be_bytes(), &entry.repeat(count as usize)].concat();
    let burnpack = |key: &[u8], value: Vec<u8>| {
        let header = [&[0xa1][..], &[0x60 | key.len() as u8], key, &value].concat();
        [&b"NRUB\x01\0"[..], &(header.len() as u32).to_le_bytes(), &header].concat()
    };
    let text = |n: usize| [&[0x65][..], format!("{n:05x}").as_bytes(), &[0x60]].concat();
    let texts = [&[0xba][..], &(1u32 << 20).to_be_bytes(), &(0..1 << 20).flat_map(text).collect::<Vec<u8>>()].concat();
    let pair = |n: usize| protobuf::bytes(14, &protobuf::bytes(1, n.to_string().as_bytes()));
    let tensor = |n: usize| {
        let fields = [protobuf::whole(1, 0), protobuf::whole(2, 1), protobuf::bytes(8, n.to_string().as_bytes())];
        protobuf::bytes(5, &[fields.concat(), protobuf::bytes(9, &[])].concat())
    };
    let onnx = |field: u64, inner: Vec<u8>| [protobuf::whole(1, 8), protobuf::bytes(field, &inner)].concat();
    vec![
        ("a million texts in burnpack", burnpack(b"metadata", texts)),
        ("five million keys in burnpack", burnpack(b"x", keys(5_000_000, &[0, 0]))),
        ("half a million texts in ONNX", [vec![8, 8], (0..1 << 19).flat_map(pair).collect()].concat()),
        ("20000 tensors in ONNX", onnx(7, (0..20_000).flat_map(tensor).collect())),
        ("a million steps in ONNX", onnx(7, [0x0a, 0].repeat(1 << 20))),
        ("GGUF of eight bits", wide(Format::Gguf, Numbers::Q8)),
        ("GGUF of four bits", wide(Format::Gguf, Numbers::Q4)),
        ("ONNX of eight bits", wide(Format::Onnx, Numbers::Q8)),
        ("ONNX of four bits", wide(Format::Onnx, Numbers::Q4)),
    ]
}

/// The widest model of one layer in few bits.
fn wide(format: Format, numbers: Numbers) -> Vec<u8> {
    let config = GptConfig { vocab_size: 3, n_layers: 1, n_heads: 1, d_model: 1024, context: 2, tied_head: true };
    let tensors = config.tensors().into_iter();
    let weights = tensors.map(|(name, [rows, columns])| (name, vec![0.5; rows * columns])).collect();
    let tokenizer = Tokenizer::Chars(Chars::from_text("abc"));
    export::write(&ModelFile { config, tokenizer, weights, training: None }, format, numbers).unwrap().bytes
}

fn word_vectors() -> Vec<(&'static str, Vec<u8>)> {
    let file = |count: usize, dim: usize| {
        let words = vec!["a"; count].join("\n");
        let mut file = b"WV01".to_vec();
        [count, dim, words.len()].iter().for_each(|number| file.extend((*number as u32).to_le_bytes()));
        file.extend(words.bytes());
        file.resize(file.len() + 4 * count + count * dim, 0);
        file
    };
    vec![
        ("131072 words of one number", file(1 << 17, 1)),
        ("two million words", file(2 << 20, 1)),
        ("long vectors", file(1000, 4096)),
    ]
}

#[test]
fn no_file_makes_a_loader_allocate_more_than_it_may() {
    // Whatever is allocated once and for all comes before the counting.
    all().iter().for_each(|fixture| drop(fixture.loader.open(&fixture.file)));
    for fixture in all() {
        assert!(!bounded(fixture.loader, &fixture.name, &fixture.file), "{} was taken", fixture.name);
    }
    let mut taken = Vec::new();
    let mut look = |loader: Loader, name: &'static str, file: &[u8]| {
        if bounded(loader, name, file) {
            taken.push((loader.name(), name));
        }
    };
    for (name, file) in headers() {
        look(Loader::Safetensors, name, &file);
        look(Loader::Checkpoint, name, &file);
        look(Loader::Gpt2, name, &[&[0], &file[..]].concat());
        look(Loader::Encoder, name, &[&[0], &file[..]].concat());
        look(Loader::Adapter, name, &file);
    }
    descriptions().iter().for_each(|(name, file)| look(Loader::Checkpoint, name, file));
    tokenizers().iter().for_each(|(loader, name, file)| look(*loader, name, file));
    gguf().iter().for_each(|(name, file)| look(Loader::Gguf, name, file));
    exported().iter().for_each(|(name, file)| look(Loader::Exported, name, file));
    word_vectors().iter().for_each(|(name, file)| look(Loader::WordVectors, name, file));
    let wanted = [
        ("safetensors", "20000 tensors"),
        ("safetensors", "a text of 4 MB"),
        ("safetensors", "a text of escapes"),
        ("safetensors", "half numbers"),
        ("tokenizer_json", "a large vocabulary"),
        ("tokenizer_json", "a large vocabulary, merges as pairs"),
        ("gpt2_vocabulary", "a large vocabulary"),
        ("gguf", "a small model"),
        ("exported", "GGUF of eight bits"),
        ("exported", "GGUF of four bits"),
        ("exported", "ONNX of eight bits"),
        ("exported", "ONNX of four bits"),
        ("word_vectors", "131072 words of one number"),
        ("word_vectors", "long vectors"),
    ];
    assert_eq!(taken, wanted, "these reach the end, and are bounded there too");
}
