//! How far WebGPU may be from plain Rust in double precision, kernel by kernel.
//!
//! The error is the largest difference, relative to the largest expected number of the tensor. `measured` is
//! the worst over all shapes of the tests on SwiftShader in Chromium; `allowed` leaves room for GPUs that fuse,
//! reorder and approximate, within what WGSL's accuracy rules permit.

use super::{difference, say};

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
    row("matmul", 3.8e-7, 2.0e-6),
    row("packed", 1.5e-7, 1.0e-6),
    row("matmul with bias and residual", 3.2e-7, 2.0e-6),
    row("gelu", 2.8e-7, 5.0e-6),
    row("gelu slope", 2.8e-6, 2.0e-5),
    row("column sums", 3.6e-7, 2.0e-6),
    row("embed", 3.1e-8, 2.0e-7),
    row("embed backward", 2.1e-7, 2.0e-6),
    row("layer norm", 8.8e-7, 1.0e-5),
    row("layer norm backward", 2.0e-7, 5.0e-6),
    row("layer norm gains", 1.6e-7, 5.0e-6),
    row("attention", 1.4e-7, 1.0e-5),
    row("attention backward", 2.5e-7, 1.0e-5),
    row("cross-entropy", 6.5e-8, 5.0e-6),
    row("cross-entropy gradient", 1.5e-7, 1.0e-5),
    row("loss sum", 1.0e-7, 2.0e-6),
    row("gradient norm", 1.1e-7, 2.0e-6),
    row("adamw", 2.3e-7, 5.0e-6),
    row("loss", 1.1e-7, 1.0e-5),
    row("gradients", 4.6e-7, 5.0e-5),
    row("decoding", 6.8e-7, 2.0e-5),
];

/// Compares with the tolerance of `kernel`, and says which case failed.
#[track_caller]
pub fn check(kernel: &str, case: &str, measured: &[f32], expected: &[f64]) {
    let row = TABLE.iter().find(|row| row.kernel == kernel).expect("every kernel has its line in the table");
    assert!(row.measured < row.allowed, "{kernel}: the table allows less than was measured");
    let error = difference(measured, expected);
    note(kernel, error);
    assert!(error <= row.allowed, "{kernel}, {case}: off by {error:.1e}, allowed {:.1e}", row.allowed);
}

/// Prints the error, so that the table's measured values can be taken from a run with `--nocapture`.
fn note(kernel: &str, error: f64) {
    say(&format!("error\t{kernel}\t{error:.1e}"));
}
