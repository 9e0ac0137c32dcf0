//! Plain types, jobs and reference arithmetic. No Burn, no GPU, no browser.
//!
//! Start with [`jobs`] to see what the engine can be asked, and with [`reference`] to see the
//! arithmetic it must agree with.

pub mod config;
pub mod fingerprint;
pub mod job;
pub mod jobs;
pub mod loss_words;
pub mod model_file;
pub mod reference;
pub mod rng;
pub mod sampling;
pub mod schedule;
pub mod tensor_file;
pub mod tokenizer;
pub mod wire;
