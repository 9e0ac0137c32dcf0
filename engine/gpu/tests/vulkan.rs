//! The same checks natively, for quick work on the kernels: they need a Vulkan adapter, so they run when asked.
//!
//! `cargo test --release -p engine-gpu --test vulkan -- --ignored` with lavapipe (`mesa-vulkan-drivers`), or
//! with `VK_ICD_FILENAMES=/usr/lib/chromium/vk_swiftshader_icd.json` for what Chromium uses without a GPU.
#![cfg(not(target_arch = "wasm32"))]

mod checks;

use std::time::Instant;

macro_rules! tests {
    ($($module:ident :: $name:ident),* $(,)?) => {$(
        #[test]
        #[ignore = "needs a Vulkan adapter; the same check runs in Chromium"]
        fn $name() {
            pollster::block_on(checks::$module::$name());
        }
    )*};
}

tests!(
    kernels::matrix_products,
    kernels::products_on_their_own,
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

#[test]
#[ignore = "needs a Vulkan adapter; the same check runs in Chromium"]
fn speeds() {
    let start = Instant::now();
    let now = || start.elapsed().as_secs_f64() * 1e3;
    assert!(pollster::block_on(checks::speed::small_step(now)) > 0.0);
    assert!(pollster::block_on(checks::speed::large_step(now)) > 0.0);
    assert!(pollster::block_on(checks::speed::decoding(now)) > 0.0);
    assert!(pollster::block_on(checks::speed::products(now)) > 0.0);
}
