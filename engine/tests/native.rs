//! Natively the losses are those of the browser, within the stated tolerance.
#![cfg(not(target_arch = "wasm32"))]

mod parity;

use burn::tensor::Device;
use parity::{SMALL, TINY, assert_close, train};

#[test]
fn native_training_follows_the_browser() {
    for setting in [TINY, SMALL] {
        let losses = pollster::block_on(train(&setting, &Device::flex()));
        assert_close(&setting, &losses);
    }
}
