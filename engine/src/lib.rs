//! The GPT, its training and its inspection, on Burn: native and wasm, with no idea of a browser.
//!
//! Whoever embeds the engine gives it a [`run::Host`] and asks the [`registry`] to run jobs by name.

mod attention_cost;
mod board;
pub mod device;
mod dissect;
mod drill;
mod generate;
pub mod gpt;
mod gpt2;
mod inspect;
mod intervene;
mod matmul;
mod model_card;
pub mod ops;
mod packed;
mod probe;
pub mod self_test;
pub mod train;
mod write;

/// Running jobs here: they find their tensors on a device of Burn's.
pub mod run {
    use burn::tensor::Device;
    pub use engine_run::{LocalFuture, Sessions};
    /// What the embedder supplies.
    pub type Host = engine_run::Host<Device>;
    /// A job's view of its host.
    pub type Context<J> = engine_run::Context<J, Device>;
    /// Handlers by job name.
    pub type Registry = engine_run::Registry<Device>;
}

use run::Registry;

/// Every job this engine can run: one line each.
pub fn registry() -> Registry {
    Registry::new()
        .with(attention_cost::run)
        .with(dissect::run)
        .with(board::run)
        .with(drill::run)
        .with(generate::run)
        .with(gpt2::open)
        .with(gpt2::feed)
        .with(gpt2::run)
        .with(inspect::run)
        .with(inspect::score)
        .with(intervene::run)
        .with(intervene::each_part)
        .with(matmul::run)
        .with(model_card::read)
        .with(model_card::export)
        .with(packed::run)
        .with(probe::run)
        .with(self_test::run)
        .with(train::job::open)
        .with(train::job::run)
        .with(train::job::save)
        .with(write::run)
}
