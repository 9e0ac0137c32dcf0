//! A GPT taken apart: what every part writes into the residual stream, what could be predicted after each block, and
//! what becomes of the prediction when a part is changed.
//!
//! Plain arithmetic in double precision: [`model`] names the weights, [`pass`] reads a text and keeps what every part
//! wrote, [`lens`] reads the stream half-way, [`shares`] divides a score among the parts, [`change`] interferes.

pub mod change;
pub mod code;
pub mod lens;
pub mod model;
pub mod pass;
pub mod report;
pub mod shares;
pub mod side;

#[cfg(test)]
mod tests;
