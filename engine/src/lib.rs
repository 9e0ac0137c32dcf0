//! The GPT, its training and its inspection, on Burn: native and wasm, with no idea of a browser.
//!
//! Whoever embeds the engine gives it a [`run::Host`] and asks the [`registry`] to run jobs by name.

pub mod device;
mod drill;
mod generate;
pub mod gpt;
mod inspect;
mod matmul;
mod model_card;
pub mod ops;
mod probe;
pub mod run;
pub mod self_test;
pub mod train;

use run::Registry;

/// Every job this engine can run: one line each.
pub fn registry() -> Registry {
    Registry::new()
        .with(drill::run)
        .with(generate::run)
        .with(inspect::run)
        .with(matmul::run)
        .with(model_card::read)
        .with(model_card::export)
        .with(probe::run)
        .with(self_test::run)
        .with(train::job::open)
        .with(train::job::run)
        .with(train::job::save)
}
