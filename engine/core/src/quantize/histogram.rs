//! How often numbers of each size occur.

use serde::{Deserialize, Serialize};

/// Counts in bins of one width, from `-reach` to `reach`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Histogram {
    /// Where the outermost bins end.
    pub reach: f32,
    /// How many numbers each bin holds, from the lowest on.
    pub counts: Vec<u32>,
}

impl Histogram {
    /// Counts `numbers` in so many `bins`. What lies beyond the reach counts in the outermost bin.
    ///
    /// # Panics
    /// If there is no bin.
    ///
    /// ```
    /// use engine_core::quantize::histogram::Histogram;
    /// let histogram = Histogram::of(&[-1.0, 0.0, 0.2, 7.0], 1.0, 4);
    /// assert_eq!(histogram.counts, [1, 0, 2, 1]);
    /// assert_eq!(histogram.middle(3), 0.75);
    /// ```
    pub fn of(numbers: &[f32], reach: f32, bins: usize) -> Self {
        assert!(bins > 0, "there is a bin to count in");
        let mut counts = vec![0; bins];
        for x in numbers {
            // Casting a negative number to `usize` gives 0: what lies below belongs to the first bin.
            let bin = ((x / reach + 1.0) / 2.0 * bins as f32) as usize;
            counts[bin.min(bins - 1)] += 1;
        }
        Self { reach, counts }
    }

    /// The middle of a bin.
    pub fn middle(&self, bin: usize) -> f64 {
        f64::from(self.reach) * ((2 * bin + 1) as f64 / self.counts.len() as f64 - 1.0)
    }
}
