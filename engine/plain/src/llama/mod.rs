//! A Llama such as SmolLM2 that runs from the blocks of its GGUF file: weights of four and eight bits stay what they are.
//!
//! [`Loading`] takes the file's stretches one by one into a [`Model`]; a [`Decoder`] runs it and remembers what it read.

mod attention;
mod cache;
mod decoder;
mod loading;
mod matrix;
mod model;
#[cfg(test)]
mod tests;

pub use cache::Cache;
pub use decoder::{Decoder, Reading};
pub use loading::{Loading, Part};
pub use matrix::Matrix;
pub use model::Model;
