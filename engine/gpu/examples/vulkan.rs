//! The checks of the package natively, for quick work on the kernels; CI runs them in Chromium.
//!
//! `cargo run --release -p engine-gpu --example vulkan [part of a name]…` with lavapipe (`mesa-vulkan-drivers`),
//! or with `VK_ICD_FILENAMES=/usr/lib/chromium/vk_swiftshader_icd.json` for what Chromium uses without a GPU.

#[path = "../tests/checks/mod.rs"]
mod checks;

use checks::{every_check, speed};
use std::{env, time::Instant};

/// Runs the checks whose names hold one of the program's arguments, or all; the first that fails ends it.
fn main() {
    let parts: Vec<String> = env::args().skip(1).collect();
    let asked = |name: &str| parts.is_empty() || parts.iter().any(|part| name.contains(part.as_str()));
    macro_rules! run {
        ($($module:ident :: $name:ident),* $(,)?) => {$(
            let name = concat!(stringify!($module), "::", stringify!($name));
            if asked(name) {
                println!("{name}");
                pollster::block_on(checks::$module::$name());
            }
        )*};
    }
    every_check!(run);
    if asked("speed") {
        let start = Instant::now();
        let now = || start.elapsed().as_secs_f64() * 1e3;
        pollster::block_on(async {
            speed::small_step(now).await;
            speed::large_step(now).await;
            speed::decoding(now).await;
            speed::products(now).await;
        });
    }
}
