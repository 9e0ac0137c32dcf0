//! The few kernels in which a GPT spends its time, on plain slices of `f32`, and of whole numbers in [`int8`] and [`blocks`].
//!
//! Read [`lanes`] first (four numbers at once), then [`matmul`], then the others in any order. Every
//! folder holds a fast kernel and `naive.rs`, its slow and obvious twin; `tests/twins.rs` compares
//! them on random shapes, natively and in a browser.
//!
//! There are three variants of one algorithm, chosen when the program is built: relaxed SIMD (wasm,
//! multiply and add in one step), SIMD128 (wasm) and portable Rust. SIMD128 and portable do the same
//! operations in the same order, so they give the same bits. Each variant gives the same bits on
//! every run; relaxed SIMD leaves it to the machine whether a product is rounded before it is added,
//! see [`fuses`].

pub mod adamw;
pub mod attention;
pub mod blocks;
pub mod cross_entropy;
pub mod gelu;
pub mod int8;
pub mod lanes;
pub mod layer_norm;
pub mod linear;
pub mod matmul;
pub mod peak;
pub mod rms_norm;
pub mod rows;
pub mod softmax;
pub mod sparse;
pub mod swiglu;

/// What this program was built for.
#[cfg(relaxed)]
pub const VARIANT: &str = "relaxed SIMD";
/// What this program was built for.
#[cfg(all(not(relaxed), target_arch = "wasm32", target_feature = "simd128"))]
pub const VARIANT: &str = "SIMD128";
/// What this program was built for.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub const VARIANT: &str = "portable";

/// Whether a multiply-add is rounded once (fused) rather than twice on this machine: asked by doing one.
pub fn fuses() -> bool {
    // (1 + ε)² = 1 + 2ε + ε²: the last term survives only without the rounding in between.
    let x = std::hint::black_box(1.0 + f32::EPSILON);
    let square = lanes::F32x4::splat(x);
    let rest = lanes::F32x4::splat(-(x * x));
    square.madd(square, rest).sum() != 0.0
}
