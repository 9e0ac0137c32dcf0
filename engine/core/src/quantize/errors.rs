//! What was lost on the way, four ways to say it.

use serde::{Deserialize, Serialize};

/// How far numbers are from those they stand for.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Errors {
    /// The largest difference.
    pub max: f64,
    /// The mean of the differences' sizes.
    pub mean: f64,
    /// The length of all differences over that of all numbers (Frobenius norms); 0 where nothing was lost.
    pub relative: f64,
    /// The power of the numbers over that of the differences, in decibels: 10 more is ten times less noise, and a bit
    /// more is worth about 6. Infinite where nothing was lost.
    pub sqnr_db: f64,
}

impl Errors {
    /// How far `found` is from `meant`.
    ///
    /// # Panics
    /// If there are not as many of one as of the other.
    ///
    /// ```
    /// use engine_core::quantize::errors::Errors;
    /// let errors = Errors::between(&[3.0, 4.0], &[3.0, 3.5]);
    /// assert_eq!((errors.max, errors.mean, errors.relative, errors.sqnr_db), (0.5, 0.25, 0.1, 20.0));
    /// ```
    pub fn between(meant: &[f32], found: &[f32]) -> Self {
        assert_eq!(meant.len(), found.len(), "one number for each");
        let off = || meant.iter().zip(found).map(|(a, b)| (f64::from(*a) - f64::from(*b)).abs());
        let signal: f64 = meant.iter().map(|x| f64::from(*x).powi(2)).sum();
        let noise: f64 = off().map(|off| off * off).sum();
        Self {
            max: off().fold(0.0, f64::max),
            mean: off().sum::<f64>() / meant.len().max(1) as f64,
            relative: if noise == 0.0 { 0.0 } else { libm::sqrt(noise / signal) },
            sqnr_db: if noise == 0.0 { f64::INFINITY } else { 10.0 * libm::log10(signal / noise) },
        }
    }
}
