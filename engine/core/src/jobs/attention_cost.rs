//! What attention costs on this device: time and memory against the length of the text, in three ways.

use super::self_test::Check;
use crate::job::Job;
use serde::{Deserialize, Serialize};

/// A way to attend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// The whole matrix of scores is made, and kept while it is used.
    Whole,
    /// Tile after tile, with a running maximum and sum; no matrix.
    Fused,
    /// One new token against the keys and values that are kept from before.
    Cached,
}

impl Method {
    /// Every way, in the order in which they take turns.
    pub const ALL: [Self; 3] = [Self::Whole, Self::Fused, Self::Cached];

    /// For outcomes and tests.
    pub fn key(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Fused => "fused",
            Self::Cached => "cached",
        }
    }
}

/// Times one causal head, every way at every length.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimeAttention {
    /// Tokens, rising.
    pub lengths: Vec<usize>,
    /// Width of the head.
    pub d_head: usize,
    /// Fixes the numbers; they do not change the time.
    pub seed: u64,
    /// Each cell is measured so often; what counts is the median.
    pub rounds: usize,
    /// A cell that is forecast to take longer for one round is left out, in milliseconds.
    pub limit_ms: f64,
}

impl TimeAttention {
    /// The longest text: its matrix of scores takes 256 MiB.
    pub const LONGEST: usize = 8192;

    /// Whether this can be measured.
    ///
    /// # Errors
    /// A sentence that says what to change.
    pub fn validate(&self) -> Result<(), String> {
        if self.lengths.len() < 2 || !self.lengths.is_sorted() {
            return Err("A cost needs at least two lengths to grow between, the shorter one first.".into());
        }
        if let Some(length) = self.lengths.iter().find(|length| !(1..=Self::LONGEST).contains(*length)) {
            return Err(format!("A text of {length} tokens cannot be measured; choose 1 to {}.", Self::LONGEST));
        }
        if !(1..=256).contains(&self.d_head) {
            return Err(format!("A head of width {} cannot be measured; choose 1 to 256.", self.d_head));
        }
        if !(1..=100).contains(&self.rounds) {
            return Err(format!("{} rounds cannot be measured; choose 1 to 100.", self.rounds));
        }
        Ok(())
    }
}

/// One way at one length.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct AttentionTiming {
    /// Which way.
    pub method: Method,
    /// Tokens of the text.
    pub tokens: usize,
    /// Milliseconds: the median of all rounds.
    pub ms: f64,
    /// The quickest and the slowest round, in milliseconds.
    pub range_ms: (f64, f64),
    /// Rounds that were timed.
    pub rounds: usize,
    /// Bytes of the arrays that hold queries, keys, values and the result.
    pub data_bytes: usize,
    /// Bytes of the arrays that are needed besides, while it runs.
    pub room_bytes: usize,
}

/// A cell that was left out because it would have taken too long.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Which way.
    pub method: Method,
    /// Tokens of the text.
    pub tokens: usize,
    /// Milliseconds that one round would have taken, by what was measured before.
    pub forecast_ms: f64,
}

/// Everything measured so far.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AttentionReport {
    /// The variant of the kernels in this program.
    pub variant: String,
    /// Each way against the definition in double precision, before anything is timed.
    pub checks: Vec<Check>,
    /// What was measured, in order.
    pub timings: Vec<AttentionTiming>,
    /// What was not.
    pub left_out: Vec<LeftOut>,
}

impl AttentionReport {
    /// What was measured of `method`, lengths rising.
    pub fn of(&self, method: Method) -> impl Iterator<Item = &AttentionTiming> {
        self.timings.iter().filter(move |timing| timing.method == method)
    }

    /// The exponent with which the time of `method` grows over its longest texts.
    pub fn time_exponent(&self, method: Method) -> Option<f64> {
        exponent(&longest(self.of(method).map(|timing| (timing.tokens as f64, timing.ms))))
    }

    /// The exponent with which the memory of `method` grows over its longest texts.
    pub fn memory_exponent(&self, method: Method) -> Option<f64> {
        let bytes = |timing: &AttentionTiming| (timing.data_bytes + timing.room_bytes) as f64;
        exponent(&longest(self.of(method).map(|timing| (timing.tokens as f64, bytes(timing)))))
    }

