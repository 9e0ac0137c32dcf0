//! Plain types, jobs and reference arithmetic. No Burn, no GPU, no browser.
//!
//! Start with [`jobs`] to see what the engine can be asked, and with [`reference`] to see the
//! arithmetic it must agree with.

pub mod adamw;
pub mod adapter_file;
pub mod architecture;
mod at_most;
pub mod beam;
mod clip;
pub mod compress;
pub mod config;
pub mod corpus;
pub mod decoder;
pub mod dissect;
pub mod distil;
pub mod edge;
pub mod encoder;
pub mod export;
pub mod families;
pub mod fingerprint;
pub mod first_weights;
pub mod gguf;
pub mod gpt2_file;
pub mod head_scores;
pub mod job;
pub mod jobs;
pub mod llama;
pub mod loss_words;
pub mod model_file;
pub mod ngram;
pub mod number_formats;
pub mod positions;
pub mod presets;
pub mod prune;
pub mod quantize;
pub mod reference;
pub mod repeats;
pub mod rng;
pub mod sampling;
pub mod schedule;
mod small;
pub mod spectrum;
pub mod subwords;
pub mod tasks;
pub mod tensor_file;
mod texts;
pub mod tiny_attention;
pub mod tokenizer;
pub mod wire;
pub mod word_vectors;
pub mod writer;
