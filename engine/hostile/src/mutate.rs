//! Files changed by chance, from a seed: what a fuzzer does, within a test.

use engine_core::rng::{Rng, Stream};

/// Numbers at which sizes go wrong.
const EDGES: [u64; 8] = [0, 1, 0x7f, 0x80, 0xffff, 1 << 31, u64::MAX >> 1, u64::MAX];
/// Pieces of JSON at which a parser could stumble.
const PIECES: [&[u8]; 10] =
    [b"\"", b"{", b"[", b"]}", b"null", b"-1", b"1e999", b"18446744073709551616", b"\\u0000", b"\xff"];

/// `file` with one to six changes: bits turned, bytes replaced, numbers of 4 or 8 bytes put at an edge, stretches cut
/// out, doubled or overwritten, the end lost.
pub fn mutated(file: &[u8], seed: u64) -> Vec<u8> {
    let mut rng = Rng::new(seed, Stream::Init);
    let mut bad = file.to_vec();
    for _ in 0..=rng.below(6) {
        let at = rng.below(bad.len().max(1));
        let length = (1 + rng.below(16)).min(bad.len() - at.min(bad.len()));
        match rng.below(8) {
            0 => bad.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << rng.below(8)),
            1 => bad.iter_mut().skip(at).take(1).for_each(|byte| *byte = rng.below(256) as u8),
            2 => {
                let width = [4, 8][rng.below(2)];
                let edge = EDGES[rng.below(EDGES.len())].to_le_bytes();
                bad.iter_mut().skip(at).take(width).zip(edge).for_each(|(byte, edge)| *byte = edge);
            }
            3 => drop(bad.drain(at..at + length)),
            4 => {
                let twice: Vec<u8> = bad[at..at + length].to_vec();
                bad.splice(at..at, twice);
            }
            5 => {
                let piece = PIECES[rng.below(PIECES.len())];
                bad.splice(at..at, piece.iter().copied());
            }
            6 => {
                let piece = PIECES[rng.below(PIECES.len())];
                bad.splice(at..at + length.min(piece.len()), piece.iter().copied());
            }
            _ if rng.below(4) == 0 => bad.truncate(at),
            _ => {}
        }
    }
    bad
}
