//! Files of sentence encoders: BERT (Devlin et al. 2018) in safetensors, as published with numbers of 32 bits, or with
//! the matrices in whole numbers of eight bits as [`convert`] writes them.
//!
//! The file is never read as a whole, and nothing it says is believed before it is checked: [`Plan::new`] takes the
//! header and says which stretches of the file are needed, [`Loading`] takes those one by one, straight into place.
//! Running the model is `engine/plain/src/encoder`, slow and obvious [`reference::bert`](crate::reference::bert).
//!
//! A file in whole numbers is an ordinary safetensors file. A matrix `NAME.weight` is I8, a row for each output, with
//! `NAME.weight.scales` in F32, a number for each row. A layer's input is multiplied by `INPUT.factors` first, so that
//! no column of its weights is larger than the others. `vocabulary` holds the bytes of `vocab.txt`.

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::string_slice))]
#![cfg_attr(not(test), deny(clippy::panic, clippy::unreachable, clippy::todo, clippy::arithmetic_side_effects))]
#![cfg_attr(not(test), deny(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_possible_wrap))]

mod config;
pub mod convert;
mod header;
mod loading;
#[cfg(test)]
mod tests;
mod weights;

pub use config::{EncoderConfig, Role, Tensor};
pub use loading::Loading;
pub use weights::{Matrix, Weights};

use crate::gpt2_file::Piece;
use header::Header;
use serde::{Deserialize, Serialize};

/// A header may be so long. That of MiniLM has 12 kB.
pub const MOST_HEADER: usize = 1 << 20;
/// A piece of the file is at most so long.
pub const MOST_PIECE: usize = 4 << 20;
/// The key of the metadata under which a file in whole numbers keeps what matters of `config.json`.
const CONFIG_KEY: &str = "config";
/// The tensor that holds the bytes of `vocab.txt`.
const VOCABULARY: &str = "vocabulary";
/// A vocabulary is never longer.
const MOST_VOCABULARY: usize = 16 << 20;

/// How a file keeps the matrices, and how a model computes with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Arithmetic {
    /// Numbers of 32 bits.
    Float,
    /// Whole numbers: weights of eight bits, what flows through of thirteen.
    Whole,
}

/// What a file holds, and which of its bytes are needed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Sizes of the model.
    pub config: EncoderConfig,
    /// How the file keeps the matrices.
    pub kept: Arithmetic,
    /// Whether the file has the vocabulary in it.
    pub has_vocabulary: bool,
    /// Numbers that training adjusted and that are used.
    pub parameters: u64,
    /// Stretches of the file, in the order in which [`Loading::feed`] takes them.
    pub pieces: Vec<Piece>,
}

impl Plan {
    /// Reads `head`, the beginning of a file of `size` bytes: its whole header, or all of the file that there is.
    /// `config` is the text of `config.json`; a file in whole numbers has it inside.
    ///
    /// # Errors
    /// A sentence that says what is wrong, where, and what to do.
    pub fn new(head: &[u8], size: u64, config: Option<&str>) -> Result<(Self, Loading), String> {
        let header = Header::read(head, size)?;
        let (config, kept) = header.config(config)?;
        let loading = Loading::new(&header, &config, kept)?;
        let parameters = config.tensors().iter().map(Tensor::numbers).fold(0, u64::saturating_add);
        let has_vocabulary = header.tensor(VOCABULARY).is_some();
        let plan = Self { pieces: loading.pieces(), config, kept, has_vocabulary, parameters };
        Ok((plan, loading))
    }
}
