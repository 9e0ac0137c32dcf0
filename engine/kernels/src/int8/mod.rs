//! Weights and inputs of eight bits, or weights of four: products added up in 32 bits, and rescaled where a scale ends.
//!
//! Whole numbers have no rounding, so every variant gives the same sums; only the rescaling is in `f32`.

pub mod naive;
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod portable;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod simd128;
pub mod tiles;

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
use portable as register;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use simd128 as register;

/// So many products are computed at once.
const LANES: usize = 16;

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

/// The product of two rows of whole numbers, of one length: Σᵢ aᵢ·bᵢ.
///
/// # Panics
/// If the lengths differ.
pub fn dot(a: &[i8], b: &[i8]) -> i32 {
    assert_eq!(a.len(), b.len(), "a number for each");
    let ((a, rest_a), (b, rest_b)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    let rest: i32 = rest_a.iter().zip(rest_b).map(|(a, b)| i32::from(*a) * i32::from(*b)).sum();
    register::dot(a, b) + rest
}

/// `x · weightsᵀ`, each row of `x` with one scale.
///
/// # Shapes
/// - `x`: `[samples, inputs]`
/// - `x_scales`: `[samples]`
/// - `out`: `[samples, outputs]`
///
/// # Panics
/// If the shapes do not fit, or rows are longer than [`LONGEST`].
pub fn forward(weights: Weights, x: &[i8], x_scales: &[f32], out: &mut [f32]) {
    let Weights { inputs, group, codes, scales, zeros } = weights;
    assert!(
        (1..=LONGEST).contains(&inputs) && group > 0,
        "between 1 and {LONGEST} inputs, and groups that are not empty"
    );
    let groups = inputs.div_ceil(group);
    let outputs = scales.len() / groups;
    assert_eq!(x.len(), x_scales.len() * inputs, "a scale for each sample");
    assert_eq!(out.len(), x_scales.len() * outputs, "a place for each result");
    assert!(zeros.is_empty() || zeros.len() == scales.len(), "a zero for each scale, or none");
    // What a zero point takes away is the same for every output: the sum of a group's inputs.
    let sums: Vec<i32> = if zeros.is_empty() {
        Vec::new()
    } else {
        x.chunks_exact(inputs).flat_map(|x| x.chunks(group).map(|x| x.iter().map(|x| i32::from(*x)).sum())).collect()
    };
    let mut unpacked = vec![0; inputs];
    for (output, scales) in scales.chunks_exact(groups).enumerate() {
        let row = match codes {
            Codes::Eight(codes) => &codes[output * inputs..][..inputs],
            Codes::Four(bytes) => {
                let length = inputs.div_ceil(2);
                unpack(&bytes[output * length..][..length], &mut unpacked);
                &unpacked
            }
        };
        for (sample, x) in x.chunks_exact(inputs).enumerate() {
            let mut sum = 0.0;
            for (at, (w, x)) in row.chunks(group).zip(x.chunks(group)).enumerate() {
                let mut whole = dot(w, x);
                if !zeros.is_empty() {
                    whole -= i32::from(zeros[output * groups + at]) * sums[sample * groups + at];
                }
                sum += scales[at] * whole as f32;
            }
            out[sample * outputs + output] = sum * x_scales[sample];
        }
    }
}

/// The whole numbers of packed bytes: two for each, of the last byte perhaps one.
fn unpack(bytes: &[u8], to: &mut [i8]) {
    let (pairs, rest) = to.as_chunks_mut::<2>();
    for (pair, byte) in pairs.iter_mut().zip(bytes) {
        *pair = naive::unpack(*byte);
    }
    if let ([last], Some(byte)) = (rest, bytes.last()) {
        [*last, _] = naive::unpack(*byte);
    }
}
