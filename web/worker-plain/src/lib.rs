//! The jobs without tensors behind a message port: see [`worker_port`]. What a job computes lives in `engine-plain`.
//!
//! Two programs are built from it: `worker-plain` for any CPU, and `worker-plain-relaxed` for browsers with relaxed SIMD.

use worker_port::{Program, serve};

/// The plain worker.
pub fn main() {
    serve(Program::plain(engine_plain::registry, || Box::pin(open())));
}

/// Proves that the kernels calculate here.
async fn open() -> Result<((), String), String> {
    engine_plain::self_test()?;
    Ok(((), engine_plain::device_name()))
}
