//! Numbers of the form `± 1.fraction · 2^exponent`, however many bits each part has (IEEE 754-2019, section 3).

use super::Kind;

/// How the bits are divided; above these two stands one bit for the sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// Bits of the exponent.
    pub exponent: u32,
    /// Bits of the fraction.
    pub fraction: u32,
}

/// Fraction bits of the `f64` that everything is computed in.
const DOUBLE_FRACTION: u32 = f64::MANTISSA_DIGITS - 1;
/// What an `f64` adds to its exponent.
const DOUBLE_BIAS: i32 = f64::MAX_EXP - 1;

impl Layout {
    /// What is added to the exponent before it is written, so that no sign is needed: half the range.
    pub fn bias(self) -> i32 {
        (1 << (self.exponent - 1)) - 1
    }

    /// The exponent of the smallest normal numbers, and of all below them.
    pub fn lowest_exponent(self) -> i32 {
        1 - self.bias()
    }

    /// The bit of the sign.
    pub fn sign(self) -> u32 {
        1 << (self.exponent + self.fraction)
    }

    /// The bits of infinity: an exponent of ones alone and no fraction.
    pub fn infinity(self) -> u32 {
        ((1 << self.exponent) - 1) << self.fraction
    }

    // ANCHOR: round
    /// The bits of the number nearest to `x`, halfway between two the one whose last bit is 0.
    pub fn encode(self, x: f64) -> u32 {
        let sign = if x.is_sign_negative() { self.sign() } else { 0 };
        if x.is_nan() {
            // The highest bit of the fraction marks a NaN that raises no alarm.
            return sign | self.infinity() | 1 << (self.fraction - 1);
        }
        if x.is_infinite() {
            return sign | self.infinity();
        }
        // |x| = digits · 2^(exponent - DOUBLE_FRACTION). What is subnormal as an f64 is nothing here.
        let bits = x.abs().to_bits();
        let exponent = (bits >> DOUBLE_FRACTION) as i32 - DOUBLE_BIAS;
        let digits = bits & ((1 << DOUBLE_FRACTION) - 1) | 1 << DOUBLE_FRACTION;
        // Numbers below the smallest normal one keep its exponent and lose digits instead.
        let kept = exponent.max(self.lowest_exponent());
        let dropped = (DOUBLE_FRACTION - self.fraction) as i32 + kept - exponent;
        let rounded = shifted_to_nearest(digits, dropped.unsigned_abs()) as u32;
        // Digits that round up to the next power of two carry into the exponent, and past the largest, into infinity.
        let above_lowest = (kept - self.lowest_exponent()).min(1 << self.exponent).unsigned_abs();
        let magnitude = (u64::from(above_lowest) << self.fraction) + u64::from(rounded);
        sign | magnitude.min(u64::from(self.infinity())) as u32
    }
    // ANCHOR_END: round

    /// The number that `bits` stand for, which an `f64` holds exactly.
    pub fn decode(self, bits: u32) -> f64 {
        let digits = f64::from(self.fraction_of(bits));
        let sign = if bits & self.sign() != 0 { -1.0 } else { 1.0 };
        let unit = power_of_two(self.exponent_of(bits) - self.fraction as i32);
        sign * match self.kind(bits) {
            Kind::Infinite => f64::INFINITY,
            Kind::NotANumber => f64::NAN,
            Kind::Zero | Kind::Subnormal => digits * unit,
            Kind::Normal => (f64::from(1u32 << self.fraction) + digits) * unit,
        }
    }

    /// What kind of number `bits` are.
    pub fn kind(self, bits: u32) -> Kind {
        let (exponent, fraction) = (self.written_exponent(bits), self.fraction_of(bits));
        if exponent == (1 << self.exponent) - 1 {
            if fraction == 0 { Kind::Infinite } else { Kind::NotANumber }
        } else if exponent > 0 {
            Kind::Normal
        } else if fraction > 0 {
            Kind::Subnormal
        } else {
            Kind::Zero
        }
    }

    /// The exponent as it is written, a number from 0 up.
    pub fn written_exponent(self, bits: u32) -> u32 {
        bits >> self.fraction & ((1 << self.exponent) - 1)
    }

    /// The fraction as it is written, a whole number.
    pub fn fraction_of(self, bits: u32) -> u32 {
        bits & ((1 << self.fraction) - 1)
    }

    /// The exponent that is meant: which power of two the digits are multiplied by.
    pub fn exponent_of(self, bits: u32) -> i32 {
        (self.written_exponent(bits) as i32 - self.bias()).max(self.lowest_exponent())
    }

    /// The next number above that of `bits`.
    pub fn above(self, bits: u32) -> Option<u32> {
        let magnitude = bits & !self.sign();
        match (self.kind(bits), bits & self.sign() != 0) {
            (Kind::NotANumber, _) | (Kind::Infinite, false) => None,
            // Both zeros are one place on the line.
            (Kind::Zero, _) => Some(1),
            (_, false) => Some(magnitude + 1),
            (_, true) => Some(self.sign() | (magnitude - 1)),
        }
    }

    /// The largest finite number.
    pub fn largest(self) -> f64 {
        self.decode(self.infinity() - 1)
    }

    /// The smallest number with an implied leading one.
    pub fn smallest_normal(self) -> f64 {
        power_of_two(self.lowest_exponent())
    }
}

/// `digits · 2^-by`, rounded to a whole number; from halfway, to the even one. At least one digit is dropped.
fn shifted_to_nearest(digits: u64, by: u32) -> u64 {
    if by >= u64::BITS {
        return 0;
    }
    let (whole, rest, half) = (digits >> by, digits & ((1 << by) - 1), 1 << (by - 1));
    let up = rest > half || rest == half && whole % 2 == 1;
    whole + u64::from(up)
}

/// `2^exponent`, for the exponents of normal `f64`s.
fn power_of_two(exponent: i32) -> f64 {
    f64::from_bits(((exponent + DOUBLE_BIAS) as u64) << DOUBLE_FRACTION)
}
