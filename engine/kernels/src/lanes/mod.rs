//! Four `f32` that are computed on together: one SIMD register, or an array where there is none.
//!
//! A function that calls [`F32x4::madd`] carries `#[cfg_attr(relaxed, target_feature(enable =
//! "relaxed-simd"))]`, without which the compiler could not put the instruction in its place.

use std::ops::{Add, Div, Mul, Sub};

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
#[path = "portable.rs"]
mod register;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
#[path = "simd128.rs"]
mod register;

pub use register::F32x4;

impl F32x4 {
    /// How many numbers there are.
    pub const LANES: usize = 4;

    /// Four zeros.
    #[inline(always)]
    pub fn zero() -> Self {
        Self::splat(0.0)
    }

    /// Writes the four numbers.
    #[inline(always)]
    pub fn store(self, to: &mut [f32; 4]) {
        *to = self.to_array();
    }

    /// The sum of the four, always in the same order.
    #[inline(always)]
    pub fn sum(self) -> f32 {
        let [a, b, c, d] = self.to_array();
        (a + c) + (b + d)
    }

    /// The largest of the four.
    #[inline(always)]
    pub fn largest(self) -> f32 {
        let [a, b, c, d] = self.to_array();
        a.max(c).max(b.max(d))
    }

    /// `eˣ`, to about two units in the last place; arguments are kept between -87 and 88.
    ///
    /// Splits `x = n·ln 2 + r` and takes a polynomial of `r` (the Cephes library's `expf`).
    #[inline]
    #[cfg_attr(relaxed, target_feature(enable = "relaxed-simd"))]
    pub fn exp(self) -> Self {
        let s = Self::splat;
        let x = self.max(s(-87.0)).min(s(88.0)).keep_nan(self);
        let n = (x * s(std::f32::consts::LOG2_E)).nearest();
        // ln 2 in two parts, so that n·ln 2 keeps its last bits.
        let r = n.madd(s(-0.693_359_4), x);
        let r = n.madd(s(2.121_944_4e-4), r);
        let mut p = s(1.987_569_1e-4);
        for c in [1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 0.166_666_65, 0.5] {
            p = p.madd(r, s(c));
        }
        let e = p.madd(r * r, r + s(1.0));
        e * n.power_of_two()
    }
}

impl Add for F32x4 {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        self.add(other)
    }
}

impl Sub for F32x4 {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        self.sub(other)
    }
}

impl Mul for F32x4 {
    type Output = Self;
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        self.mul(other)
    }
}

impl Div for F32x4 {
    type Output = Self;
    #[inline(always)]
    fn div(self, other: Self) -> Self {
        self.div(other)
    }
}

/// Numbers four by four, and the few that are left over.
#[inline(always)]
pub fn fours(slice: &[f32]) -> (&[[f32; 4]], &[f32]) {
    slice.as_chunks::<4>()
}

/// Numbers four by four, to be written, and the few that are left over.
#[inline(always)]
pub fn fours_mut(slice: &mut [f32]) -> (&mut [[f32; 4]], &mut [f32]) {
    slice.as_chunks_mut::<4>()
}

/// The first up to four numbers of `slice`, the rest filled with `other`.
#[inline(always)]
pub fn padded(slice: &[f32], other: f32) -> F32x4 {
    let mut four = [other; 4];
    four[..slice.len()].copy_from_slice(slice);
    F32x4::load(&four)
}

/// Adds `more` to `sum`, number by number.
///
/// # Panics
/// If the lengths differ.
pub fn add_to(sum: &mut [f32], more: &[f32]) {
    assert_eq!(sum.len(), more.len(), "only slices of one length can be added");
    for (sum, x) in sum.iter_mut().zip(more) {
        *sum += x;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_is_right_to_a_few_units_in_the_last_place() {
        let mut worst = 0.0f64;
        for i in -8700..=8800 {
            let x = i as f32 / 100.0;
            let ours = f64::from(F32x4::splat(x).exp().to_array()[2]);
            worst = worst.max((ours / f64::from(x).exp() - 1.0).abs());
        }
        assert!(worst < 2.5e-7, "{worst:e}");
        assert!(F32x4::splat(-1e30).exp().largest() < 1e-37);
        assert!(F32x4::splat(f32::NAN).exp().sum().is_nan(), "NaN must stay visible");
    }

    #[test]
    fn lanes_do_what_their_names_say() {
        let x = F32x4::load(&[1.0, -2.0, 3.0, -4.0]);
        let y = F32x4::load(&[5.0, 6.0, -7.0, 0.5]);
        assert_eq!(x.madd(y, x).to_array(), [6.0, -14.0, -18.0, -6.0]);
        assert_eq!(x.max(y).to_array(), [5.0, 6.0, 3.0, 0.5]);
        assert_eq!(x.min(y).to_array(), [1.0, -2.0, -7.0, -4.0]);
        assert_eq!(y.with_sign_of(x).to_array(), [5.0, -6.0, 7.0, -0.5]);
        assert_eq!((x.sum(), x.largest()), (-2.0, 3.0));
        let rows = [0.0, 4.0, 8.0, 12.0].map(|first| F32x4::load(&[first, first + 1.0, first + 2.0, first + 3.0]));
        assert_eq!(F32x4::transpose(rows)[1].to_array(), [1.0, 5.0, 9.0, 13.0]);
        assert_eq!(F32x4::transpose(F32x4::transpose(rows)).map(F32x4::to_array), rows.map(F32x4::to_array));
        assert_eq!(padded(&[1.0, 2.0], 9.0).to_array(), [1.0, 2.0, 9.0, 9.0]);
    }
}