    /// How many times as long `method` took at its longest text as at half of it.
    pub fn doubling(&self, method: Method) -> Option<f64> {
        let last = self.of(method).last()?;
        let half = self.of(method).find(|timing| 2 * timing.tokens == last.tokens)?;
        Some(last.ms / half.ms)
    }
}

/// Short texts tell more of the call than of the work, so the exponent is read from so many of the longest.
const FITTED: usize = 4;

fn longest(points: impl Iterator<Item = (f64, f64)>) -> Vec<(f64, f64)> {
    let all: Vec<(f64, f64)> = points.collect();
    all[all.len().saturating_sub(FITTED)..].to_vec()
}

/// The `p` of `y = c · xᵖ` that fits best: the slope of a straight line through the logarithms (least squares).
///
/// ```
/// let points = [(100.0, 3.0), (200.0, 12.0), (400.0, 48.0)];
/// let p = engine_core::jobs::attention_cost::exponent(&points).unwrap();
/// assert!((p - 2.0).abs() < 1e-12);
/// ```
pub fn exponent(points: &[(f64, f64)]) -> Option<f64> {
    let logs: Vec<(f64, f64)> =
        points.iter().filter(|(x, y)| *x > 0.0 && *y > 0.0).map(|(x, y)| (x.ln(), y.ln())).collect();
    let count = logs.len() as f64;
    let (mean_x, mean_y) =
        (logs.iter().map(|p| p.0).sum::<f64>() / count, logs.iter().map(|p| p.1).sum::<f64>() / count);
    let spread: f64 = logs.iter().map(|p| (p.0 - mean_x).powi(2)).sum();
    let together: f64 = logs.iter().map(|p| (p.0 - mean_x) * (p.1 - mean_y)).sum();
    (spread > 0.0).then_some(together / spread)
}

/// The middle one; of an even number, the mean of the two in the middle.
pub fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    let upper = *sorted.get(middle)?;
    Some(if sorted.len().is_multiple_of(2) { f64::midpoint(sorted[middle - 1], upper) } else { upper })
}

impl Job for TimeAttention {
    const NAME: &'static str = "time-attention";
    type Update = AttentionReport;
    type Output = AttentionReport;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timing(method: Method, tokens: usize, ms: f64) -> AttentionTiming {
        AttentionTiming { method, tokens, ms, range_ms: (ms, ms), rounds: 1, data_bytes: 8 * tokens, room_bytes: 0 }
    }

    #[test]
    fn an_exponent_is_that_of_the_longest_texts() {
        // A constant half millisecond on top spoils the short ones.
        let timings =
            [8, 16, 32, 4096, 8192, 16_384, 32_768].map(|n| timing(Method::Whole, n, 0.5 + 1e-6 * (n * n) as f64));
        let report = AttentionReport { timings: timings.to_vec(), ..AttentionReport::default() };
        let found = report.time_exponent(Method::Whole).unwrap();
        assert!((found - 2.0).abs() < 0.02, "{found}");
        assert!((report.memory_exponent(Method::Whole).unwrap() - 1.0).abs() < 1e-9);
        assert!((report.doubling(Method::Whole).unwrap() - 4.0).abs() < 0.01);
        assert_eq!((report.time_exponent(Method::Fused), report.doubling(Method::Fused)), (None, None));
        assert_eq!(exponent(&[(4.0, 2.0)]), None, "one point has no slope");
    }

    #[test]
    fn a_median_ignores_one_interruption() {
        assert_eq!(median(&[3.0, 90.0, 1.0]), Some(3.0));
        assert_eq!(median(&[3.0, 1.0]), Some(2.0));
        assert_eq!(median(&[]), None);
    }

    #[test]
    fn impossible_requests_get_a_sentence() {
        let job = TimeAttention { lengths: vec![64, 128], d_head: 64, seed: 1, rounds: 3, limit_ms: 1.0 };
        assert_eq!(job.validate(), Ok(()));
        let with = |lengths: Vec<usize>| TimeAttention { lengths, ..job.clone() }.validate();
        assert!(with(vec![64]).is_err_and(|why| why.contains("two lengths")));
        assert!(with(vec![128, 64]).is_err_and(|why| why.contains("shorter one first")));
        assert!(with(vec![64, 9000]).is_err_and(|why| why.contains("1 to 8192")));
        assert!(TimeAttention { d_head: 0, ..job.clone() }.validate().is_err_and(|why| why.contains("width 0")));
    }
}
