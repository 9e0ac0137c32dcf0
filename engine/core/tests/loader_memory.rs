//! What a loader allocates stays within four times its input and 16 MB, whatever the file says.
//!
//! A program of its own with a single test, because it counts what the whole program allocates.

use engine_core::{
    gguf::{Header, LlamaFile, Reading},
    tokenizer::{Gpt2Tokenizer, chat::ChatMl},
};
use peak_alloc::PeakAlloc;

#[allow(dead_code, reason = "the other tests use all of it")]
#[path = "../src/gguf/tests/writer.rs"]
mod writer;

use writer::{Writer, text};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Goes as far with a file as it can, and keeps everything until the end.
fn open(file: &[u8]) -> Result<(), String> {
    let Reading::Whole(header) = Header::read(file, file.len() as u64)? else { return Err("More is needed.".into()) };
    let tokenizer = Gpt2Tokenizer::from_gguf(&header);
    let chat = tokenizer.as_ref().map(|tokenizer| ChatMl::from_gguf(&header, tokenizer));
    let llama = LlamaFile::new(&header);
    drop(chat);
    tokenizer?;
    llama.map(|_| ())
}

fn texts(key: &str, items: &[String]) -> Writer {
    let mut all = Writer::default().list(key, 8, items.len() as u64);
    for item in items {
        all.bytes.extend(text(item));
    }
    all
}

/// The largest vocabulary that is read, in the shortest texts: four letters each, and a merge for nearly each.
fn vocabulary() -> Vec<u8> {
    let letter = |n: usize| char::from(b'a' + (n % 26) as u8);
    let pair = |n: usize| String::from_iter([letter(n / 26), letter(n)]);
    let (pairs, count) = (26 * 26, 1 << 17);
    let mut tokens: Vec<String> = (0..pairs).map(pair).collect();
    let mut merges = Vec::new();
    for n in 0..count - pairs {
        let (left, right) = (pair(n / pairs), pair(n % pairs));
        tokens.push(format!("{left}{right}"));
        merges.push(format!("{left} {right}"));
    }
    let types = Writer::default().list("tokenizer.ggml.token_type", 0, count as u64).raw("", &vec![1; count]);
    [
        Writer::new(0, 5).bytes,
        Writer::default().entry("tokenizer.ggml.model", 8, &text("gpt2")).bytes,
        Writer::default().entry("tokenizer.ggml.pre", 8, &text("smollm")).bytes,
        texts("tokenizer.ggml.tokens", &tokens).bytes,
        types.bytes,
        texts("tokenizer.ggml.merges", &merges).bytes,
    ]
    .concat()
}

#[test]
fn no_file_makes_a_loader_allocate_more_than_it_may() {
    let mut tensors = Writer::new(20_000, 0);
    let mut entries = Writer::new(0, 4096);
    for number in 0..20_000u64 {
        tensors = tensors.tensor(&format!("{number}"), &[1], 1, number * 32);
    }
    for number in 0..4096 {
        entries = entries.entry(&format!("{number}"), 0, &[0]);
    }
    let empty_lists = [&0u32.to_le_bytes()[..], &0u64.to_le_bytes()].concat().repeat(4096);
    let files = [
        ("a small model", include_bytes!("llama/tiny.gguf").to_vec()),
        ("a million empty texts", texts("k", &vec![String::new(); 1 << 20]).bytes),
        ("a million texts of one letter", texts("k", &vec!["x".to_owned(); 1 << 20]).bytes),
        ("four million numbers", Writer::default().list("k", 0, 1 << 22).raw("", &vec![7; 1 << 22]).bytes),
        ("4096 empty lists", Writer::default().list("k", 9, 4096).raw("", &empty_lists).bytes),
        ("4096 entries", entries.bytes),
        ("20000 tensors", tensors.data(20_000 * 32)),
        ("a large vocabulary", vocabulary()),
        ("counts without anything behind them", Writer::new(20_000, 4096).bytes),
        ("a text of 2^60 bytes", Writer::default().entry("k", 8, &(1u64 << 60).to_le_bytes()).bytes),
        ("a list of 2^60 items", Writer::default().list("k", 0, 1 << 60).bytes),
    ];
    for (name, file) in files {
        let file = if file.starts_with(b"GGUF") { file } else { [Writer::new(0, 1).bytes, file].concat() };
        let before = MEMORY.current_usage();
        MEMORY.reset_peak_usage();
        let result = open(&file);
        let most = MEMORY.peak_usage() - before;
        println!("{name}: {} bytes of file, {most} allocated, {:?}", file.len(), result.as_ref().err());
        assert!(most <= 4 * file.len() + (16 << 20), "{name}: {} bytes of file, {most} allocated", file.len());
        assert_eq!(result.is_ok(), name == "a small model", "{name}: {result:?}");
    }
}
