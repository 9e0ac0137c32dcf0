//! The GPT, its training and its inspection, on Burn: native and wasm, with no idea of a browser.
//!
//! Whoever embeds the engine gives it a [`run::Host`] and asks the [`registry`] to run jobs by name.

mod attention_cost;
mod board;
pub mod device;
mod dissect;
mod drill;
mod embeddings;
mod families;
mod generate;
pub mod gpt;
mod gpt2;
mod inspect;
mod intervene;
mod lay_out;
mod matmul;
mod model_card;
pub mod ops;
mod positions;
mod probe;
pub mod run;
pub mod self_test;
mod tokenize;
pub mod train;
mod write;

use run::Registry;

/// Every job this engine can run: one line each.
pub fn registry() -> Registry {
    Registry::new()
        .with(attention_cost::run)
        .with(dissect::run)
        .with(board::run)
        .with(drill::run)
        .with(embeddings::run)
        .with(families::train)
        .with(families::ask)
        .with(generate::run)
        .with(gpt2::open)
        .with(gpt2::feed)
        .with(gpt2::run)
        .with(inspect::run)
        .with(inspect::score)
        .with(intervene::run)
        .with(intervene::each_part)
        .with(lay_out::run)
        .with(matmul::run)
        .with(model_card::read)
        .with(model_card::export)
        .with(positions::run)
        .with(probe::run)
        .with(self_test::run)
        .with(tokenize::learn)
        .with(tokenize::cut)
        .with(tokenize::count)
        .with(train::job::open)
        .with(train::job::run)
        .with(train::job::save)
        .with(write::run)
}
