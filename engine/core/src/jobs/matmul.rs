//! How fast does this device multiply matrices? Measured, kernel by kernel and size by size.

use super::self_test::Check;
use crate::job::Job;
use serde::{Deserialize, Serialize};

/// A way to multiply two matrices of `f32`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kernel {
    /// Three loops, as the definition says.
    Naive,
    /// Three loops over tiles that stay in the cache.
    Blocked,
    /// The engine's own kernel: packed, register-tiled, four numbers at a time.
    Packed,
    /// Burn's backend for the CPU.
    Flex,
    /// Burn on the GPU of the worker's device.
    Gpu,
}

impl Kernel {
    /// Every kernel, from the slowest idea to the fastest hardware.
    pub const ALL: [Self; 5] = [Self::Naive, Self::Blocked, Self::Packed, Self::Flex, Self::Gpu];

    /// As a learner reads it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Naive => "naive loops",
            Self::Blocked => "blocked loops",
            Self::Packed => "packed SIMD",
            Self::Flex => "Burn Flex",
            Self::Gpu => "GPU",
        }
    }
}

/// Times products of two square matrices, every kernel at every size.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimeMatmul {
    /// Rows and columns of the matrices, in the order in which they are measured.
    pub sizes: Vec<usize>,
    /// What to measure; they take turns at each size.
    pub kernels: Vec<Kernel>,
    /// Fixes the numbers in the matrices.
    pub seed: u64,
    /// Goes on measuring one kernel at one size for so many milliseconds, and once at least.
    pub budget_ms: f64,
    /// A product that is forecast to take longer is left out, in milliseconds.
    pub limit_ms: f64,
}

impl TimeMatmul {
    /// The largest size that is measured: three matrices of it are 12 MiB.
    pub const LARGEST: usize = 1024;

    /// Whether this can be measured.
    ///
    /// # Errors
    /// A sentence that says what to change.
    pub fn validate(&self) -> Result<(), String> {
        if self.sizes.is_empty() || self.kernels.is_empty() {
            return Err("There is nothing to measure: choose at least one size and one kernel.".into());
        }
        match self.sizes.iter().find(|size| !(1..=Self::LARGEST).contains(*size)) {
            Some(size) => {
                Err(format!("Matrices of {size} × {size} cannot be measured; choose 1 to {}.", Self::LARGEST))
            }
            None => Ok(()),
        }
    }
}

/// One kernel at one size.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Timing {
    /// Which kernel.
    pub kernel: Kernel,
    /// Rows and columns of both matrices.
    pub size: usize,
    /// Milliseconds for one product, the fastest of several: whatever else a machine does can only make it slower.
    pub ms: f64,
    /// Floating-point operations per nanosecond, which is GFLOP/s.
    pub gflops: f64,
    /// Products that were timed.
    pub products: u32,
    /// On a GPU: milliseconds for a single product whose answer is waited for.
    pub round_trip_ms: Option<f64>,
}

/// One kernel at one size that was not measured, because it would have taken too long.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Which kernel.
    pub kernel: Kernel,
    /// Rows and columns of both matrices.
    pub size: usize,
    /// Milliseconds that one product would have taken, by what was measured before.
    pub forecast_ms: f64,
}

/// Everything measured so far.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct MatmulReport {
    /// The variant of the kernels in this program: "relaxed SIMD", "SIMD128" or "portable".
    pub variant: String,
    /// Whether this machine rounds a multiply-add of that variant only once.
    pub fuses: bool,
    /// The most that one core of this machine reaches without touching memory, in GFLOP/s; none
    /// where only a GPU is measured.
    pub ceiling_gflops: Option<f64>,
    /// Each kernel against the naive one on a small ragged shape, before anything is timed.
    pub checks: Vec<Check>,
    /// What was measured, in order.
    pub timings: Vec<Timing>,
    /// What was not.
    pub left_out: Vec<LeftOut>,
}

impl MatmulReport {
    /// What was measured of `kernel` at `size`.
    pub fn at(&self, kernel: Kernel, size: usize) -> Option<&Timing> {
        self.timings.iter().find(|timing| (timing.kernel, timing.size) == (kernel, size))
    }

    /// How many times as fast as the naive loops `kernel` is at `size`.
    pub fn ratio(&self, kernel: Kernel, size: usize) -> Option<f64> {
        Some(self.at(Kernel::Naive, size)?.ms / self.at(kernel, size)?.ms)
    }
}

/// Floating-point operations of a product of `[size, size]` with `[size, size]`: one
/// multiplication and one addition for each of `size³` triples.
pub fn flops(size: usize) -> f64 {
    2.0 * (size as f64).powi(3)
}

impl Job for TimeMatmul {
    const NAME: &'static str = "time-matmul";
    type Update = MatmulReport;
    type Output = MatmulReport;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timing(kernel: Kernel, ms: f64) -> Timing {
        Timing { kernel, size: 100, ms, gflops: flops(100) / (ms * 1e6), products: 1, round_trip_ms: None }
    }

    #[test]
    fn a_ratio_needs_both_kernels_at_the_same_size() {
        let mut report = MatmulReport { timings: vec![timing(Kernel::Naive, 8.0)], ..MatmulReport::default() };
        assert_eq!(report.ratio(Kernel::Packed, 100), None);
        report.timings.push(timing(Kernel::Packed, 0.5));
        assert_eq!(report.ratio(Kernel::Packed, 100), Some(16.0));
        assert_eq!(report.ratio(Kernel::Packed, 99), None);
        assert_eq!(report.timings[0].gflops, 0.25, "two million operations in eight milliseconds");
    }

    #[test]
    fn impossible_requests_get_a_sentence() {
        let job = TimeMatmul { sizes: vec![16], kernels: vec![Kernel::Naive], seed: 1, budget_ms: 1.0, limit_ms: 1.0 };
        assert_eq!(job.validate(), Ok(()));
        let with = |sizes: Vec<usize>| TimeMatmul { sizes, ..job.clone() }.validate();
        assert!(with(vec![]).is_err_and(|why| why.contains("at least one size")));
        assert!(with(vec![16, 0]).is_err_and(|why| why.contains("0 × 0")));
        assert!(with(vec![1025]).is_err_and(|why| why.contains("1 to 1024")));
    }
}
