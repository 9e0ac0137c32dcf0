//! The bad files of each loader, and the sound ones they are made from.

mod adapter;
mod checkpoint;
mod encoder;
mod exported;
mod gguf;
mod gguf_lies;
mod gpt2;
mod messages;
mod safetensors;
mod tokenizers;
mod word_vectors;

use crate::{Fixture, Loader};
pub use adapter::ADAPTED;

/// A bad file: what is wrong with it, its bytes, and what the sentence must say.
type Case = (String, Vec<u8>, String);

/// The bad files of one loader.
pub fn bad(loader: Loader) -> Vec<Fixture> {
    let cases = match loader {
        Loader::Safetensors => safetensors::bad(),
        Loader::Checkpoint => checkpoint::bad(),
        Loader::Gpt2 => gpt2::bad(),
        Loader::Gpt2Vocabulary => tokenizers::bad_vocabularies(),
        Loader::TokenizerJson => tokenizers::bad_json(),
        Loader::Gguf => gguf::bad(),
        Loader::WordVectors => word_vectors::bad(),
        Loader::Encoder => encoder::bad(),
        Loader::Exported => exported::bad(),
        Loader::Adapter => adapter::bad(),
        Loader::Message => messages::bad(),
    };
    cases.into_iter().map(|(name, file, says)| Fixture { loader, name, file, says }).collect()
}

/// The small sound files of one loader.
pub fn sound(loader: Loader) -> Vec<(&'static str, Vec<u8>)> {
    match loader {
        Loader::Safetensors => vec![("two-tensors", safetensors::sound()), ("empty", safetensors::file("{}", 0))],
        Loader::Checkpoint => {
            vec![("characters", checkpoint::sound().into_bytes()), ("byte-pairs", checkpoint::with_byte_pairs())]
        }
        Loader::Gpt2 => vec![("tied", gpt2::sound(true)), ("own-head", gpt2::sound(false))],
        Loader::Gpt2Vocabulary => vec![("random-gpt2", tokenizers::sound_vocabulary())],
        Loader::TokenizerJson => vec![("random-gpt2", tokenizers::WHOLE.as_bytes().to_vec())],
        Loader::Gguf => vec![("llama", gguf::Sketch::new().file())],
        Loader::WordVectors => vec![("three-words", word_vectors::sound())],
        Loader::Encoder => vec![("bert", encoder::sound())],
        Loader::Exported => exported::sound(),
        Loader::Adapter => vec![("rank-two", adapter::sound())],
        Loader::Message => messages::sound(),
    }
}

/// Cases as they are written down.
fn owned<const N: usize>(cases: [(&str, Vec<u8>, &str); N]) -> Vec<Case> {
    cases.into_iter().map(|(name, file, says)| (name.to_owned(), file, says.to_owned())).collect()
}

/// `file` with the first `from` in it replaced.
fn patched(file: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let at = file.windows(from.len()).position(|bytes| bytes == from).expect("it stands in the file");
    [&file[..at], to, &file[at + from.len()..]].concat()
}
