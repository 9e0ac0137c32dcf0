//! `engine-plain` as JavaScript calls it in `cargo xtask bench --models` and `--encoders`: one module for each model. Nothing here is part
//! of the site.

mod encoder;
mod llama;

pub use encoder::SentenceEncoder;
pub use llama::Llama;

use wasm_bindgen::prelude::*;

/// What this program was built for: "relaxed SIMD", "SIMD128" or "portable".
#[wasm_bindgen]
pub fn variant() -> String {
    kernels::VARIANT.into()
}

fn js<E: std::fmt::Display>(error: E) -> JsError {
    JsError::new(&error.to_string())
}
