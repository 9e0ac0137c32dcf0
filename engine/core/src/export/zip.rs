//! Files put together into one (PKWARE's APPNOTE, "zip"), stored as they are: weights hardly get smaller by squeezing.

use crate::fingerprint::Fingerprint;

/// A file to put in.
pub struct Entry<'a> {
    /// Its path, with `/` between folders; ASCII.
    pub name: &'a str,
    /// What it holds.
    pub bytes: &'a [u8],
}

/// The first day that a zip file can name: 1 January 1980, so that the same files make the same bytes.
const DAY: u16 = 1 << 5 | 1;
/// The version of the format that is needed: folders.
const NEEDED: u16 = 20;

/// One file that holds all `entries`.
///
/// # Panics
/// If the whole is larger than the 4 GB that the plain format can name.
pub fn zip(entries: &[Entry<'_>]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    let small = |size: usize| u32::try_from(size).expect("at most 4 GB").to_le_bytes();
    let count = u16::try_from(entries.len()).expect("a handful of files").to_le_bytes();
    for Entry { name, bytes } in entries {
        let at = small(out.len());
        let name_length = u16::try_from(name.len()).expect("a short name").to_le_bytes();
        let sum = Fingerprint::of_bytes(bytes).value().to_le_bytes();
        // Version, flags, stored, time, day, checksum, size squeezed and plain, length of the name, no extras.
        let common = [
            &NEEDED.to_le_bytes()[..],
            &[0; 6],
            &DAY.to_le_bytes(),
            &sum,
            &small(bytes.len()),
            &small(bytes.len()),
            &name_length,
            &[0; 2],
        ]
        .concat();
        out.extend([b"PK\x03\x04", &common[..], name.as_bytes(), bytes].concat());
        // Made by, the same again, no comment, disk 0, no attributes, and where the file begins.
        directory.extend([b"PK\x01\x02", &NEEDED.to_le_bytes()[..], &common, &[0; 10], &at, name.as_bytes()].concat());
    }
    let (from, length) = (small(out.len()), small(directory.len()));
    out.extend(directory);
    out.extend([b"PK\x05\x06", &[0; 4][..], &count, &count, &length, &from, &[0; 2]].concat());
    out
}
