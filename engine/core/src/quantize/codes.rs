//! Whole numbers of eight bits, or of four, two to a byte.

use super::Width;

/// Rows of whole numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Codes {
    width: Width,
    columns: usize,
    bytes: Vec<u8>,
}

impl Codes {
    /// Packs rows of `columns` whole numbers each.
    ///
    /// # Panics
    /// If a row has another length.
    pub fn of_rows(width: Width, columns: usize, rows: impl Iterator<Item = Vec<i8>>) -> Self {
        let mut bytes = Vec::new();
        for row in rows {
            assert_eq!(row.len(), columns, "all rows have one length");
            match width {
                Width::Int8 => bytes.extend(row.iter().map(|code| code.cast_unsigned())),
                Width::Int4 => bytes.extend(row.chunks(2).map(|pair| pack(pair[0], pair.get(1).copied().unwrap_or(0)))),
            }
        }
        Self { width, columns, bytes }
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.bytes.len() / self.width.row_bytes(self.columns).max(1)
    }

    /// One row: `[columns]`.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn row(&self, row: usize) -> Vec<i8> {
        let length = self.width.row_bytes(self.columns);
        let bytes = &self.bytes[row * length..(row + 1) * length];
        match self.width {
            Width::Int8 => bytes.iter().map(|byte| byte.cast_signed()).collect(),
            Width::Int4 => bytes.iter().flat_map(|byte| unpack(*byte)).take(self.columns).collect(),
        }
    }

    /// As they lie in memory, row after row; each begins with a byte of its own.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

// ANCHOR: pack
/// Two whole numbers from -8 to 7 in one byte, the first in the four bits that count less.
///
/// ```
/// use engine_core::quantize::codes::{pack, unpack};
/// assert_eq!(pack(3, -2), 0b1110_0011);
/// assert_eq!(unpack(0b1110_0011), [3, -2]);
/// ```
pub fn pack(first: i8, second: i8) -> u8 {
    first.cast_unsigned() & 0x0f | second.cast_unsigned() << 4
}

/// The two whole numbers of a byte.
pub fn unpack(byte: u8) -> [i8; 2] {
    // Shifting a signed number down copies its highest bit, the sign, into the bits that come free.
    [(byte << 4).cast_signed() >> 4, byte.cast_signed() >> 4]
}
// ANCHOR_END: pack
