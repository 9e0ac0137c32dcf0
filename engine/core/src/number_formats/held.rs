//! One number as a format holds it: what was kept, what was lost, what lies beside it.

use super::{Format, Kind};

/// A pattern of bits, and what one step of the format is worth.
///
/// A quantized weight is a small whole number times a scale that many weights share; floats are used as they are, with
/// a scale of 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Held {
    /// What the bits mean.
    pub format: Format,
    /// What the format's number is multiplied by; finite and above zero.
    pub scale: f64,
    /// The bits, in the lowest places.
    pub bits: u32,
}

impl Held {
    /// The number of this format and scale that is nearest to `x`.
    ///
    /// ```
    /// use engine_core::number_formats::{Format, Held};
    /// let tenth = Held::nearest(Format::Int8, 1.0 / 127.0, 0.1);
    /// assert_eq!(tenth.bits, 13);
    /// assert!((tenth.error(0.1) - (13.0 / 127.0 - 0.1)).abs() < 1e-15);
    /// ```
    pub fn nearest(format: Format, scale: f64, x: f64) -> Self {
        Self { format, scale, bits: format.encode(x / scale) }
    }

    /// The number that is held.
    pub fn value(&self) -> f64 {
        self.format.decode(self.bits) * self.scale
    }

    /// What kind of number it is.
    pub fn kind(&self) -> Kind {
        self.format.kind(self.bits)
    }

    /// The next lower number, if there is one.
    pub fn below(&self) -> Option<Self> {
        self.format.below(self.bits).map(|bits| Self { bits, ..*self })
    }

    /// The next higher number, if there is one.
    pub fn above(&self) -> Option<Self> {
        self.format.above(self.bits).map(|bits| Self { bits, ..*self })
    }

    /// The same with one bit turned over; place 0 is the bit that counts least.
    ///
    /// # Panics
    /// If the format has no such bit.
    pub fn flipped(&self, place: u32) -> Self {
        assert!(place < self.format.bits(), "{} has {} bits", self.format.name(), self.format.bits());
        Self { bits: self.bits ^ 1 << place, ..*self }
    }

    /// Whether the bit at `place` is set.
    pub fn bit(&self, place: u32) -> bool {
        self.bits >> place & 1 == 1
    }

    /// What is held less what was meant.
    pub fn error(&self, meant: f64) -> f64 {
        // Infinity less infinity would be no number, although nothing was lost.
        if self.value() == meant { 0.0 } else { self.value() - meant }
    }

    /// The error as a share of what was meant; none where zero, or nothing finite, was meant.
    pub fn relative_error(&self, meant: f64) -> Option<f64> {
        (meant != 0.0 && meant.is_finite()).then(|| (self.error(meant) / meant).abs())
    }

    /// How far the next number away from zero is: the width of a step here. None beside infinity and NaN; at the
    /// largest number, the step that led to it.
    pub fn step(&self) -> Option<f64> {
        let finite = |other: Option<Self>| other.map(|other| other.value()).filter(|value| value.is_finite());
        let value = Some(self.value()).filter(|value| value.is_finite())?;
        let (outer, inner) = if value < 0.0 { (self.below(), self.above()) } else { (self.above(), self.below()) };
        finite(outer).or_else(|| finite(inner)).map(|other| (other - value).abs())
    }
}
