//! In a browser's worker: the CPU gives the committed bits; WebGPU stays within the tolerance.
//!
//! `cargo xtask test wasm` runs this with and without the feature `relaxed`, `wasm-gpu` with `gpu`.
#![cfg(target_arch = "wasm32")]

mod parity;

use engine::device;
#[cfg(not(feature = "gpu"))]
use engine::self_test;
use parity::{SMALL, TINY, train};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

#[cfg(not(feature = "gpu"))]
#[wasm_bindgen_test]
async fn the_cpu_gives_the_committed_bits() {
    let opened = device::open().await.expect("the CPU is always there");
    let mut fresh = Vec::new();
    let mut same = true;
    for setting in [TINY, SMALL] {
        let losses = train(&setting, &opened.device).await;
        let bits: Vec<u32> = losses.iter().map(|x| x.to_bits()).collect();
        let again: Vec<u32> = train(&setting, &opened.device).await.iter().map(|x| x.to_bits()).collect();
        assert_eq!(bits, again, "two runs in one worker differ");
        if cfg!(feature = "relaxed") {
            // Whether a product is rounded before it is added is up to the machine.
            parity::assert_close(&setting, &losses);
            continue;
        }
        let committed: Vec<u32> = parity::committed(&setting).iter().map(|x| x.to_bits()).collect();
        same &= bits == committed;
        fresh.push(format!("{:?}: {bits:?}", setting.name));
    }
    assert!(same, "the losses changed; if that is right, losses.json becomes {{{}}}", fresh.join(", "));
}

#[cfg(feature = "gpu")]
#[wasm_bindgen_test]
async fn webgpu_follows_the_cpu() {
    // One device for everything: a second one cannot be opened in the same worker.
    let opened = device::open().await.expect("SwiftShader offers an adapter, and the self-test passes on it");
    assert!(opened.name.starts_with("WebGPU"), "{}", opened.name);
    for setting in [TINY, SMALL] {
        let losses = train(&setting, &opened.device).await;
        parity::assert_close(&setting, &losses);
    }
}

#[cfg(not(feature = "gpu"))]
#[wasm_bindgen_test]
async fn the_cpu_passes_its_self_test() {
    let opened = device::open().await.expect("the CPU is always there");
    let checks = self_test::run_on(&opened.device).await.expect("the CPU is never lost");
    assert!(checks.iter().all(|check| check.passed()), "{checks:?}");
}
