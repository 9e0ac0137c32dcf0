//! Times of many tokens in three numbers.

use serde::{Deserialize, Serialize};

// ANCHOR: latency
/// How long tokens took, in milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Latency {
    /// Half of them were quicker.
    pub median: f64,
    /// Nineteen of twenty were quicker, or as quick.
    pub slow: f64,
    /// Tokens in a second, at this mean.
    pub per_second: f64,
}

/// Sums up times in milliseconds; none if there are none.
///
/// ```
/// use engine_core::edge::latency::latency;
/// let mut times = vec![2.0; 19];
/// times.push(42.0);
/// let all = latency(&times).unwrap();
/// assert_eq!((all.median, all.slow, all.per_second), (2.0, 2.0, 250.0));
/// ```
pub fn latency(times: &[f64]) -> Option<Latency> {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    let sum: f64 = sorted.iter().sum();
    let last = sorted.len().checked_sub(1)?;
    // The rank is rounded up, so that so many are at most as slow.
    let rank = |share: f64| sorted[((share * sorted.len() as f64).ceil() as usize).clamp(1, last + 1) - 1];
    Some(Latency { median: rank(0.5), slow: rank(0.95), per_second: 1000.0 * sorted.len() as f64 / sum.max(1e-9) })
}
// ANCHOR_END: latency

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slowest_of_few_is_the_slow_one() {
        let all = latency(&[3.0, 1.0, 2.0]).unwrap();
        assert_eq!((all.median, all.slow, all.per_second), (2.0, 3.0, 500.0));
        assert_eq!(latency(&[]), None);
    }
}
