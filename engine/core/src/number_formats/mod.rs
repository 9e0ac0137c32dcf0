//! How a number is kept in few bits: float32, float16, bfloat16, int8 and int4, bit by bit.
//!
//! Start with [`Format::encode`] and [`Format::decode`]. [`float`] has the arithmetic of the three that float, which is
//! that of IEEE 754-2019 (bfloat16 is float32 with its lower half cut off); [`held`] says what became of one number.

pub mod float;
pub mod held;
#[cfg(test)]
mod tests;

use float::Layout;
pub use held::Held;

/// A way to keep a number in 32 bits or fewer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// 1 sign, 8 exponent, 23 fraction: IEEE 754 `binary32`.
    Float32,
    /// 1 sign, 5 exponent, 10 fraction: IEEE 754 `binary16`.
    Float16,
    /// 1 sign, 8 exponent, 7 fraction.
    BFloat16,
    /// A whole number from -128 to 127, in two's complement.
    Int8,
    /// A whole number from -8 to 7, in two's complement.
    Int4,
}

/// What a bit is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// One bit: set for a number below zero. In a whole number it also counts, negatively.
    Sign,
    /// Which power of two.
    Exponent,
    /// The digits behind the one that is not written; also called mantissa.
    Fraction,
    /// The digits of a whole number.
    Whole,
}

/// What kind of number a pattern of bits is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Nothing.
    Zero,
    /// A float so small that its leading one is not implied.
    Subnormal,
    /// A float with an implied leading one, or a whole number.
    Normal,
    /// Larger than the format can say.
    Infinite,
    /// Not a number.
    NotANumber,
}

impl Format {
    /// All of them, the widest first.
    pub const ALL: [Self; 5] = [Self::Float32, Self::Float16, Self::BFloat16, Self::Int8, Self::Int4];

    /// How code and libraries call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Float32 => "float32",
            Self::Float16 => "float16",
            Self::BFloat16 => "bfloat16",
            Self::Int8 => "int8",
            Self::Int4 => "int4",
        }
    }

    /// How many bits one number takes.
    pub fn bits(self) -> u32 {
        self.layout()
            .map_or_else(|| if self == Self::Int8 { 8 } else { 4 }, |layout| 1 + layout.exponent + layout.fraction)
    }

    /// How a float's bits are divided; none for whole numbers.
    pub fn layout(self) -> Option<Layout> {
        match self {
            Self::Float32 => Some(Layout { exponent: 8, fraction: 23 }),
            Self::Float16 => Some(Layout { exponent: 5, fraction: 10 }),
            Self::BFloat16 => Some(Layout { exponent: 8, fraction: 7 }),
            Self::Int8 | Self::Int4 => None,
        }
    }

    /// What the bit at `place` is part of; place 0 is the one that counts least.
    pub fn field(self, place: u32) -> Field {
        match self.layout() {
            _ if place + 1 >= self.bits() => Field::Sign,
            Some(layout) if place >= layout.fraction => Field::Exponent,
            Some(_) => Field::Fraction,
            None => Field::Whole,
        }
    }

    // ANCHOR: encode
    /// The bits of the number of this format that is nearest to `x`; halfway between two, the one whose last bit is 0.
    ///
    /// A float beyond the largest becomes infinite. Whole numbers saturate: beyond the largest they stay the largest.
    /// They have no way to say that something is not a number: it becomes 0, as in Rust's `as`.
    ///
    /// ```
    /// use engine_core::number_formats::Format;
    /// assert_eq!(Format::Float16.encode(1.5), 0b0_01111_1000000000);
    /// assert_eq!(Format::Int8.encode(-3.0), 0b1111_1101);
    /// assert_eq!(Format::Int4.encode(100.0), 7);
    /// ```
    pub fn encode(self, x: f64) -> u32 {
        match self.layout() {
            Some(layout) => layout.encode(x),
            None => {
                let most = f64::from(self.half());
                // NaN passes through `clamp` and is cast to 0.
                let whole = x.round_ties_even().clamp(-most, most - 1.0) as i32;
                whole as u32 & self.mask()
            }
        }
    }
    // ANCHOR_END: encode

    /// The number that `bits` stand for; bits above the format's width do not count.
    ///
    /// ```
    /// use engine_core::number_formats::Format;
    /// assert_eq!(Format::BFloat16.decode(0x3fc0), 1.5);
    /// assert_eq!(Format::Int4.decode(0b1000), -8.0);
    /// ```
    pub fn decode(self, bits: u32) -> f64 {
        let bits = bits & self.mask();
        match self.layout() {
            Some(layout) => layout.decode(bits),
            None => f64::from(self.whole(bits)),
        }
    }

    /// What kind of number `bits` are.
    pub fn kind(self, bits: u32) -> Kind {
        let bits = bits & self.mask();
        match self.layout() {
            Some(layout) => layout.kind(bits),
            None if bits == 0 => Kind::Zero,
            None => Kind::Normal,
        }
    }

    /// The next number of this format above that of `bits`; none above the largest, above infinity and for NaN.
    ///
    /// The number above the largest float is infinity.
    pub fn above(self, bits: u32) -> Option<u32> {
        let bits = bits & self.mask();
        match self.layout() {
            Some(layout) => layout.above(bits),
            None => (self.whole(bits) + 1 < self.half()).then(|| (bits + 1) & self.mask()),
        }
    }

    /// The next number of this format below that of `bits`; none below the smallest, below negative infinity and for
    /// NaN.
    pub fn below(self, bits: u32) -> Option<u32> {
        let bits = bits & self.mask();
        match self.layout() {
            Some(layout) => layout.above(bits ^ layout.sign()).map(|bits| bits ^ layout.sign()),
            None => (self.whole(bits) > -self.half()).then(|| bits.wrapping_sub(1) & self.mask()),
        }
    }

    /// The largest finite number.
    pub fn largest(self) -> f64 {
        self.layout().map_or_else(|| f64::from(self.half() - 1), Layout::largest)
    }

    /// The lowest finite number: the largest with a minus, or, in two's complement, one further.
    pub fn lowest(self) -> f64 {
        self.layout().map_or_else(|| f64::from(-self.half()), |layout| -layout.largest())
    }

    /// The smallest number above zero.
    pub fn smallest(self) -> f64 {
        self.decode(1)
    }

    /// The smallest float with all its digits; below it, digits are lost one by one. 1 for whole numbers.
    pub fn smallest_normal(self) -> f64 {
        self.layout().map_or(1.0, Layout::smallest_normal)
    }

    /// The bits that are part of a number.
    fn mask(self) -> u32 {
        u32::MAX >> (32 - self.bits())
    }

    /// Whole numbers: how many of them lie below zero.
    fn half(self) -> i32 {
        1 << (self.bits() - 1)
    }

    /// Whole numbers: which.
    fn whole(self, bits: u32) -> i32 {
        let unused = 32 - self.bits();
        // Shifting back copies the sign into the bits that are not there.
        ((bits << unused) as i32) >> unused
    }
}
