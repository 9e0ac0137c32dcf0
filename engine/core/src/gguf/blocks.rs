//! How tensors keep their numbers: plainly, or in blocks of 32 with a scale of their own.
//!
//! The blocks are those of ggml, `src/ggml-common.h` (`block_q4_0`, `block_q4_1`, `block_q8_0`), read as in
//! `dequantize_row_q4_0` and its siblings in `src/ggml-quants.c`: the first sixteen numbers of a block of four bits are the
//! low halves of its sixteen bytes, the last sixteen the high halves.

use half::{bf16, f16};

/// Numbers in a block.
const BLOCK: usize = 32;

/// How a tensor keeps its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// 32 bits each.
    F32,
    /// 16 bits each, about three decimal digits.
    F16,
    /// The upper half of an F32.
    Bf16,
    /// Eight bits each from -128 to 127, times the block's scale.
    Q8_0,
    /// Four bits each from -8 to 7, times the block's scale.
    Q4_0,
    /// Four bits each from 0 to 15, times the block's scale, plus the block's least number.
    Q4_1,
}

/// Names of the types that ggml numbers from 0 on; where one is missing, the type was given up.
const NAMES: [&str; 40] = [
    "F32", "F16", "Q4_0", "Q4_1", "", "", "Q5_0", "Q5_1", "Q8_0", "Q8_1", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K",
    "Q8_K", "IQ2_XXS", "IQ2_XS", "IQ3_XXS", "IQ1_S", "IQ4_NL", "IQ3_S", "IQ2_S", "IQ4_XS", "I8", "I16", "I32", "I64",
    "F64", "IQ1_M", "BF16", "", "", "", "TQ1_0", "TQ2_0", "", "", "", "MXFP4",
];

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 6] = [Self::F32, Self::F16, Self::Bf16, Self::Q8_0, Self::Q4_0, Self::Q4_1];

    /// The kind of this number in a file; else how to name the other type.
    pub(super) fn numbered(number: u32) -> Result<Self, String> {
        let name = usize::try_from(number).ok().and_then(|number| NAMES.get(number)).copied().unwrap_or_default();
        let known = Self::ALL.into_iter().find(|kind| kind.name() == name);
        known.ok_or_else(|| if name.is_empty() { format!("type {number}") } else { name.to_owned() })
    }

    /// Its name in llama.cpp.
    pub fn name(self) -> &'static str {
        match self {
            Self::F32 => "F32",
            Self::F16 => "F16",
            Self::Bf16 => "BF16",
            Self::Q8_0 => "Q8_0",
            Self::Q4_0 => "Q4_0",
            Self::Q4_1 => "Q4_1",
        }
    }

    /// Numbers in a block, and bytes that a block takes.
    pub fn block(self) -> (usize, usize) {
        match self {
            Self::F32 => (1, 4),
            Self::F16 | Self::Bf16 => (1, 2),
            Self::Q8_0 => (BLOCK, 34),
            Self::Q4_0 => (BLOCK, 18),
            Self::Q4_1 => (BLOCK, 20),
        }
    }

    /// Bytes that `numbers` take; none if they do not fill their blocks.
    pub fn bytes(self, numbers: u64) -> Option<u64> {
        let (block, bytes) = self.block();
        let blocks = numbers.checked_div(block as u64).filter(|_| numbers.is_multiple_of(block as u64))?;
        blocks.checked_mul(bytes as u64)
    }

    /// The numbers that `bytes` hold, into `out`.
    ///
    /// ```
    /// use engine_core::gguf::Kind;
    /// let mut out = [0.0; 2];
    /// Kind::F16.numbers(&[0x00, 0x3e, 0x00, 0xc0], &mut out)?;
    /// assert_eq!(out, [1.5, -2.0]);
    /// # Ok::<(), String>(())
    /// ```
    ///
    /// # Errors
    /// A sentence, if `bytes` are not as many as that many numbers take.
    pub fn numbers(self, bytes: &[u8], out: &mut [f32]) -> Result<(), String> {
        if self.bytes(out.len() as u64) != Some(bytes.len() as u64) {
            return Err(format!(
                "{} numbers of the kind {} were wanted, and {} bytes came, which hold another number of them. Choose the \
                 file again.",
                out.len(),
                self.name(),
                bytes.len()
            ));
        }
        match self {
            Self::F32 => each(bytes, out, |bytes: &[u8; 4], [out]: &mut [f32; 1]| *out = f32::from_le_bytes(*bytes)),
            Self::F16 => each(bytes, out, |bytes, [out]: &mut [f32; 1]| *out = f16::from_le_bytes(*bytes).to_f32()),
            Self::Bf16 => each(bytes, out, |bytes, [out]: &mut [f32; 1]| *out = bf16::from_le_bytes(*bytes).to_f32()),
            Self::Q8_0 => each(bytes, out, q8_0),
            Self::Q4_0 => each(bytes, out, q4_0),
            Self::Q4_1 => each(bytes, out, q4_1),
        }
        Ok(())
    }
}

/// Reads block by block.
fn each<const BYTES: usize, const NUMBERS: usize>(
    bytes: &[u8],
    out: &mut [f32],
    read: impl Fn(&[u8; BYTES], &mut [f32; NUMBERS]),
) {
    let (blocks, _) = bytes.as_chunks();
    let (numbers, _) = out.as_chunks_mut();
    blocks.iter().zip(numbers).for_each(|(block, numbers)| read(block, numbers));
}

