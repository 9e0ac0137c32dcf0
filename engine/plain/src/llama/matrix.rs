//! A matrix of weights as its file keeps it.

use engine_core::gguf::Kind;
use half::f16;
use kernels::{
    blocks::{self, BLOCK, Codes, Inputs, Weights},
    matmul::{Shape, matmul},
};

/// A matrix `[rows, columns]` that fills up from a file.
#[derive(Debug)]
pub struct Matrix {
    kind: Kind,
    columns: usize,
    numbers: Numbers,
}

/// The numbers; codes, scales and least numbers lie apart, so that each can be read four or more at once.
#[derive(Debug)]
enum Numbers {
    /// Blocks of four bits, each number `scale · code + least`.
    Four { codes: Vec<[u8; BLOCK / 2]>, scales: Vec<u16>, least: Vec<u16> },
    /// Blocks of eight bits, each number `scale · code`.
    Eight { codes: Vec<[i8; BLOCK]>, scales: Vec<u16> },
    /// Numbers of their own.
    Plain(Vec<f32>),
}

/// Two bytes of an exponent of all ones: infinite, or no number.
const ODD: u16 = 0x7c00;

impl Matrix {
    /// A matrix with room for its numbers, none of which are there yet.
    ///
    /// # Errors
    /// A sentence, if there is not enough memory.
    pub fn with_room(kind: Kind, rows: usize, columns: usize) -> Result<Self, String> {
        let (count, blocks) = (rows * columns, rows * (columns / BLOCK));
        let numbers = match kind {
            Kind::Q4_0 | Kind::Q4_1 => {
                Numbers::Four { codes: room(blocks)?, scales: room(blocks)?, least: room(blocks)? }
            }
            Kind::Q8_0 => Numbers::Eight { codes: room(blocks)?, scales: room(blocks)? },
            Kind::F32 | Kind::F16 | Kind::Bf16 => Numbers::Plain(room(count)?),
        };
        Ok(Self { kind, columns, numbers })
    }

    /// Bytes that a matrix of so many numbers takes in memory. Four bits without a least number get one, and numbers of
    /// 16 bits get 32.
    pub fn memory(kind: Kind, numbers: u64) -> u64 {
        let kept = match kind {
            Kind::Q4_0 => Kind::Q4_1,
            Kind::F16 | Kind::Bf16 => Kind::F32,
            kept => kept,
        };
        kept.bytes(numbers).unwrap_or(u64::MAX)
    }

