//! How far WebGPU may be from plain Rust in double precision, kernel by kernel.
//!
//! The error is the largest difference, relative to the largest expected number of the tensor. `measured`
//! is the worst over all shapes of the tests on SwiftShader in Chromium; `allowed` leaves room for GPUs that
//! fuse, reorder and approximate, within what WGSL's accuracy rules permit. Three lines for the same sums on
//! the CPU would read 1e-7: single precision itself.

use super::difference;

pub struct Tolerance {
    pub kernel: &'static str,
    /// The worst error seen on SwiftShader.
    pub measured: f64,
    /// What the tests accept.
    pub allowed: f64,
}

const fn row(kernel: &'static str, measured: f64, allowed: f64) -> Tolerance {
    Tolerance { kernel, measured, allowed }
}

pub const TABLE: &[Tolerance] = &[
    row("matmul", 0.0, 2e-5),
    row("matmul with bias and residual", 0.0, 2e-5),
    row("gelu", 0.0, 2e-5),
    row("gelu slope", 0.0, 2e-5),
    row("column sums", 0.0, 2e-5),
    row("embed", 0.0, 1e-6),
    row("embed backward", 0.0, 2e-5),
    row("layer norm", 0.0, 2e-5),
    row("layer norm backward", 0.0, 5e-5),
    row("layer norm gains", 0.0, 5e-5),
    row("attention", 0.0, 5e-5),
    row("attention backward", 0.0, 1e-4),
    row("cross-entropy", 0.0, 2e-5),
    row("cross-entropy gradient", 0.0, 2e-5),
    row("loss sum", 0.0, 1e-5),
    row("gradient norm", 0.0, 1e-5),
    row("adamw", 0.0, 1e-5),
    row("logits", 0.0, 1e-4),
    row("loss", 0.0, 1e-5),
    row("gradients", 0.0, 1e-3),
    row("decoding", 0.0, 1e-4),
];

/// Compares with the tolerance of `kernel`, and says which case failed.
#[track_caller]
pub fn check(kernel: &str, case: &str, measured: &[f32], expected: &[f64]) {
    let row = TABLE.iter().find(|row| row.kernel == kernel).expect("every kernel has its line in the table");
    let error = difference(measured, expected);
    note(kernel, error);
    assert!(error <= row.allowed, "{kernel}, {case}: off by {error:.1e}, allowed {:.1e}", row.allowed);
}

/// Prints the error, so that the table's measured values can be taken from a run with `--nocapture`.
fn note(kernel: &str, error: f64) {
    println!("error\t{kernel}\t{error:.1e}");
}
