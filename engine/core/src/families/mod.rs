//! Encoder, decoder and encoder-decoder: the families of transformers, each small enough to be trained while one watches,
//! on one small language. BERT (Devlin and others 2018) is of the first, GPT (Radford and others 2018) of the second, the
//! first transformer (Vaswani and others 2017) and T5 (Raffel and others 2019) of the third.

pub mod ask;
pub mod language;
pub mod lesson;
pub mod model;
pub mod skills;
mod stack;
pub mod training;

use serde::{Deserialize, Serialize};

/// A family of models, and what it learns to do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// Every word sees every other; hidden words are to be found.
    #[default]
    Encoder,
    /// A word sees those before it; the next is to be found.
    Decoder,
    /// A decoder that looks at what an encoder has read; it translates.
    EncoderDecoder,
    /// A decoder that is given the sentence first and goes on with its translation.
    Prompted,
}

impl Family {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Encoder, Self::Decoder, Self::EncoderDecoder, Self::Prompted];

    /// As it is written in links and outcomes.
    pub fn key(self) -> &'static str {
        match self {
            Self::Encoder => "encoder",
            Self::Decoder => "decoder",
            Self::EncoderDecoder => "encoder-decoder",
            Self::Prompted => "prompted",
        }
    }
}
