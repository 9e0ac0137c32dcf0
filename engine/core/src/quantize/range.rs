//! How far the grid of one group reaches, and what its steps are.

use super::{Calibration, Grid, Scheme, Width};

/// The grid of one group: `value = scale · (code - zero)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// What one step is worth.
    pub scale: f32,
    /// The whole number that stands for zero.
    pub zero: i8,
    /// Bits of a whole number.
    pub width: Width,
    /// Which whole numbers are used.
    pub grid: Grid,
}

impl Step {
    // ANCHOR: step
    /// The grid that reaches as far as `numbers` do. Numbers that are all zero get steps of 1.
    pub fn of(numbers: &[f32], scheme: Scheme) -> Self {
        let Scheme { width, grid, calibration, .. } = scheme;
        let [low, high] = reach(numbers, grid, calibration);
        let most = f64::from(width.most());
        let steps = match grid {
            Grid::Symmetric => 2.0 * most,
            Grid::Affine => 2.0 * most + 1.0,
        };
        // Smaller scales would have lost digits of their own.
        let scale = if high > low { ((high - low) / steps) as f32 } else { 1.0 }.max(f32::MIN_POSITIVE);
        let zero = match grid {
            Grid::Symmetric => 0,
            Grid::Affine => (-most - 1.0 - low / f64::from(scale)).round_ties_even() as i8,
        };
        Self { scale, zero, width, grid }
    }

    /// The whole number whose value is nearest to `x`.
    pub fn code(&self, x: f64) -> i8 {
        let most = f64::from(self.width.most());
        let lowest = if self.grid == Grid::Symmetric { -most } else { -most - 1.0 };
        ((x / f64::from(self.scale)).round_ties_even() + f64::from(self.zero)).clamp(lowest, most) as i8
    }

    /// What a whole number stands for.
    pub fn value(&self, code: i8) -> f32 {
        // The outermost step of the very largest numbers may round to beyond them.
        (self.scale * (f32::from(code) - f32::from(self.zero))).clamp(f32::MIN, f32::MAX)
    }
    // ANCHOR_END: step
}

/// From where to where the grid must reach: `[low, high]`, zero between them.
fn reach(numbers: &[f32], grid: Grid, calibration: Calibration) -> [f64; 2] {
    let numbers = numbers.iter().map(|x| f64::from(*x));
    match grid {
        Grid::Symmetric => {
            let far = furthest(numbers.map(f64::abs).collect(), calibration);
            [-far, far]
        }
        Grid::Affine => {
            [-furthest(numbers.clone().map(|x| -x).collect(), calibration), furthest(numbers.collect(), calibration)]
        }
    }
}

/// The largest of `numbers`, or the percentile: between two of them, in proportion. Not below zero.
fn furthest(mut numbers: Vec<f64>, calibration: Calibration) -> f64 {
    let last = numbers.len().saturating_sub(1);
    let far = match calibration {
        Calibration::AbsMax => numbers.into_iter().fold(0.0, f64::max),
        Calibration::Percentile(share) => {
            numbers.sort_unstable_by(f64::total_cmp);
            let place = share / 100.0 * last as f64;
            let below = (place as usize).min(last);
            let (low, high) = (numbers[below], numbers[(below + 1).min(last)]);
            low + (high - low) * (place - below as f64)
        }
    };
    far.max(0.0)
}
