//! Weights of eight bits or of four: products added up in 32 bits, and rescaled where a scale ends.
//!
//! [`Weights`] are what quantizing makes, row after row. A [`Layer`] has them in the order in which registers read them,
//! laid out once and used again and again. Whole numbers have no rounding, so every variant of this crate gives the same
//! sums, and rescales them in the same order.

mod inputs;
mod layer;
pub mod naive;
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod portable;
mod products;
#[cfg(relaxed)]
mod relaxed;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod simd128;
pub mod tiles;

pub use layer::Layer;
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
use portable as register;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use simd128 as register;

#[cfg(not(relaxed))]
use register as sums;
#[cfg(relaxed)]
use relaxed as sums;

/// Outputs of a strip: their sums take two registers for each sample.
const OUTPUTS: usize = 8;
/// Inputs of one output that are multiplied and added up together.
const QUAD: usize = 4;

/// Four inputs of each of four outputs, a byte each; of four bits, those of four other outputs in the upper halves of the
/// bytes. So a strip takes two of these for four inputs, or one. Bytes are unsigned: they stand 128 over the whole numbers,
/// or 8.
type Block = [u8; OUTPUTS / 2 * QUAD];

/// The longest row of which every sum fits into 32 bits: products of numbers up to 128 from zero, and of those by a
/// zero point.
pub const LONGEST: usize = i32::MAX as usize / (2 * 128 * 128);

/// How the whole numbers of the weights lie in memory, row after row.
#[derive(Debug, Clone, Copy)]
pub enum Codes<'a> {
    /// A byte each.
    Eight(&'a [i8]),
    /// Two to a byte, the first in the bits that count less; each row begins with a byte of its own.
    Four(&'a [u8]),
}

/// The weights of a layer: `[outputs, inputs]`, each `scale · (code - zero)`.
#[derive(Debug, Clone, Copy)]
pub struct Weights<'a> {
    /// How many inputs there are.
    pub inputs: usize,
    /// So many weights of a row share a scale; the last ones of a row may be fewer.
    pub group: usize,
    /// The whole numbers: `[outputs, inputs]`.
    pub codes: Codes<'a>,
    /// `[outputs, groups]`.
    pub scales: &'a [f32],
    /// `[outputs, groups]`, or empty where all are zero.
    pub zeros: &'a [i8],
}

/// `x · weightsᵀ`, each row of `x` with one scale. For a single time: it lays the weights out first.
///
/// # Shapes
/// - `x`: `[samples, inputs]`
/// - `x_scales`: `[samples]`
/// - `out`: `[samples, outputs]`
///
/// # Panics
/// If the shapes do not fit, or rows are longer than [`LONGEST`].
pub fn forward(weights: Weights, x: &[i8], x_scales: &[f32], out: &mut [f32]) {
    out.fill(0.0);
    Layer::new(weights).add_whole(x, x_scales, out);
}

/// A strip of a layer: eight outputs and all their inputs.
#[derive(Clone, Copy)]
struct Strip<'a> {
    /// `[steps, 2 or 1]`, and so many steps in each group but the last.
    blocks: &'a [Block],
    in_group: usize,
    /// `[groups]`.
    scales: &'a [[f32; OUTPUTS]],
    /// `[groups]`, or empty where all are zero.
    zeros: &'a [[i8; OUTPUTS]],
}
