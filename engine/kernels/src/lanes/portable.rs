//! Four numbers where there is no such register: the same operations in the same order.

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
