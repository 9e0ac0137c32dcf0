//! Numbers into the bytes that a file keeps them in: the way back of [`Kind::numbers`].

use super::Kind;
use half::f16;

impl Kind {
    /// The bytes that keep `numbers`; none if they do not fill their blocks, or if this kind is only read here.
    ///
    /// Blocks of eight bits are those of ggml's `quantize_row_q8_0_ref`: the largest number of a block becomes ±127, and
    /// halves are rounded away from zero. Blocks of four bits hold ±7 at most, as our own grid does: what lies on its
    /// steps stays there, where ggml's own choice, a largest number of -8, would move it.
    ///
    /// ```
    /// use engine_core::gguf::Kind;
    /// assert_eq!(Kind::F16.encode(&[1.5, -2.0]), Some(vec![0x00, 0x3e, 0x00, 0xc0]));
    /// assert_eq!(Kind::Q8_0.encode(&[1.0; 31]), None);
    /// ```
    pub fn encode(self, numbers: &[f32]) -> Option<Vec<u8>> {
        match self {
            Self::F32 => Some(numbers.iter().flat_map(|x| x.to_le_bytes()).collect()),
            Self::F16 => Some(numbers.iter().flat_map(|x| f16::from_f32(*x).to_le_bytes()).collect()),
            Self::Q8_0 => {
                let (blocks, rest) = numbers.as_chunks();
                rest.is_empty().then(|| blocks.iter().flat_map(q8_0).collect())
            }
            Self::Q4_0 => {
                let (blocks, rest) = numbers.as_chunks();
                rest.is_empty().then(|| blocks.iter().flat_map(q4_0).collect())
            }
            Self::Bf16 | Self::Q4_1 => None,
        }
    }
}

fn q8_0(numbers: &[f32; 32]) -> [u8; 34] {
    let largest = numbers.iter().fold(0.0f32, |most, x| most.max(x.abs()));
    let scale = largest / 127.0;
    let inverse = if scale == 0.0 { 0.0 } else { 1.0 / scale };
    let mut block = [0; 34];
    let [a, b, quants @ ..] = &mut block;
    [*a, *b] = f16::from_f32(scale).to_le_bytes();
    for (quant, x) in quants.iter_mut().zip(numbers) {
        // Between -127 and 127 by the choice of the scale; the sign is kept in two's complement.
        #[allow(
            clippy::cast_possible_truncation,
            reason = "a float is cut to the nearest end of the range, never wrapped"
        )]
        let whole = (x * inverse).round() as i8;
        *quant = whole.cast_unsigned();
    }
    block
}

/// The first 16 numbers in the bits that count less, the others in those above; 8 stands for zero.
fn q4_0(numbers: &[f32; 32]) -> [u8; 18] {
    let largest = numbers.iter().fold(0.0f32, |most, x| most.max(x.abs()));
    let scale = largest / 7.0;
    let inverse = if scale == 0.0 { 0.0 } else { 1.0 / scale };
    // Between 1 and 15 by the choice of the scale.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a float is cut to the nearest end of the range, never wrapped"
    )]
    let whole = |x: &f32| ((x * inverse).round() + 8.0) as u8;
    let mut block = [0; 18];
    let [a, b, quants @ ..] = &mut block;
    [*a, *b] = f16::from_f32(scale).to_le_bytes();
    let (low, high) = numbers.split_at(16);
    for (quant, (low, high)) in quants.iter_mut().zip(low.iter().zip(high)) {
        *quant = whole(low) | whole(high) << 4;
    }
    block
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_is_read_back_within_half_a_step() {
        let numbers: Vec<f32> =
            (0..64).map(|i| ((i * 37 % 64) as f32 - 31.5) * if i < 32 { 0.01 } else { 3.0 }).collect();
        for kind in [Kind::F32, Kind::F16, Kind::Q8_0, Kind::Q4_0] {
            let bytes = kind.encode(&numbers).unwrap();
            let mut back = vec![0.0; 64];
            kind.numbers(&bytes, &mut back).unwrap();
            for (block, (x, y)) in numbers.iter().zip(&back).enumerate().map(|(i, pair)| (i / 32, pair)) {
                let most = [0.315, 94.5][block];
                // Half a step of the block, and what a scale of 16 bits is off by.
                let off = match kind {
                    Kind::F32 => 0.0,
                    Kind::F16 => x.abs() / 2048.0,
                    Kind::Q4_0 => most / 14.0 + most / 2048.0,
                    _ => most / 254.0 + most / 2048.0,
                };
                assert!((x - y).abs() <= off, "{} {x} {y}", kind.name());
            }
        }
        assert_eq!(Kind::Q8_0.encode(&[0.0; 32]), Some(vec![0; 34]));
        assert_eq!(Kind::Q4_1.encode(&numbers), None);
    }
}
