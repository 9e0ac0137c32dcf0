//! How fast is this machine's WebGPU? Asked of a worker on the CPU, before anything large is loaded for WebGPU.

use crate::job::Job;
use serde::{Deserialize, Serialize};

/// Rates the WebGPU adapter with one small program.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GpuRate {
    /// Measuring ends after so many milliseconds, whatever the adapter does. Waiting for the browser to hand over
    /// a device is not part of it.
    pub limit_ms: f64,
}

/// What was measured.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GpuRated {
    /// A submission of as many small dispatches as a training step makes, until it is known to be done.
    pub submit_ms: f64,
    /// Floating-point operations per second in one large matrix product, in billions.
    pub gflops: f64,
    /// How long measuring took.
    pub took_ms: f64,
}

impl Job for GpuRate {
    const NAME: &'static str = "gpu-rate";
    type Update = ();
    type Output = GpuRated;
}