fn q8_0([a, b, quants @ ..]: &[u8; 34], out: &mut [f32; BLOCK]) {
    let scale = f16::from_le_bytes([*a, *b]).to_f32();
    for (out, quant) in out.iter_mut().zip(quants) {
        *out = f32::from(quant.cast_signed()) * scale;
    }
}

fn q4_0([a, b, quants @ ..]: &[u8; 18], out: &mut [f32; BLOCK]) {
    let scale = f16::from_le_bytes([*a, *b]).to_f32();
    halves(quants, out, |quant| (quant - 8.0) * scale);
}

fn q4_1([a, b, c, d, quants @ ..]: &[u8; 20], out: &mut [f32; BLOCK]) {
    let scale = f16::from_le_bytes([*a, *b]).to_f32();
    let least = f16::from_le_bytes([*c, *d]).to_f32();
    halves(quants, out, |quant| quant * scale + least);
}

/// Reads the low halves of the bytes, then the high ones.
fn halves(quants: &[u8; BLOCK / 2], out: &mut [f32; BLOCK], number: impl Fn(f32) -> f32) {
    let (low, high) = out.split_at_mut(BLOCK / 2);
    for ((quant, low), high) in quants.iter().zip(low).zip(high) {
        *low = number(f32::from(quant & 0x0f));
        *high = number(f32::from(quant >> 4));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(kind: Kind, bytes: &[u8]) -> Vec<f32> {
        let mut out = vec![0.0; bytes.len() / kind.block().1 * kind.block().0];
        kind.numbers(bytes, &mut out).unwrap();
        out
    }

    #[test]
    fn plain_numbers_are_read_bit_by_bit() {
        assert_eq!(read(Kind::F32, &[0x00, 0x00, 0x20, 0xc0, 0, 0, 0, 0x80]), [-2.5, -0.0]);
        // The smallest of F16 is 2^-24; its largest is 65504.
        assert_eq!(read(Kind::F16, &[0x01, 0x00, 0xff, 0x7b]), [2f32.powi(-24), 65504.0]);
        // 0x3f80 is 1, 0xc0a0 is -5, and 0x0001 is the upper half of a number far below what F16 can hold.
        assert_eq!(read(Kind::Bf16, &[0x80, 0x3f, 0xa0, 0xc0, 1, 0]), [1.0, -5.0, f32::from_bits(0x10000)]);
    }

    #[test]
    fn eight_bits_by_hand() {
        // The scale 0x3400 is 0.25.
        let mut block = vec![0x00, 0x34];
        block.extend((0..32).map(|i| [0u8, 1, 0xff, 127, 0x80][i % 5]));
        let numbers = read(Kind::Q8_0, &block);
        assert_eq!(numbers[..5], [0.0, 0.25, -0.25, 31.75, -32.0]);
        assert_eq!((numbers.len(), numbers[31]), (32, 0.25));
    }

    #[test]
    fn four_bits_by_hand() {
        // The scale 0xb800 is -0.5. The first byte holds 1 below and 15 above, the last one 8 and 0.
        let mut block = vec![0x00, 0xb8, 0xf1];
        block.extend([0x88; 14]);
        block.push(0x08);
        let numbers = read(Kind::Q4_0, &block);
        assert_eq!((numbers[0], numbers[16]), (3.5, -3.5));
        assert_eq!((numbers[15], numbers[31]), (0.0, 4.0));
        assert!(numbers[1..15].iter().chain(&numbers[17..31]).all(|x| *x == 0.0));
    }

    #[test]
    fn four_bits_and_a_least_number_by_hand() {
        // The scale 0x3800 is 0.5, the least number 0xc400 is -4; two blocks, the second of other bytes.
        let mut blocks = vec![0x00, 0x38, 0x00, 0xc4, 0xf1];
        blocks.extend([0x80; 15]);
        blocks.extend([0x00, 0x3c, 0x00, 0x00]);
        blocks.extend(0x10..0x20);
        let numbers = read(Kind::Q4_1, &blocks);
        assert_eq!((numbers[0], numbers[16]), (-3.5, 3.5));
        assert!(numbers[1..16].iter().all(|x| *x == -4.0) && numbers[17..32].iter().all(|x| *x == 0.0));
        assert!((0..16).all(|i| numbers[32 + i] == i as f32 && numbers[48 + i] == 1.0));
    }

    #[test]
    fn sizes_that_do_not_fit_are_refused() {
        assert_eq!((Kind::Q4_1.bytes(576), Kind::Q8_0.bytes(33), Kind::F32.bytes(u64::MAX)), (Some(360), None, None));
        for kind in Kind::ALL {
            let mut out = [0.0; 32];
            assert!(kind.numbers(&[0; 7], &mut out).unwrap_err().ends_with('.'));
            assert!(kind.numbers(&[], &mut []).is_ok());
        }
        assert_eq!(Kind::numbered(12), Err("Q4_K".to_owned()));
        assert_eq!(Kind::numbered(4), Err("type 4".to_owned()));
        assert_eq!(Kind::numbered(u32::MAX), Err("type 4294967295".to_owned()));
        assert_eq!(
            Kind::ALL.map(|kind| NAMES.iter().position(|name| *name == kind.name())),
            [0, 1, 30, 8, 2, 3].map(Some)
        );
    }
}
