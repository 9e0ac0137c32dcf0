//! Turns the feature `relaxed` into the cfg `relaxed`, but only where there is such a thing: in wasm.

fn main() {
    println!("cargo::rustc-check-cfg=cfg(relaxed)");
    println!("cargo::rerun-if-changed=build.rs");
    let wanted = std::env::var_os("CARGO_FEATURE_RELAXED").is_some();
    if wanted && std::env::var("CARGO_CFG_TARGET_ARCH").as_deref() == Ok("wasm32") {
        println!("cargo::rustc-cfg=relaxed");
    }
}
