//! Is a gradient right? Change the number a little both ways, and see how the loss moves.

use super::{
    model::Model,
    pass::{Nudge, Place, forward},
};

/// How far a number is moved to each side; where the loss is steep, so far that the loss moves by about this much. The
/// error of the central difference shrinks with its square, but the subtraction of two nearly equal losses loses
/// digits: about here both are small.
pub const STEP: f64 = 1e-5;

/// A gradient beside what the loss really does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Check {
    /// By the rules of differentiation, backwards.
    pub gradient: f64,
    /// How far the number was moved to each side.
    pub step: f64,
    /// The loss with the number a little larger.
    pub above: f64,
    /// The loss with the number a little smaller.
    pub below: f64,
}

impl Check {
    /// `(above − below) / (2 · step)`.
    pub fn difference(&self) -> f64 {
        (self.above - self.below) / (2.0 * self.step)
    }

    /// The distance of the two, as a share of the larger; of 1e-4 at least, where rounding of the loss takes over.
    pub fn relative_error(&self) -> f64 {
        let measured = self.difference();
        (self.gradient - measured).abs() / self.gradient.abs().max(measured.abs()).max(1e-4)
    }
}

/// Measures how the loss moves with one number of a table, or of one use of it.
pub fn check(model: &Model, place: Place, (row, column): (usize, usize), gradient: f64) -> Check {
    let loss = |by: f64| forward(model, Some(Nudge { place, row, column, by }))[model.loss()].at(0, 0);
    let step = STEP / gradient.abs().max(1.0);
    Check { gradient, step, above: loss(step), below: loss(-step) }
}
