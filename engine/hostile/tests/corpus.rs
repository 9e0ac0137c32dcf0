//! What fuzzing has kept, again in every test run: each file of `fuzz/corpus`, and thousands of changes to it.

#![cfg(not(target_arch = "wasm32"))]

use engine_hostile::{Loader, mutated};
use std::{fs, path::PathBuf, time::Instant};

/// Changes to each file. The seed of each is its number.
const CHANGES: u64 = 1000;

fn corpus(loader: Loader) -> Vec<(String, Vec<u8>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(loader.name());
    let entries = fs::read_dir(&folder).unwrap_or_else(|why| panic!("{}: {why}", folder.display()));
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap())).collect()
}

/// Opens a file, which may take a second at most and must end in a sentence; true where it was taken.
fn opened(loader: Loader, name: &str, file: &[u8]) -> bool {
    let start = Instant::now();
    let result = loader.open(file);
    let took = start.elapsed().as_secs_f64();
    assert!(took < 1.0, "{} {name} took {took} s", loader.name());
    if let Err(sentence) = &result {
        assert!(sentence.ends_with('.') && sentence.chars().count() < 600, "{} {name}: {sentence}", loader.name());
    }
    result.is_ok()
}

#[test]
fn every_kept_file_and_its_changes_are_refused_or_read() {
    for loader in Loader::ALL {
        let start = Instant::now();
        let kept = corpus(loader);
        let mut taken = 0;
        for (name, file) in &kept {
            opened(loader, name, file);
            for seed in 0..CHANGES {
                taken += u64::from(opened(loader, &format!("{name}, seed {seed}"), &mutated(file, seed)));
            }
        }
        println!(
            "{}: {} files, {taken} of {} changed ones still sound, {:.2?}",
            loader.name(),
            kept.len(),
            kept.len() as u64 * CHANGES,
            start.elapsed()
        );
        assert!(taken > 0, "every change to a file for {} was refused: changes are too coarse", loader.name());
    }
}

#[test]
fn the_corpora_begin_with_the_sound_files() {
    for loader in Loader::ALL {
        let kept = corpus(loader);
        for (name, file) in loader.sound() {
            let found = kept.iter().any(|(kept, bytes)| kept == name && *bytes == file);
            assert!(found, "run: cargo run -p engine-hostile --example corpus ({} {name})", loader.name());
        }
    }
}

#[test]
fn every_loader_has_a_fuzz_target() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fuzz");
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
    for loader in Loader::ALL {
        let name = loader.name();
        let target = fs::read_to_string(folder.join(format!("fuzz_targets/{name}.rs"))).unwrap();
        assert!(target.contains(&format!("Loader::{loader:?}")), "{target}");
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{name} is missing in fuzz/Cargo.toml");
    }
}

/// Files in which a panic would be the fault of somebody else's file. A folder's `mod.rs` speaks for the folder.
const LOADERS: [&str; 21] = [
    "adapter_file.rs",
    "at_most.rs",
    "clip.rs",
    "encoder/mod.rs",
    "export/burnpack/read.rs",
    "export/cbor.rs",
    "export/gguf/read.rs",
    "export/gguf/tokens.rs",
    "export/onnx/read.rs",
    "export/protobuf/read.rs",
    "gguf/mod.rs",
    "gpt2_file/mod.rs",
    "model_file.rs",
    "tensor_file/mod.rs",
    "texts.rs",
    "tokenizer/chat.rs",
    "tokenizer/gguf.rs",
    "tokenizer/gpt2.rs",
    "tokenizer/gpt2_files.rs",
    "wire.rs",
    "word_vectors/published.rs",
];

#[test]
fn loaders_deny_what_could_panic() {
    let core = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../core/src");
    for file in LOADERS {
        let text = fs::read_to_string(core.join(file)).unwrap();
        let head: String = text.lines().take_while(|line| !line.starts_with("use ")).collect();
        for lint in [
            "unwrap_used",
            "expect_used",
            "indexing_slicing",
            "string_slice",
            "panic",
            "unreachable",
            "todo",
            "arithmetic_side_effects",
            "cast_possible_truncation",
            "cast_sign_loss",
            "cast_possible_wrap",
        ] {
            assert!(head.contains("deny(") && head.contains(&format!("clippy::{lint}")), "{file} does not deny {lint}");
        }
    }
}
