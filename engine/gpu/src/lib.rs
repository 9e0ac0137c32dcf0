//! The GPT of the course in our own WGSL kernels: training, validation and decoding on WebGPU, recorded
//! once and replayed. Nothing here knows Burn; the device may be shared with it.
//!
//! Read `kernels/` first, then `forward.rs`, `backward.rs` and `gpt.rs`.

mod arena;
mod backward;
mod batch;
mod decoder;
mod device;
mod forward;
mod gpt;
mod kernels;
mod matmul;
pub mod op;
mod packed;
mod plan;

pub use decoder::Decoder;
pub use device::{Counters, Gpu};
pub use gpt::{GpuGpt, Moments, RING, StepResult};
pub use kernels::Layout;
pub use matmul::GpuMatmul;
pub use packed::{PackedMatmul, PackedShape};

// The unit tests run in the browser too: CI compiles this package for nothing else.
#[cfg(all(test, target_arch = "wasm32"))]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_dedicated_worker);
