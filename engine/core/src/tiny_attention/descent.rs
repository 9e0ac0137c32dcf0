//! Going downhill: every learned number takes one step against its gradient.

use super::{model::Model, pass::Pass};

/// Moves each learned number by `-rate` times its gradient.
pub fn step(model: &mut Model, pass: &Pass, rate: f64) {
    for (parameter, gradient) in model.parameters.iter_mut().zip(&pass.gradients) {
        if let Some(table) = parameter {
            table.add_scaled(gradient, -rate);
        }
    }
}

/// The sum of the squares of all learned numbers' gradients: the loss falls by about `rate` times this, if the step
/// is small.
pub fn slope(model: &Model, pass: &Pass) -> f64 {
    let learned = model.parameters.iter().zip(&pass.gradients).filter(|(parameter, _)| parameter.is_some());
    learned.flat_map(|(_, gradient)| gradient.numbers()).map(|number| number * number).sum()
}

/// The learned number with the gradient that is largest, either sign: its node, row and column.
pub fn steepest(model: &Model, pass: &Pass) -> (usize, usize, usize) {
    let mut best = (0, 0, 0);
    let mut size = -1.0;
    for (id, gradient) in pass.gradients.iter().enumerate().filter(|(id, _)| model.parameters[*id].is_some()) {
        for (row, column) in gradient.places() {
            if gradient.at(row, column).abs() > size {
                size = gradient.at(row, column).abs();
                best = (id, row, column);
            }
        }
    }
    best
}
