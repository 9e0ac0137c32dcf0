//! The checks, the same in the browser (`wasm.rs`) and on a Vulkan device (`examples/vulkan.rs`).

pub mod kernels;
pub mod model;
pub mod packed;
pub mod speed;
pub mod tolerances;
pub mod twins;

use engine_core::rng::{Rng, Stream};
use engine_gpu::Gpu;
use std::sync::Arc;

/// Hands every check's path to the macro `each`: the only list of them.
macro_rules! every_check {
    ($each:ident) => {
        $each!(
            kernels::matrix_products,
            kernels::products_on_their_own,
            packed::whole_numbers,
            packed::sizes_that_do_not_fit,
            kernels::products_with_what_follows_them,
            kernels::gelu_along_the_axis,
            kernels::embeddings,
            kernels::layer_norms,
            kernels::attention,
            kernels::cross_entropy,
            kernels::sums_and_verdicts,
            kernels::adamw,
            model::gradients,
            model::steps_and_resuming,
            model::learning,
            model::not_a_number,
            model::validation,
            model::rows_do_not_mix,
            model::decoding,
            model::costs,
            model::refusals,
        );
    };
}
pub(crate) use every_check;

/// A device; without an adapter the test fails, it is not skipped.
pub async fn open() -> Arc<Gpu> {
    let mut descriptor = wgpu::InstanceDescriptor::new_without_display_handle();
    descriptor.backends = wgpu::Backends::VULKAN | wgpu::Backends::BROWSER_WEBGPU;
    let instance = wgpu::Instance::new(descriptor);
    let adapter = instance.request_adapter(&wgpu::RequestAdapterOptions::default()).await;
    let adapter = adapter.expect("there is a WebGPU adapter (SwiftShader, lavapipe or a GPU)");
    // The smallest limits of the standard: what passes here passes everywhere.
    let (device, queue) =
        adapter.request_device(&wgpu::DeviceDescriptor::default()).await.expect("every adapter gives a device");
    Gpu::new(device, queue)
}

/// Numbers between -1 and 1 with some large ones, the same for the same seed.
pub fn random(seed: u64, count: usize) -> Vec<f32> {
    let mut rng = Rng::new(seed, Stream::Init);
    (0..count)
        .map(|_| {
            let large = if rng.below(16) == 0 { 3.0 } else { 1.0 };
            large * (2.0 * rng.uniform() as f32 - 1.0)
        })
        .collect()
}

/// Numbers below `below`.
pub fn random_ids(seed: u64, count: usize, below: usize) -> Vec<u32> {
    let mut rng = Rng::new(seed, Stream::Batch(0));
    (0..count).map(|_| rng.below(below) as u32).collect()
}

/// As the bits that buffers hold.
pub fn bits(numbers: &[f32]) -> Vec<u32> {
    numbers.iter().map(|x| x.to_bits()).collect()
}

/// The numbers of a buffer.
pub fn floats(words: &[u32]) -> Vec<f32> {
    words.iter().map(|word| f32::from_bits(*word)).collect()
}

pub fn wide(numbers: &[f32]) -> Vec<f64> {
    numbers.iter().map(|x| f64::from(*x)).collect()
}

/// The largest difference, relative to the largest expected value; NaN if any number is NaN.
pub fn difference(measured: &[f32], expected: &[f64]) -> f64 {
    assert_eq!(measured.len(), expected.len(), "as many numbers as expected");
    let scale = expected.iter().fold(1e-30f64, |m, x| m.max(x.abs()));
    let worst = measured.iter().zip(expected).map(|(m, e)| (f64::from(*m) - e).abs() / scale);
    worst.fold(0.0, |m: f64, x| if m.is_nan() || x.is_nan() { f64::NAN } else { m.max(x) })
}

/// Prints a line that `--nocapture` shows, here and in the browser.
pub fn say(line: &str) {
    #[cfg(target_arch = "wasm32")]
    wasm_bindgen_test::console_log!("{line}");
    #[cfg(not(target_arch = "wasm32"))]
    println!("{line}");
}
