//! The fast model against the slow reference on a tiny file of every kind, and against numpy on SmolLM2 where it is kept.

use super::*;
use engine_core::{
    gguf::{Header, Info, LlamaFile, Reading as Head},
    reference::llama::forward,
    sampling::top,
};
use serde::Deserialize;
use std::{
    fs::File,
    io::{Read, Seek, SeekFrom, Write},
    path::PathBuf,
};

const TINY: &[u8] = include_bytes!("../../../core/tests/llama/tiny.gguf");

fn tiny() -> LlamaFile {
    let Head::Whole(header) = Header::read(TINY, TINY.len() as u64).unwrap() else { panic!("it is whole") };
    LlamaFile::new(&header).unwrap()
}

fn stretch(offset: u64, length: u64) -> &'static [u8] {
    &TINY[offset as usize..][..length as usize]
}

fn loaded() -> Model {
    let mut loading = Loading::new(&tiny());
    let parts = loading.parts().to_vec();
    for (at, part) in parts.iter().enumerate() {
        let last = loading.feed(at, stretch(part.offset, part.length)).unwrap();
        assert_eq!(last, at + 1 == parts.len());
    }
    loading.finish().unwrap()
}

/// By how much two rows of logits differ at most, as a share of the largest of them.
fn apart(ours: &[f32], twin: &[f64]) -> f64 {
    assert_eq!(ours.len(), twin.len());
    let largest = twin.iter().fold(0.0, |most: f64, b| most.max(b.abs()));
    ours.iter().zip(twin).fold(0.0, |most: f64, (a, b)| most.max((f64::from(*a) - b).abs())) / largest
}

/// Sixteen bits keep four digits and a half, of which the blocks lose one and a half. A wrong angle or scale costs them all.
const TOLERANCE: f64 = 1e-3;

/// Its 13 tensors' rows of every kind, tokens one by one, some at once, all at once.
#[test]
fn the_tiny_model_computes_what_the_reference_does() {
    let file = tiny();
    let weights = file.read(|info: &Info| Ok(stretch(info.offset, info.length).to_vec())).unwrap();
    let ids: Vec<u32> = (0..40).map(|at| at * 37 % 300).collect();
    let twin = forward(&file.config, &weights, &ids);
    for piece in [1, 3, 7, 40] {
        let mut decoder = Decoder::new(loaded(), 48);
        let mut last = 0;
        for ids in ids.chunks(piece) {
            let logits = decoder.read(ids);
            last += ids.len();
            let off = apart(&logits, &twin[last - 1]);
            assert!(off < TOLERANCE, "{piece} at once, after {last} tokens: off by {off}");
        }
        // Back to an earlier place, and on from there: the same as if the rest had never been read.
        decoder.keep(10);
        let again = decoder.read(&ids[10..20]);
        assert!(apart(&again, &twin[19]) < TOLERANCE && decoder.cache().ids() == &ids[..20]);
    }
}

#[test]
fn stretches_that_do_not_fit_are_refused() {
    let mut loading = Loading::new(&tiny());
    let part = loading.parts()[0];
    let bytes = stretch(part.offset, part.length);
    let refuse = |loading: &mut Loading, at: usize, bytes: &[u8]| loading.feed(at, bytes).unwrap_err();
    assert_eq!(refuse(&mut loading, 1, bytes), "Piece 1 came when piece 0 was waited for. Open the file again.");
    let short = refuse(&mut loading, 0, &bytes[1..]);
    assert!(short.starts_with("The file ended within the tensor ") && short.ends_with("Open it again."), "{short}");
    assert!(Loading::new(&tiny()).finish().unwrap_err().starts_with("Only 0 of "));
    // In every tensor a number, or a block's scale, that is none, at its end; the right bytes are taken afterwards.
    let parts = loading.parts().to_vec();
    for (at, part) in parts.iter().enumerate() {
        let bytes = stretch(part.offset, part.length);
        let mut odd = bytes.to_vec();
        odd[bytes.len() - 40.min(bytes.len())..].fill(0xff);
        let odd = refuse(&mut loading, at, &odd);
        assert!(odd.starts_with("Tensor ") && odd.contains("holds") && odd.ends_with("fetch it anew."), "{odd}");
        assert_eq!(loading.feed(at, bytes), Ok(at + 1 == parts.len()));
    }
    let ids = [5, 6, 7];
    let logits = Decoder::new(loading.finish().unwrap(), 3).read(&ids);
    assert_eq!(logits, Decoder::new(loaded(), 3).read(&ids));
}

