//! Four `f32` that are computed on together: one SIMD register, or an array where there is none.
//!
//! A function that calls [`F32x4::madd`] carries `#[cfg_attr(relaxed, target_feature(enable =
//! "relaxed-simd"))]`, without which the compiler could not put the instruction in its place.

use std::ops::{Add, Div, Mul, Sub};

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod register {
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

        /// The four numbers.
        #[inline(always)]
        pub fn to_array(self) -> [f32; 4] {
            let x = self.0;
            [
                f32x4_extract_lane::<0>(x),
                f32x4_extract_lane::<1>(x),
                f32x4_extract_lane::<2>(x),
                f32x4_extract_lane::<3>(x),
            ]
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
}

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod register {
    /// Four numbers. What the wasm variant does to a register is done here to an array.
    #[derive(Clone, Copy, Debug)]
    pub struct F32x4([f32; 4]);

    impl F32x4 {
        #[inline(always)]
        fn each(self, other: Self, f: impl Fn(f32, f32) -> f32) -> Self {
            Self(std::array::from_fn(|lane| f(self.0[lane], other.0[lane])))
        }

        /// The same number four times.
        #[inline(always)]
        pub fn splat(x: f32) -> Self {
            Self([x; 4])
        }

        /// Reads four numbers.
        #[inline(always)]
        pub fn load(four: &[f32; 4]) -> Self {
            Self(*four)
        }

        /// The four numbers.
        #[inline(always)]
        pub fn to_array(self) -> [f32; 4] {
            self.0
        }

        /// `self · b + c`, rounded twice, as SIMD128 does.
        #[inline(always)]
        pub fn madd(self, b: Self, c: Self) -> Self {
            self.mul(b).add(c)
        }

        /// The larger of each pair.
        #[inline(always)]
        pub fn max(self, other: Self) -> Self {
            self.each(other, |a, b| if a < b { b } else { a })
        }

        /// The smaller of each pair.
        #[inline(always)]
        pub fn min(self, other: Self) -> Self {
            self.each(other, |a, b| if b < a { b } else { a })
        }

        /// Where `from` is not a number, that; elsewhere `self`.
        #[inline(always)]
        pub fn keep_nan(self, from: Self) -> Self {
            self.each(from, |a, b| if b.is_nan() { b } else { a })
        }

        /// Magnitudes.
        #[inline(always)]
        pub fn abs(self) -> Self {
            Self(self.0.map(f32::abs))
        }

        /// Square roots.
        #[inline(always)]
        pub fn sqrt(self) -> Self {
            Self(self.0.map(f32::sqrt))
        }

        /// Four rows of four as four columns.
        #[inline(always)]
        pub fn transpose(rows: [Self; 4]) -> [Self; 4] {
            std::array::from_fn(|column| Self(rows.map(|row| row.0[column])))
        }

        /// The nearest whole numbers, halves to even.
        #[inline(always)]
        pub(super) fn nearest(self) -> Self {
            Self(self.0.map(f32::round_ties_even))
        }

        /// `2ⁿ` for whole numbers `n` from -126 to 127.
        #[inline(always)]
        pub(super) fn power_of_two(self) -> Self {
            Self(self.0.map(|n| f32::from_bits(((n as i32 + 127) as u32) << 23)))
        }

        /// Each lane of `self` with the sign of `from`.
        #[inline(always)]
        pub fn with_sign_of(self, from: Self) -> Self {
            self.each(from, f32::copysign)
        }

        #[inline(always)]
        pub(super) fn add(self, other: Self) -> Self {
            self.each(other, |a, b| a + b)
        }

        #[inline(always)]
        pub(super) fn sub(self, other: Self) -> Self {
            self.each(other, |a, b| a - b)
        }

        #[inline(always)]
        pub(super) fn mul(self, other: Self) -> Self {
            self.each(other, |a, b| a * b)
        }

        #[inline(always)]
        pub(super) fn div(self, other: Self) -> Self {
            self.each(other, |a, b| a / b)
        }
    }
}

pub use register::F32x4;

impl F32x4 {
    /// Nothing four times.
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
