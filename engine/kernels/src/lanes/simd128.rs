//! Four numbers in one register of a browser.

use std::arch::wasm32::*;

/// Four numbers in one register.
#[derive(Clone, Copy, Debug)]
pub struct F32x4(v128);

impl F32x4 {
    /// The same number four times.
    #[inline(always)]
    pub fn splat(x: f32) -> Self {
        Self(f32x4_splat(x))
    }

    /// Reads four numbers.
    #[inline(always)]
    pub fn load(&[a, b, c, d]: &[f32; 4]) -> Self {
        Self(f32x4(a, b, c, d))
    }

    /// Four whole numbers of 32 bits.
    #[inline(always)]
    pub(crate) fn from_whole(whole: v128) -> Self {
        Self(f32x4_convert_i32x4(whole))
    }

    /// The four numbers.
    #[inline(always)]
    pub fn to_array(self) -> [f32; 4] {
        let x = self.0;
        [f32x4_extract_lane::<0>(x), f32x4_extract_lane::<1>(x), f32x4_extract_lane::<2>(x), f32x4_extract_lane::<3>(x)]
    }

    /// `self · b + c`, rounded once (relaxed SIMD, where the machine can) or twice.
    #[cfg(relaxed)]
    #[inline]
    #[target_feature(enable = "relaxed-simd")]
    pub fn madd(self, b: Self, c: Self) -> Self {
        Self(f32x4_relaxed_madd(self.0, b.0, c.0))
    }

    /// `self · b + c`, rounded twice.
    #[cfg(not(relaxed))]
    #[inline(always)]
    pub fn madd(self, b: Self, c: Self) -> Self {
        Self(f32x4_add(f32x4_mul(self.0, b.0), c.0))
    }

    /// The larger of each pair.
    #[inline(always)]
    pub fn max(self, other: Self) -> Self {
        Self(f32x4_pmax(self.0, other.0))
    }

    /// The smaller of each pair.
    #[inline(always)]
    pub fn min(self, other: Self) -> Self {
        Self(f32x4_pmin(self.0, other.0))
    }

    /// Where `from` is not a number, that; elsewhere `self`. (With relaxed SIMD, [`Self::max`] and
    /// [`Self::min`] may swallow it.)
    #[inline(always)]
    pub fn keep_nan(self, from: Self) -> Self {
        Self(v128_bitselect(from.0, self.0, f32x4_ne(from.0, from.0)))
    }

    /// Magnitudes.
    #[inline(always)]
    pub fn abs(self) -> Self {
        Self(f32x4_abs(self.0))
    }

    /// Square roots.
    #[inline(always)]
    pub fn sqrt(self) -> Self {
        Self(f32x4_sqrt(self.0))
    }

    /// Four rows of four as four columns.
    #[inline(always)]
    pub fn transpose([a, b, c, d]: [Self; 4]) -> [Self; 4] {
        // Pairs of rows, then pairs of pairs.
        let (low_ab, high_ab) = (i32x4_shuffle::<0, 4, 1, 5>(a.0, b.0), i32x4_shuffle::<2, 6, 3, 7>(a.0, b.0));
        let (low_cd, high_cd) = (i32x4_shuffle::<0, 4, 1, 5>(c.0, d.0), i32x4_shuffle::<2, 6, 3, 7>(c.0, d.0));
        [
            Self(i64x2_shuffle::<0, 2>(low_ab, low_cd)),
            Self(i64x2_shuffle::<1, 3>(low_ab, low_cd)),
            Self(i64x2_shuffle::<0, 2>(high_ab, high_cd)),
            Self(i64x2_shuffle::<1, 3>(high_ab, high_cd)),
        ]
    }

    /// The nearest whole numbers, halves to even.
    #[inline(always)]
    pub(super) fn nearest(self) -> Self {
        Self(f32x4_nearest(self.0))
    }

    /// `2ⁿ` for whole numbers `n` from -126 to 127.
    #[inline(always)]
    pub(super) fn power_of_two(self) -> Self {
        let n = i32x4_trunc_sat_f32x4(self.0);
        Self(i32x4_shl(i32x4_add(n, i32x4_splat(127)), 23))
    }

    /// Each lane of `self` with the sign of `from`.
    #[inline(always)]
    pub fn with_sign_of(self, from: Self) -> Self {
        let sign = f32x4_splat(-0.0);
        Self(v128_bitselect(from.0, self.0, sign))
    }

    #[inline(always)]
    pub(super) fn add(self, other: Self) -> Self {
        Self(f32x4_add(self.0, other.0))
    }

    #[inline(always)]
    pub(super) fn sub(self, other: Self) -> Self {
        Self(f32x4_sub(self.0, other.0))
    }

    #[inline(always)]
    pub(super) fn mul(self, other: Self) -> Self {
        Self(f32x4_mul(self.0, other.0))
    }

    #[inline(always)]
    pub(super) fn div(self, other: Self) -> Self {
        Self(f32x4_div(self.0, other.0))
    }
}
