//! Models in the layout of Hugging Face's GPT-2: a safetensors file, with or without its `config.json`.
//!
//! The file is never read as a whole. [`Plan::new`] reads the header, checks every name, type and shape, and says
//! which stretches of the file are needed; [`Loading`] takes them one by one, straight into the model's own numbers.

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::string_slice))]
#![cfg_attr(not(test), deny(clippy::panic, clippy::unreachable, clippy::todo, clippy::arithmetic_side_effects))]
#![cfg_attr(not(test), deny(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_possible_wrap))]

mod config_json;
mod header;
mod loading;
#[cfg(test)]
mod tests;

pub use crate::tensor_file::header::MOST_HEADER;
pub use loading::Loading;

use crate::{
    architecture::Architecture,
    config::{GptConfig, LIMITS},
};
use config_json::Declared;
use header::Header;
use serde::{Deserialize, Serialize};

/// A piece of the file is at most so long.
pub const MOST_PIECE: usize = 4 << 20;
/// Heads of all GPT-2 models are so wide.
const USUAL_HEAD: usize = 64;

/// What a file holds, and which of its bytes are needed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Sizes of the model.
    pub config: GptConfig,
    /// How the number of heads is known, which no tensor tells.
    pub heads_from: HeadsFrom,
    /// Numbers that training adjusted.
    pub parameters: u64,
    /// The types of the file's numbers, such as `F32`.
    pub types: Vec<String>,
    /// The file's tensors by name, as they stand there.
    pub tensors: Vec<Found>,
    /// Stretches of the file, in the order in which [`Loading::feed`] takes them.
    pub pieces: Vec<Piece>,
    /// What the model takes in memory: numbers of 32 bits, and the keys and values of a full context.
    pub memory_bytes: u64,
}

/// How the number of heads is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum HeadsFrom {
    /// `config.json` says it.
    Config,
    /// The learner said it.
    Asked,
    /// No file says it: as in every GPT-2, a head is taken to be 64 wide.
    Derived,
}

/// A tensor of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// Its name there.
    pub name: String,
    /// Its shape there.
    pub shape: Vec<usize>,
    /// Whether the model needs it. Causal masks, which some files keep as tensors, are passed over.
    pub used: bool,
}

/// A stretch of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// Where it begins, from the start of the file.
    pub offset: u64,
    /// How many bytes.
    pub length: usize,
}

impl Plan {
    /// Reads the beginning of a file of `size` bytes.
    ///
    /// # Errors
    /// A sentence that says what is wrong, where, and what to do.
    pub fn new(
        head: &[u8],
        size: u64,
        config: Option<&str>,
        n_heads: Option<usize>,
    ) -> Result<(Self, Loading), String> {
        let header = Header::read(head, size)?;
        let declared = config.map(Declared::read).transpose()?;
        let mut sizes = header.sizes()?;
        let (heads, heads_from) = match (declared.as_ref().map(|it| it.n_head), n_heads) {
            (Some(heads), _) => (heads, HeadsFrom::Config),
            (None, Some(heads)) => (heads, HeadsFrom::Asked),
            (None, None) if sizes.d_model.is_multiple_of(USUAL_HEAD) => {
                (sizes.d_model.div_euclid(USUAL_HEAD), HeadsFrom::Derived)
            }
            (None, None) => {
                return Err(format!(
                    "The file does not say how many heads the model has, and its width {} is no multiple of 64, the \
                     width of a head in every GPT-2. Open its config.json together with it, or type the number of heads.",
                    sizes.d_model
                ));
            }
        };
        sizes.n_heads = heads;
        if let Some(declared) = &declared {
            declared.check(&sizes)?;
            // The library reads the embedding the other way round, whatever else the file holds.
            sizes.tied_head |= declared.tied;
        }
        fits(&sizes)?;
        let loading = Loading::new(&header, sizes)?;
        let used = loading.names();
        let found = |(name, info): (&String, &crate::tensor_file::header::Info)| Found {
            name: name.clone(),
            shape: info.shape.clone(),
            used: used.contains(name),
        };
        let tensors: Vec<Found> = header.tensors().map(found).collect();
        let mut types: Vec<String> = loading.types();
        types.sort();
        types.dedup();
        let parameters = sizes.parameters() as u64;
        // Keys and values of every block for a full context.
        let cache =
            [2, sizes.n_layers, sizes.context, sizes.d_model].iter().fold(1u64, |all, n| all.saturating_mul(*n as u64));
        let memory_bytes = parameters.saturating_add(cache).saturating_mul(4);
        let pieces = loading.pieces();
        Ok((Self { config: sizes, heads_from, parameters, types, tensors, pieces, memory_bytes }, loading))
    }

    /// The same model as the builder counts it.
    pub fn architecture(&self) -> Architecture {
        let GptConfig { vocab_size, n_layers, n_heads, d_model, context, tied_head } = self.config;
        Architecture { vocab: vocab_size, context, tied: tied_head, ..Architecture::gpt2(n_layers, n_heads, d_model) }
    }
}

/// Whether this engine can hold such a model.
fn fits(sizes: &GptConfig) -> Result<(), String> {
    sizes.validate().map_err(|why| {
        let GptConfig { n_layers, d_model, .. } = LIMITS;
        format!(
            "The model cannot be run here: {why} Choose another one; the largest GPT-2 that fits is GPT-2 medium, with {n_layers} blocks \
             and a width of {d_model}."
        )
    })
}