    /// Takes the next whole rows as they lie in the file, or none of them.
    ///
    /// # Errors
    /// A sentence without its beginning, such as “holds NaN”, if a number is none.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<(), String> {
        let before = match &self.numbers {
            Numbers::Four { codes, .. } => codes.len(),
            Numbers::Eight { codes, .. } => codes.len(),
            Numbers::Plain(numbers) => numbers.len(),
        };
        let taken = self.take(bytes);
        if taken.is_err() {
            match &mut self.numbers {
                Numbers::Four { codes, scales, least } => {
                    codes.truncate(before);
                    scales.truncate(before);
                    least.truncate(before);
                }
                Numbers::Eight { codes, scales } => {
                    codes.truncate(before);
                    scales.truncate(before);
                }
                Numbers::Plain(numbers) => numbers.truncate(before),
            }
        }
        taken
    }

    fn take(&mut self, bytes: &[u8]) -> Result<(), String> {
        match &mut self.numbers {
            Numbers::Four { codes, scales, least } if self.kind == Kind::Q4_1 => {
                for [a, b, c, d, codes_of_block @ ..] in bytes.as_chunks::<20>().0 {
                    codes.push(*codes_of_block);
                    scales.push(finite([*a, *b])?);
                    least.push(finite([*c, *d])?);
                }
            }
            Numbers::Four { codes, scales, least } => {
                for [a, b, codes_of_block @ ..] in bytes.as_chunks::<18>().0 {
                    codes.push(*codes_of_block);
                    let scale = finite([*a, *b])?;
                    scales.push(scale);
                    // Here the codes count from -8; eight times a scale is exact, unless it is too large.
                    let eight = f16::from_f32(f16::from_bits(scale).to_f32() * -8.0);
                    least.push(finite(eight.to_le_bytes())?);
                }
            }
            Numbers::Eight { codes, scales } => {
                for [a, b, codes_of_block @ ..] in bytes.as_chunks::<34>().0 {
                    codes.push(codes_of_block.map(u8::cast_signed));
                    scales.push(finite([*a, *b])?);
                }
            }
            Numbers::Plain(numbers) => {
                let (from, count) = (numbers.len(), bytes.len() / self.kind.block().1);
                numbers.resize(from + count, 0.0);
                self.kind.numbers(bytes, &mut numbers[from..])?;
                if let Some(odd) = numbers[from..].iter().find(|number| !number.is_finite()) {
                    return Err(format!("holds {odd}"));
                }
            }
        }
        Ok(())
    }

    /// `x · matrixᵀ` into `out: [tokens, rows]`, with `x: [tokens, columns]`; `inputs` are the same as whole numbers, or
    /// anything where [`Self::is_whole`] says no.
    pub fn times(&self, x: &[f32], inputs: &Inputs, out: &mut [f32]) {
        let blocks = self.columns / BLOCK;
        match &self.numbers {
            Numbers::Four { codes, scales, least } => {
                blocks::forward(Weights { blocks, codes: Codes::Four(codes), scales, least }, inputs, out);
            }
            Numbers::Eight { codes, scales } => {
                blocks::forward(Weights { blocks, codes: Codes::Eight(codes), scales, least: &[] }, inputs, out);
            }
            Numbers::Plain(numbers) => {
                let shape = Shape::nt(x.len() / self.columns, self.columns, numbers.len() / self.columns);
                matmul(shape, x, numbers, out);
            }
        }
    }

    /// Numbers in a row.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Whether [`Self::times`] reads whole numbers.
    pub fn is_whole(&self) -> bool {
        !matches!(self.numbers, Numbers::Plain(_))
    }

    /// One row as numbers, into `out: [columns]`.
    pub fn row(&self, row: usize, out: &mut [f32]) {
        let first = row * (self.columns / BLOCK);
        let (places, _) = out.as_chunks_mut::<BLOCK>();
        match &self.numbers {
            Numbers::Four { codes, scales, least } => {
                for (at, out) in (first..).zip(places) {
                    let (scale, least) = (blocks::single(scales[at]), blocks::single(least[at]));
                    let (low, high) = out.split_at_mut(BLOCK / 2);
                    for ((code, low), high) in codes[at].iter().zip(low).zip(high) {
                        *low = scale * f32::from(code & 15) + least;
                        *high = scale * f32::from(code >> 4) + least;
                    }
                }
            }
            Numbers::Eight { codes, scales } => {
                for (at, out) in (first..).zip(places) {
                    let scale = blocks::single(scales[at]);
                    out.iter_mut().zip(codes[at]).for_each(|(out, code)| *out = scale * f32::from(code));
                }
            }
            Numbers::Plain(numbers) => out.copy_from_slice(&numbers[row * self.columns..][..self.columns]),
        }
    }
}

/// An empty list with room for `count` things.
fn room<T>(count: usize) -> Result<Vec<T>, String> {
    let mut all = Vec::new();
    let full = |_| "There is not enough memory for the model: close other tabs, or choose a smaller model.".to_owned();
    all.try_reserve_exact(count).map_err(full)?;
    Ok(all)
}

/// The bits of a finite number of half precision.
fn finite(bytes: [u8; 2]) -> Result<u16, String> {
    let bits = u16::from_le_bytes(bytes);
    if bits & ODD == ODD { Err(format!("holds the scale {}", f16::from_bits(bits))) } else { Ok(bits) }
}
