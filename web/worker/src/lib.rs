//! The engine behind a message port: see [`worker_port`]. What a job computes lives in `engine`.
//!
//! Three programs are built from it: `worker` for any CPU, `worker-relaxed` for browsers with relaxed SIMD, and
//! `worker-gpu` with WebGPU.

mod gpu_rate;

use engine::device;
use worker_port::{Program, is_after_loss, serve};

/// The engine's worker.
pub fn main() {
    serve(Program {
        registry: || engine::registry().with(gpu_rate::run),
        open: || Box::pin(open()),
        on_loss: |hook| device::on_loss(hook),
        is_silent: device::is_silent,
    });
}

/// Opens the device, which proves itself unless it follows one that did.
async fn open() -> Result<(device::Device, String), String> {
    let opened = if is_after_loss() { device::reopen().await } else { device::open().await }?;
    Ok((opened.device, opened.name))
}
