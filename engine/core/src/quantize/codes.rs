//! Whole numbers of eight bits, or of four, two to a byte.

use super::Width;
use kernels::int8;
pub use kernels::int8::naive::unpack;

/// Rows of whole numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Codes {
    columns: usize,
    kept: Kept,
}

/// As they lie in memory, row after row; each row begins with a byte of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Kept {
    Eight(Vec<i8>),
    Four(Vec<u8>),
}

impl Codes {
    /// Packs rows of `columns` whole numbers each.
    ///
    /// # Panics
    /// If a row has another length.
    pub fn of_rows(width: Width, columns: usize, rows: impl Iterator<Item = Vec<i8>>) -> Self {
        let rows = rows.inspect(|row| assert_eq!(row.len(), columns, "all rows have one length"));
        let pair = |pair: &[i8]| pack(pair[0], pair.get(1).copied().unwrap_or(0));
        let kept = match width {
            Width::Int8 => Kept::Eight(rows.flatten().collect()),
            Width::Int4 => Kept::Four(rows.flat_map(|row| row.chunks(2).map(pair).collect::<Vec<_>>()).collect()),
        };
        Self { columns, kept }
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.bytes() / self.row_bytes().max(1)
    }

    /// One row: `[columns]`.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn row(&self, row: usize) -> Vec<i8> {
        let place = row * self.row_bytes()..(row + 1) * self.row_bytes();
        match &self.kept {
            Kept::Eight(codes) => codes[place].to_vec(),
            Kept::Four(bytes) => bytes[place].iter().flat_map(|byte| unpack(*byte)).take(self.columns).collect(),
        }
    }

    /// How many bytes all of them take.
    pub fn bytes(&self) -> usize {
        match &self.kept {
            Kept::Eight(codes) => codes.len(),
            Kept::Four(bytes) => bytes.len(),
        }
    }

    /// As the kernels read them.
    pub fn as_kernel(&self) -> int8::Codes<'_> {
        match &self.kept {
            Kept::Eight(codes) => int8::Codes::Eight(codes),
            Kept::Four(bytes) => int8::Codes::Four(bytes),
        }
    }

    /// One row, as the kernels read it.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn row_as_kernel(&self, row: usize) -> int8::Codes<'_> {
        let place = row * self.row_bytes()..(row + 1) * self.row_bytes();
        match &self.kept {
            Kept::Eight(codes) => int8::Codes::Eight(&codes[place]),
            Kept::Four(bytes) => int8::Codes::Four(&bytes[place]),
        }
    }

    fn row_bytes(&self) -> usize {
        match self.kept {
            Kept::Eight(_) => Width::Int8.row_bytes(self.columns),
            Kept::Four(_) => Width::Int4.row_bytes(self.columns),
        }
    }
}

// ANCHOR: pack
/// Two whole numbers from -8 to 7 in one byte, the first in the four bits that count less; [`unpack`] is the way back.
///
/// ```
/// use engine_core::quantize::codes::{pack, unpack};
/// assert_eq!(pack(3, -2), 0b1110_0011);
/// assert_eq!(unpack(0b1110_0011), [3, -2]);
/// ```
pub fn pack(first: i8, second: i8) -> u8 {
    first.cast_unsigned() & 0x0f | second.cast_unsigned() << 4
}
// ANCHOR_END: pack
