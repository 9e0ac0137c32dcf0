//! GGUF files, the format of llama.cpp: metadata, then tensors whose numbers come in small blocks.
//!
//! The file is never read as a whole, and nothing that it says is believed before it is checked: [`Header::read`] takes
//! the beginning of the file and its size, and either asks for more or says what the file holds and where. The layout is
//! that of `docs/gguf.md` in the ggml repository, versions 2 and 3.

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::string_slice))]
#![cfg_attr(not(test), deny(clippy::panic, clippy::unreachable, clippy::todo, clippy::arithmetic_side_effects))]
#![cfg_attr(not(test), deny(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_possible_wrap))]

mod blocks;
mod bytes;
mod encode;
mod header;
mod llama;
mod tensors;
#[cfg(test)]
mod tests;
mod values;

pub use crate::texts::Texts;
pub use blocks::Kind;
pub use header::{Header, Reading};
pub use llama::LlamaFile;
pub use tensors::Info;
pub use values::{List, Value};

/// A header may be so long. That of SmolLM2 has 1.8 MB; a vocabulary of 256 000 tokens needs about 15 MB.
pub const MOST_HEADER: u64 = 64 << 20;
