//! Sixteen products at once where there is no such register: sums side by side, which a compiler makes SIMD of.

use super::LANES;

/// The products of two rows, in pieces, added up.
pub fn dot(a: &[[i8; LANES]], b: &[[i8; LANES]]) -> i32 {
    let mut sums = [0i32; LANES];
    for (a, b) in a.iter().zip(b) {
        for lane in 0..LANES {
            // A product of two bytes fits into sixteen bits.
            sums[lane] += i32::from(i16::from(a[lane]) * i16::from(b[lane]));
        }
    }
    sums.iter().sum()
}
