//! The jobs that need no tensors: plain arithmetic on slices, native and wasm, knows neither Burn nor a browser.
//!
//! They have a program of their own beside the one with Burn, so that neither is fetched for the other's sake. Whoever
//! embeds this gives it a [`run::Host`] and asks the [`registry`] to run jobs by name.

mod adapt;
#[cfg(not(target_arch = "wasm32"))]
pub mod alone;
mod compress;
mod distil;
mod edge;
mod embeddings;
pub mod encoder;
mod export;
mod families;
mod gguf;
pub mod gpt;
mod lay_out;
mod learner;
pub mod llama;
mod positions;
mod prune;
mod quantize;
mod self_test;
#[cfg(test)]
mod testing;
mod timing;
mod tokenize;

pub use self_test::self_test;

/// Running jobs here: there is no device to hand on.
pub mod run {
    pub use engine_run::{LocalFuture, Sessions};
    /// What the embedder supplies.
    pub type Host = engine_run::Host<()>;
    /// A job's view of its host.
    pub type Context<J> = engine_run::Context<J, ()>;
    /// Handlers by job name.
    pub type Registry = engine_run::Registry<()>;
}

use run::Registry;

/// What computes, in front of a learner.
pub fn device_name() -> String {
    format!("CPU, {}", kernels::VARIANT)
}

/// Every job this program can run: one line each.
pub fn registry() -> Registry {
    Registry::new()
        .with(adapt::train)
        .with(adapt::try_on)
        .with(edge::run)
        .with(compress::run)
        .with(distil::run)
        .with(embeddings::run)
        .with(encoder::open)
        .with(encoder::feed)
        .with(encoder::run)
        .with(export::open)
        .with(export::project)
        .with(export::save)
        .with(families::train)
        .with(families::ask)
        .with(gguf::open)
        .with(gguf::feed)
        .with(gguf::speak)
        .with(gguf::close)
        .with(lay_out::run)
        .with(positions::run)
        .with(prune::run)
        .with(prune::speed::of_layer)
        .with(quantize::run)
        .with(tokenize::learn)
        .with(tokenize::cut)
        .with(tokenize::count)
}
