//! CBOR (RFC 8949), as much of it as Burn's files need: texts, whole numbers, lists and maps of known length.

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::string_slice))]
#![cfg_attr(not(test), deny(clippy::panic, clippy::unreachable, clippy::todo, clippy::arithmetic_side_effects))]
#![cfg_attr(not(test), deny(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_possible_wrap))]

/// Kinds of values, as their first three bits number them.
const WHOLE: u8 = 0;
const TEXT: u8 = 3;
const LIST: u8 = 4;
const MAP: u8 = 5;
/// Values may lie so deep inside each other.
const DEEPEST: usize = 16;

/// The beginning of a value: its kind, and a number or a length in as few bytes as it takes.
fn head(kind: u8, number: u64) -> Vec<u8> {
    let first = |small: u8| kind << 5 | small;
    if let Ok(small) = u8::try_from(number) {
        return if small < 24 { vec![first(small)] } else { vec![first(24), small] };
    }
    let (code, width) = match number {
        0..=0xffff => (25, 2),
        0x1_0000..=0xffff_ffff => (26, 4),
        _ => (27, 8),
    };
    let mut bytes = vec![first(code)];
    bytes.extend(number.to_be_bytes().into_iter().skip(8usize.saturating_sub(width)));
    bytes
}

/// A whole number.
pub fn whole(number: u64) -> Vec<u8> {
    head(WHOLE, number)
}

/// A text.
pub fn text(text: &str) -> Vec<u8> {
    let mut bytes = head(TEXT, text.len() as u64);
    bytes.extend_from_slice(text.as_bytes());
    bytes
}

/// The beginning of a list of so many items.
pub fn list(items: usize) -> Vec<u8> {
    head(LIST, items as u64)
}

/// The beginning of a map of so many keys.
pub fn map(keys: usize) -> Vec<u8> {
    head(MAP, keys as u64)
}

/// A place in bytes that are being read.
pub struct Cursor<'a> {
    rest: &'a [u8],
    size: usize,
}

impl<'a> Cursor<'a> {
    /// At the beginning.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, size: bytes.len() }
    }

    fn wrong(&self, what: &str) -> String {
        let at = self.size.saturating_sub(self.rest.len());
        format!("The file's header is damaged: {what} at its byte {at}. Save the file anew.")
    }

    fn bytes(&mut self, count: u64) -> Result<&'a [u8], String> {
        let parts = usize::try_from(count).ok().and_then(|count| self.rest.split_at_checked(count));
        let (taken, rest) = parts.ok_or_else(|| self.wrong("something that is cut short stands"))?;
        self.rest = rest;
        Ok(taken)
    }

    fn head(&mut self) -> Result<(u8, u64), String> {
        let first = self.bytes(1)?.first().copied().unwrap_or_default();
        let number = match first & 0x1f {
            small @ 0..=23 => u64::from(small),
            code @ 24..=27 => {
                let bytes = self.bytes(1 << code.saturating_sub(24))?;
                bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
            }
            _ => return Err(self.wrong("something of unknown length stands")),
        };
        Ok((first >> 5, number))
    }

    fn of(&mut self, kind: u8, what: &str) -> Result<u64, String> {
        let (found, number) = self.head()?;
        if found == kind {
            Ok(number)
        } else {
            Err(self.wrong(&format!("{what} should stand, and something else does")))
        }
    }

    /// Takes a whole number.
    pub fn whole(&mut self) -> Result<u64, String> {
        self.of(WHOLE, "a whole number")
    }

    /// Takes a text.
    pub fn text(&mut self) -> Result<&'a str, String> {
        let length = self.of(TEXT, "a text")?;
        let bytes = self.bytes(length)?;
        str::from_utf8(bytes).map_err(|_| self.wrong("a text that is not UTF-8 ends"))
    }

    /// Takes the beginning of a list; answers how many items follow, each of which has a byte at least.
    pub fn list(&mut self) -> Result<u64, String> {
        let items = self.of(LIST, "a list")?;
        self.room(items)
    }

    /// Takes the beginning of a map; answers how many keys follow, each with its value.
    pub fn map(&mut self) -> Result<u64, String> {
        let keys = self.of(MAP, "a map")?;
        self.room(keys)
    }

    fn room(&self, items: u64) -> Result<u64, String> {
        if items <= self.rest.len() as u64 {
            return Ok(items);
        }
        Err(self.wrong(&format!("{items} items are announced, more than the file has bytes,")))
    }

    /// Passes over a value, whatever it is.
    pub fn skip(&mut self) -> Result<(), String> {
        self.skip_at(0)
    }

    fn skip_at(&mut self, depth: usize) -> Result<(), String> {
        if depth > DEEPEST {
            return Err(self.wrong(&format!("values lie more than {DEEPEST} deep inside each other")));
        }
        let inner = depth.saturating_add(1);
        let (kind, number) = self.head()?;
        match kind {
            // Bytes and texts.
            2 | TEXT => drop(self.bytes(number)?),
            LIST | MAP => {
                for _ in 0..self.room(number)? {
                    self.skip_at(inner)?;
                    if kind == MAP {
                        self.skip_at(inner)?;
                    }
                }
            }
            // A label for the value behind it.
            6 => self.skip_at(inner)?,
            // Numbers, yes and no: all is in the head.
            _ => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_standard_are_written() {
        // RFC 8949, appendix A.
        let cases: [(u64, &[u8]); 8] = [
            (0, &[0x00]),
            (23, &[0x17]),
            (24, &[0x18, 0x18]),
            (255, &[0x18, 0xff]),
            (1000, &[0x19, 0x03, 0xe8]),
            (1_000_000, &[0x1a, 0x00, 0x0f, 0x42, 0x40]),
            (1_000_000_000_000, &[0x1b, 0, 0, 0, 0xe8, 0xd4, 0xa5, 0x10, 0]),
            (u64::MAX, &[0x1b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
        ];
        for (number, bytes) in cases {
            assert_eq!(whole(number), bytes);
            assert_eq!(Cursor::new(bytes).whole(), Ok(number));
        }
        assert_eq!(text("IETF"), [0x64, 0x49, 0x45, 0x54, 0x46]);
        assert_eq!([map(2), list(25)].concat(), [0xa2, 0x98, 0x19]);
    }

    #[test]
    fn what_is_no_cbor_is_a_sentence() {
        for bytes in [&[][..], &[0x18], &[0x63, b'a'], &[0x9f], &[0x62, 0xff, 0xfe], &[0x9b; 9]] {
            let mut cursor = Cursor::new(bytes);
            let said = match bytes.first() {
                Some(0x60..=0x7f) => cursor.text().map(drop),
                Some(0x80..) => cursor.list().map(drop),
                _ => cursor.whole().map(drop),
            };
            assert!(said.unwrap_err().ends_with("anew."));
        }
        assert!(Cursor::new(&[0x81; 40]).skip().unwrap_err().contains("deep"));
        let mut skipped = Cursor::new(&[0xa1, 0x61, 0x61, 0x82, 0xf5, 0xfb, 0, 0, 0, 0, 0, 0, 0, 0, 0x07]);
        assert_eq!((skipped.skip(), skipped.whole()), (Ok(()), Ok(7)));
    }
}
