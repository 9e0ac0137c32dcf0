//! A tile where there is no such register: the same sums side by side.

use super::{Codes, MOST, OUTPUTS, PAIR, Pairs, SAMPLES};
use crate::lanes::F32x4;

/// The sums of a tile, each a whole number: four samples by eight outputs.
#[inline]
pub fn tile(x: &[Pairs], codes: &[Codes]) -> [[F32x4; OUTPUTS / 4]; SAMPLES] {
    let mut sums = [[0i32; OUTPUTS]; SAMPLES];
    for (x, codes) in x.iter().zip(codes) {
        let codes = codes.map(i32::from);
        for (sums, x) in sums.iter_mut().zip(x) {
            let (first, second) = (i32::from(*x as i16), x >> 16);
            for (sum, code) in sums.iter_mut().zip(codes.as_chunks::<PAIR>().0) {
                *sum += first * code[0] + second * code[1];
            }
        }
    }
    sums.map(|[a, b, c, d, e, f, g, h]| [[a, b, c, d], [e, f, g, h]].map(|four| F32x4::load(&four.map(|x| x as f32))))
}

/// The nearest whole numbers of `x · factors · inverse`, in pairs.
pub fn round(x: &[f32; 8], factors: &[f32; 8], inverse: f32) -> [i32; 4] {
    let most = f32::from(MOST);
    // A number that is none becomes zero; the scale of its sample shows it.
    let whole = |at: usize| (x[at] * factors[at] * inverse).round_ties_even().clamp(-most, most) as i32;
    [0, 2, 4, 6].map(|at| whole(at) & 0xffff | whole(at + 1) << 16)
}
