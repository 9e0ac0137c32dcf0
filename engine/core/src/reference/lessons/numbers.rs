//! Numbers of a tensor, bit by bit.

// ANCHOR: numbers
/// The numbers of a tensor from its bytes; none for a type other than `F32`, `F16` and `BF16`.
///
/// ```
/// use engine_core::reference::lessons::numbers::numbers;
/// assert_eq!(numbers("F32", &1.5f32.to_le_bytes()), Some(vec![1.5]));
/// assert_eq!(numbers("F16", &[0x00, 0x3e]), Some(vec![1.5]));
/// assert_eq!(numbers("BF16", &[0xc0, 0x3f]), Some(vec![1.5]));
/// ```
pub fn numbers(kind: &str, file: &[u8]) -> Option<Vec<f32>> {
    let (fours, _) = file.as_chunks::<4>();
    let (twos, _) = file.as_chunks::<2>();
    let halves = twos.iter().map(|two| u16::from_le_bytes(*two));
    match kind {
        "F32" => Some(fours.iter().map(|four| f32::from_le_bytes(*four)).collect()),
        "BF16" => Some(halves.map(|bits| f32::from_bits(u32::from(bits) << 16)).collect()),
        "F16" => Some(halves.map(half).collect()),
        _ => None,
    }
}

/// One sign, five bits of exponent, ten of fraction.
fn half(bits: u16) -> f32 {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let (exponent, fraction) = (bits >> 10 & 31, bits & 1023);
    let size = match (exponent, fraction) {
        (0, fraction) => f32::from(fraction) * 2f32.powi(-24),
        (31, 0) => f32::INFINITY,
        (31, _) => f32::NAN,
        (exponent, fraction) => f32::from(1024 + fraction) * 2f32.powi(i32::from(exponent) - 25),
    };
    sign * size
}
// ANCHOR_END: numbers

#[cfg(test)]
mod tests {
    use super::numbers;

    #[test]
    fn every_half_is_that_of_the_standard() {
        for bits in 0..=u16::MAX {
            let bytes = bits.to_le_bytes();
            let same = |a: f32, b: f32| a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan();
            assert!(same(numbers("F16", &bytes).unwrap()[0], half::f16::from_bits(bits).to_f32()), "{bits:#x}");
            assert!(same(numbers("BF16", &bytes).unwrap()[0], half::bf16::from_bits(bits).to_f32()), "{bits:#x}");
        }
        assert_eq!(numbers("I8", &[1]), None);
    }
}
