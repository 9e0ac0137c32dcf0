//! Taking the fields of a message one by one.

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::string_slice))]
#![cfg_attr(not(test), deny(clippy::panic, clippy::unreachable, clippy::todo, clippy::arithmetic_side_effects))]
#![cfg_attr(not(test), deny(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_possible_wrap))]

use super::{BYTES, FIXED32, FIXED64, VARINT};

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Held<'a> {
    /// A whole number.
    Whole(u64),
    /// A text, a message, or several packed numbers.
    Bytes(&'a [u8]),
    /// A number of 32 or 64 bits.
    Fixed,
}

/// The fields of a message, one after another: the number of each and what it holds. Ends after the first fault.
pub struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    /// Those of a message.
    pub fn of(message: &'a [u8]) -> Self {
        Self { rest: message }
    }

    /// Takes a number in groups of seven bits.
    pub fn varint(&mut self) -> Option<u64> {
        let mut number = 0u64;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            let group = u64::from(byte & 0x7f);
            // The tenth byte has room for one bit.
            if group.checked_shl(shift).and_then(|shifted| shifted.checked_shr(shift)) != Some(group) {
                return None;
            }
            number |= group.checked_shl(shift)?;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    /// Whether all were taken.
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    fn bytes(&mut self, count: u64) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(usize::try_from(count).ok()?)?;
        self.rest = rest;
        Some(taken)
    }

    fn field(&mut self) -> Option<(u64, Held<'a>)> {
        let tag = self.varint()?;
        let held = match tag & 7 {
            VARINT => Held::Whole(self.varint()?),
            FIXED64 => self.bytes(8).map(|_| Held::Fixed)?,
            BYTES => {
                let length = self.varint()?;
                Held::Bytes(self.bytes(length)?)
            }
            FIXED32 => self.bytes(4).map(|_| Held::Fixed)?,
            _ => return None,
        };
        Some((tag >> 3, held))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u64, Held<'a>), String>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let left = self.rest.len();
        Some(self.field().ok_or_else(|| {
            self.rest = &[];
            format!("The file is damaged or cut short, {left} bytes before the end of one of its parts. Save it anew.")
        }))
    }
}
