//! The checks in headless Chromium, whose WebGPU is SwiftShader or a GPU.
//!
//! `cargo test --release --target wasm32-unknown-unknown -p engine-gpu --test wasm`
#![cfg(target_arch = "wasm32")]

mod checks;

use checks::every_check;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

macro_rules! tests {
    ($($module:ident :: $name:ident),* $(,)?) => {$(
        #[wasm_bindgen_test]
        async fn $name() {
            checks::$module::$name().await;
        }
    )*};
}

every_check!(tests);

/// A step of the small model takes clearly less than the 500 ms of tfjs-webgpu on this adapter.
#[wasm_bindgen_test]
async fn a_small_step_is_fast() {
    let each = checks::speed::small_step(js_sys::Date::now).await;
    assert!(each < 300.0, "{each} ms");
}

/// Only says how long it takes: it depends on the machine.
#[wasm_bindgen_test]
async fn other_speeds() {
    assert!(checks::speed::large_step(js_sys::Date::now).await > 0.0);
    assert!(checks::speed::decoding(js_sys::Date::now).await > 0.0);
    assert!(checks::speed::products(js_sys::Date::now).await > 0.0);
}
