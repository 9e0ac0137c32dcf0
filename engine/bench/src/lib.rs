//! The engine as `cargo xtask bench --peers` calls it from JavaScript: a matrix product, a training step and
//! greedy decoding, each with our kernels or with plain Burn. Nothing here is part of the site.

mod decode;
mod matmul;
mod model;
mod train;
#[cfg(feature = "webgpu")]
mod webgpu;

pub use decode::Decode;
pub use matmul::Matmul;
pub use train::Train;
#[cfg(feature = "webgpu")]
pub use webgpu::TrainWebgpu;

use engine::gpt::Ops;
use wasm_bindgen::prelude::*;

/// Whose kernels do the work.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Backend {
    /// Those of the crate `kernels`.
    Ours,
    /// Burn's CPU backend as it is published.
    Flex,
}

impl Backend {
    /// `"ours"` or `"flex"`.
    fn named(name: &str) -> Result<Self, JsError> {
        match name {
            "ours" => Ok(Self::Ours),
            "flex" => Ok(Self::Flex),
            _ => Err(JsError::new(&format!("there is no backend `{name}`; the backends are `ours` and `flex`"))),
        }
    }

    /// What the engine calls it.
    fn ops(self) -> Ops {
        match self {
            Self::Ours => Ops::Kernels,
            Self::Flex => Ops::Burn,
        }
    }
}

/// What this program was built for: "relaxed SIMD", "SIMD128" or "portable".
#[wasm_bindgen]
pub fn variant() -> String {
    kernels::VARIANT.into()
}

fn js<E: std::fmt::Display>(error: E) -> JsError {
    JsError::new(&error.to_string())
}
