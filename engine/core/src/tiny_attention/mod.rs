//! A language model so small that every number of it fits on a screen: one layer, one attention head, vectors of
//! four numbers, five words. It is computed in double precision, forwards and backwards, and nothing is thrown away.
//!
//! [`Model`] says which tables there are, [`run`] computes them and their gradients, [`check`] asks whether a gradient
//! is right, [`worked`] shows what a number was made of, and [`descent`] takes a step downhill.

mod check;
pub mod descent;
mod matrix;
mod model;
mod pass;
mod worked;

#[cfg(test)]
mod tests;

pub use check::{Check, STEP, check};
pub use matrix::Matrix;
pub use model::{Axis, D_FF, D_MODEL, Model, Name, Node, Op, Settings, WORDS};
pub use pass::{Edge, Nudge, Pass, Place, edges, forward, run};
pub use worked::{Kind, Operand, Rule, Term, Worked, gradient_part, value};
