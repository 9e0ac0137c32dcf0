//! Protocol Buffers (protobuf.dev, "Encoding"), as much of it as ONNX needs: fields with a number each, one after another.

mod read;

use super::book::{Part, Written};
pub use read::{Fields, Held};

/// How a field's bytes are laid out, as the last three bits of its tag say.
const VARINT: u64 = 0;
const FIXED64: u64 = 1;
const BYTES: u64 = 2;
const FIXED32: u64 = 5;

// ANCHOR: varint
/// A number in groups of seven bits, the lowest first; the highest bit of a byte says that more follow.
///
/// ```
/// use engine_core::export::protobuf::varint;
/// assert_eq!(varint(5), [5]);
/// assert_eq!(varint(300), [0b1010_1100, 0b10], "300 is 10 0101100 in base two");
/// ```
pub fn varint(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

/// What stands before each field: its number, and in three bits how its bytes are laid out.
pub fn tag(field: u64, wire: u64) -> Vec<u8> {
    varint(field << 3 | wire)
}
// ANCHOR_END: varint

/// A field that holds a whole number.
pub fn whole(field: u64, number: i64) -> Vec<u8> {
    [tag(field, VARINT), varint(number.cast_unsigned())].concat()
}

/// A field that holds a number of 32 bits.
pub fn float(field: u64, number: f32) -> Vec<u8> {
    [&tag(field, FIXED32)[..], &number.to_le_bytes()].concat()
}

/// A field that holds bytes: a text, or a message of its own.
pub fn bytes(field: u64, bytes: &[u8]) -> Vec<u8> {
    [&before(field, bytes.len())[..], bytes].concat()
}

/// What stands before the bytes of a field: its tag and their length.
pub fn before(field: u64, length: usize) -> Vec<u8> {
    [tag(field, BYTES), varint(length as u64)].concat()
}

/// A message within another one, with the notes on its fields.
pub fn message(field: u64, name: &str, inner: Written) -> Written {
    let mut book = Written::default();
    let length = inner.bytes.len();
    book.field(Part::Start, name, format!("{length} bytes follow"), &before(field, length));
    book.append(inner);
    book
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_description_are_written_and_read() {
        // "Encoding" at protobuf.dev: 150 in field 1, "testing" in field 2, and -2 as ten bytes.
        assert_eq!(whole(1, 150), [0x08, 0x96, 0x01]);
        assert_eq!(bytes(2, b"testing"), [0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67]);
        assert_eq!(whole(1, -2), [8, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]);
        let message = [whole(1, 150), bytes(2, b"testing"), float(3, 1.0), whole(20, -2)].concat();
        let read: Result<Vec<_>, _> = Fields::of(&message).collect();
        let wanted =
            [(1, Held::Whole(150)), (2, Held::Bytes(b"testing")), (3, Held::Fixed), (20, Held::Whole(u64::MAX - 1))];
        assert_eq!(read, Ok(wanted.to_vec()));
    }

    #[test]
    fn faults_end_the_fields_with_a_sentence() {
        for bad in [
            &[0x08][..],
            &[0x80; 11],
            &[0x12, 5, 1],
            &[0x0b],
            &[0x0d, 1],
            &[8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2],
        ] {
            let all: Vec<_> = Fields::of(bad).collect();
            assert!(all.len() == 1 && all[0].as_ref().unwrap_err().ends_with("anew."), "{bad:?}");
        }
    }
}