#[test]
fn what_the_weights_take_is_known_beforehand() {
    // Room for 2048 tokens of SmolLM2: 30 blocks, keys and values, three heads of 64 numbers.
    let smol = engine_core::llama::LlamaConfig { n_layers: 30, n_kv_heads: 3, d_head: 64, ..tiny().config };
    assert_eq!(Cache::memory(&smol, 2048), 30 * 2 * 3 * 64 * 2048 * 4);
    let file = tiny();
    let least: u64 = file.weights.iter().map(|(_, info)| info.length).sum();
    let takes = Loading::new(&file).memory();
    assert!(takes >= least && takes < 2 * least, "{takes} for a file of {least}");
}

#[derive(Deserialize)]
struct Case {
    text: String,
    ids: Vec<u32>,
    best: Vec<(usize, f32)>,
    said: Vec<u32>,
}

/// Where `cargo xtask models` keeps the model; none if it has not been fetched.
fn smollm2() -> Option<File> {
    let home = || PathBuf::from(std::env::var_os("HOME").unwrap_or_default()).join(".cache/glassbox");
    let cache = std::env::var_os("GLASSBOX_CACHE").map_or_else(home, PathBuf::from);
    File::open(cache.join("models/SmolLM2-135M-Instruct.Q4_1.gguf")).ok()
}

#[test]
fn smollm2_says_what_numpy_says() {
    let Some(mut file) = smollm2() else {
        // Past the test's own output, which is only shown when it fails.
        let _ = writeln!(std::io::stderr(), "SKIPPED: SmolLM2 is not there; `cargo xtask models` fetches it.");
        return;
    };
    let size = file.metadata().unwrap().len();
    let mut read = |offset: u64, length: u64| {
        let mut bytes = vec![0; length as usize];
        file.seek(SeekFrom::Start(offset)).unwrap();
        file.read_exact(&mut bytes).unwrap();
        bytes
    };
    let Head::Whole(header) = Header::read(&read(0, 4 << 20), size).unwrap() else { panic!("4 MB hold the header") };
    let mut loading = Loading::new(&LlamaFile::new(&header).unwrap());
    for (at, part) in loading.parts().to_vec().into_iter().enumerate() {
        loading.feed(at, &read(part.offset, part.length)).unwrap();
    }
    let weights = loading.memory();
    assert!(weights < size, "the weights take {weights} bytes, and their file has {size}");
    let mut decoder = Decoder::new(loading.finish().unwrap(), 256);
    let cases: Vec<Case> = serde_json::from_str(include_str!("../../tests/smollm2/golden.json")).unwrap();
    assert_eq!(cases.len(), 5);
    let mut off = 0.0f32;
    for Case { text, ids, best, said } in cases {
        decoder.keep(0);
        let mut logits = decoder.read(&ids);
        for ((id, logit), (wanted, golden)) in top(&logits, 5).into_iter().zip(best) {
            assert!(id == wanted && (logit - golden).abs() < 1e-2, "{text:?}: {id} {logit}, not {wanted} {golden}");
            off = off.max((logit - golden).abs());
        }
        assert_eq!(said.len(), 64);
        for (at, wanted) in said.into_iter().enumerate() {
            let found = top(&logits, 2);
            assert_eq!(found[0].0, wanted as usize, "{text:?}, token {at}, of {found:?}");
            logits = decoder.read(&[wanted]);
        }
    }
    println!("the largest logits are off by at most {off}");
}
