//! What lessons print in full: each file is the Rust version of one listing, compiled and tested like the rest.

pub mod block;
pub mod cached;
pub mod chat;
pub mod complete;
pub mod data;
pub mod embedding;
pub mod habits;
pub mod heads;
pub mod lora;
pub mod mask;
pub mod numbers;
pub mod objective;
pub mod training;
