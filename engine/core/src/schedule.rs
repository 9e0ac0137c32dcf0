//! The learning rate over time: linear warm-up, then a cosine down to a tenth.

use crate::config::TrainConfig;

/// The share of the peak that is left at the end.
pub const FLOOR: f32 = 0.1;

// ANCHOR: learning_rate
/// The learning rate at `step` (counted from zero).
///
/// ```
/// use engine_core::{config::TrainConfig, schedule::learning_rate};
/// let c = TrainConfig { learning_rate: 1.0, warmup: 10, steps: 110, ..Default::default() };
/// assert_eq!(learning_rate(&c, 4), 0.5);
/// assert_eq!(learning_rate(&c, 10), 1.0);
/// assert!((learning_rate(&c, 110) - 0.1).abs() < 1e-6);
/// ```
pub fn learning_rate(config: &TrainConfig, step: u32) -> f32 {
    if step < config.warmup {
        return config.learning_rate * (step + 1) as f32 / config.warmup as f32;
    }
    let span = config.steps.saturating_sub(config.warmup).max(1) as f64;
    let done = (f64::from(step - config.warmup) / span).min(1.0);
    let cosine = 0.5 * (1.0 + libm::cos(std::f64::consts::PI * done)) as f32;
    config.learning_rate * (FLOOR + (1.0 - FLOOR) * cosine)
}
// ANCHOR_END: learning_rate
