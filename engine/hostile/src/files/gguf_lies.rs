//! GGUF files that end too early, and headers that lie.

use super::Case;
use crate::writer::{Writer, sound, text};

/// All of them.
pub fn bad() -> Vec<Case> {
    [cut_files(), lying_headers()].concat()
}

/// Files that end before a field or within it.
fn cut_files() -> Vec<Case> {
    let (file, fields) = (sound().data(64 + 12), sound().fields);
    let ends = fields.iter().map(|(_, from)| *from).skip(1).chain([sound().bytes.len()]);
    let mut all = Vec::new();
    for ((field, from), to) in fields.iter().zip(ends) {
        for (place, at) in [("before", *from), ("within", (from + to) / 2)] {
            let says = format!("but the file has only {at}. Fetch it anew.");
            all.push((format!("cut {place} {field}"), file[..at].to_vec(), says));
        }
    }
    let short = file.len() - 1;
    all.push(("cut by one byte".into(), file[..short].to_vec(), "tensor two begins 64 bytes after byte".into()));
    all.push(("cut after the header".into(), sound().bytes, "tensor one begins 0 bytes after byte".into()));
    all
}

fn one_entry(key: &str, kind: u32, value: &[u8]) -> Vec<u8> {
    Writer::new(0, 1).entry(key, kind, value).bytes
}

fn one_tensor(sizes: &[u64], kind: u32, offset: u64) -> Vec<u8> {
    Writer::new(1, 0).tensor("t", sizes, kind, offset).data(128)
}

fn two_tensors(first: u64, second: u64) -> Vec<u8> {
    Writer::new(2, 0).tensor("t", &[16], 0, first).tensor("u", &[16], 0, second).data(256)
}

/// Lists inside each other.
fn deep(levels: usize) -> Vec<u8> {
    let level = [&9u32.to_le_bytes()[..], &1u64.to_le_bytes()].concat();
    one_entry("k", 9, &[level.repeat(levels), 0u32.to_le_bytes().to_vec(), 0u64.to_le_bytes().to_vec()].concat())
}

/// Headers that lie.
fn lying_headers() -> Vec<Case> {
    let version = |bytes: [u8; 4]| [&b"GGUF"[..], &bytes, &[0; 16]].concat();
    let key = |key: &[u8]| Writer::new(0, 1).text("k", key).u32("", 0).raw("", &[0]).bytes;
    let long_key = |length: u64| Writer::new(0, 1).u64("", length).raw("", &[b'k'; 300]).bytes;
    let long_text = |length: u64| one_entry("k", 8, &[&length.to_le_bytes()[..], b"short"].concat());
    let list = |kind: u32, items: u64, bytes: &[u8]| Writer::new(0, 1).list("k", kind, items).raw("", bytes).bytes;
    let name = |name: &[u8]| Writer::new(1, 0).text("", name).u32("", 1).u64("", 1).u32("", 0).u64("", 0).data(32);
    let sized = |sizes: u32| Writer::new(1, 0).text("", b"t").u32("", sizes).raw("", &[0; 64]).bytes;
    let aligned = |kind: u32, value: &[u8]| one_entry("general.alignment", kind, value);
    let many = [&0u32.to_le_bytes()[..], &0u64.to_le_bytes()].concat().repeat(4097);
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("zip archive", b"PK\x03\x04 and more".to_vec(), "unpack it first"),
        ("old format", b"tjgg\x03\0\0\0".to_vec(), "an older format of llama.cpp"),
        ("web page", b"<!DOCTYPE html>".to_vec(), "the download went wrong"),
        ("pointer of Git LFS", b"version https://git-lfs".to_vec(), "fetch the model itself"),
        ("safetensors", b"\x40\0\0\0\0\0\0\0{\"a\":1}".to_vec(), "Choose a file that ends in .gguf"),
        ("version 0", version([0; 4]), "says version 0 of GGUF"),
        ("version 1", version([1, 0, 0, 0]), "has version 1 of GGUF"),
        ("version 4", version([4, 0, 0, 0]), "says version 4 of GGUF"),
        ("version of all ones", version([0xff; 4]), "says version 4294967295"),
        ("big-endian", version([0, 0, 0, 3]), "big-endian"),
        ("all tensors there can be", Writer::new(u64::MAX, 0).bytes, "18446744073709551615 tensors, and at most 20000"),
        ("one tensor too many", Writer::new(20_001, 0).bytes, "20001 tensors"),
        (
            "tensors without a byte",
            Writer::new(20_000, 0).bytes,
            "the length of the name of tensor 0 begins at byte 24",
        ),
        ("all entries there can be", Writer::new(0, u64::MAX).bytes, "18446744073709551615 metadata entries"),
        ("one entry too many", Writer::new(0, 4097).bytes, "4097 metadata entries, and at most 4096"),
        ("entries without a byte", Writer::new(0, 4096).bytes, "the key of metadata entry 0 begins at byte 24"),
        ("key without end", long_key(u64::MAX), "said to be 18446744073709551615 bytes long"),
        ("key too long", long_key(257), "said to be 257 bytes long, and at most 256"),
        ("empty key", key(b""), "the key of metadata entry 0 is empty"),
        ("key with a space", key(b"a b"), "holds other characters than ASCII's"),
        ("key with a line end", key(b"a\nb"), "holds other characters than ASCII's"),
        ("key beyond ASCII", key("größe".as_bytes()), "holds other characters than ASCII's"),
        ("key that is no text", key(b"ab\xff"), "its byte 34 is not UTF-8"),
        ("key said twice", Writer::new(0, 2).entry("k", 0, &[1]).entry("k", 0, &[2]).bytes, "it says k twice"),
        ("type 13", one_entry("k", 13, &[0; 8]), "the type of k is 13"),
        ("type of all ones", one_entry("k", u32::MAX, &[0; 8]), "the type of k is 4294967295"),
        ("neither yes nor no", one_entry("k", 7, &[2]), "must be yes (1) or no (0), and is 2"),
        ("list of neither", list(7, 3, &[0, 1, 9]), "must be yes (1) or no (0), and is 9"),
        ("text without end", long_text(u64::MAX), "k is said to be 18446744073709551615 bytes long"),
        ("text too long", long_text((1 << 20) + 1), "1048577 bytes long, and at most 1048576"),
        ("text longer than the file", long_text(6), "k begins at byte 45 and needs 6 bytes"),
        ("text that is none", one_entry("k", 8, &[&2u64.to_le_bytes()[..], b"a\x80"].concat()), "its byte 46 is not"),
        ("half a surrogate", one_entry("k", 8, &[&3u64.to_le_bytes()[..], b"\xed\xa0\x80"].concat()), "not UTF-8"),
        ("list of type 13", list(13, 0, &[]), "the type of the items of k is 13"),
        ("list without end", list(0, u64::MAX, &[]), "18446744073709551615 items"),
        ("list too long", list(0, (1 << 22) + 1, &[]), "4194305 items, and at most 4194304"),
        ("list of numbers that are not there", list(12, 1 << 22, &[0; 64]), "needs 33554432 bytes"),
        ("list of texts that are not there", list(8, 1 << 22, &[0; 64]), "needs 33554432 bytes"),
        ("list of lists that are not there", list(9, 1 << 22, &[0; 64]), "needs 50331648 bytes"),
        ("list whose second text has no end", list(8, 2, &[[0; 8], [0xff; 8]].concat()), "item 1 of k is said to be"),
        ("list whose text is none", list(8, 1, &[&1u64.to_le_bytes()[..], b"\xff"].concat()), "item 0 of k is no text"),
        ("lists five deep", deep(4), "more than 4 deep"),
        ("lists a thousand deep", deep(1000), "more than 4 deep"),
        ("list of 4097 lists", list(9, 4097, &many), "more than 4096 lists inside lists"),
        ("name without end", Writer::new(1, 0).u64("", u64::MAX).bytes, "the name of tensor 0 is said to be"),
        ("name too long", name(&[b'n'; 257]), "said to be 257 bytes long"),
        ("empty name", name(b""), "the name of tensor 0 is empty"),
        ("name with a null byte", name(b"a\0b"), "holds control characters"),
        ("name that is no text", name(b"\xc3\x28"), "the name of tensor 0 is no text"),
        ("tensor named twice", Writer::new(2, 0).tensor("t", &[1], 0, 0).tensor("t", &[1], 0, 32).data(64), "t twice"),
        ("tensor without sizes", sized(0), "said to have 0 sizes"),
        ("tensor of five sizes", sized(5), "said to have 5 sizes"),
        ("tensor of all sizes", sized(u32::MAX), "said to have 4294967295 sizes"),
        ("empty tensor", one_tensor(&[4, 0], 0, 0), "make no number of numbers"),
        ("size that overflows", one_tensor(&[1 << 40, 1 << 40], 0, 0), "make no number of numbers"),
        ("sizes whose product comes out as 0", one_tensor(&[1 << 32, 1 << 32], 0, 0), "make no number of numbers"),
        ("two trillion numbers", one_tensor(&[1 << 41], 0, 0), "make no number of numbers"),
        ("a trillion numbers in a small file", one_tensor(&[1 << 40], 0, 0), "has 4398046511104 bytes, but"),
        ("rows that do not fill their blocks", one_tensor(&[33, 32], 3, 0), "Q4_1 keeps them in blocks of 32"),
        ("kind that is not read here", one_tensor(&[256], 12, 0), "kept as Q4_K, which cannot be read here"),
        ("whole numbers", one_tensor(&[4], 26, 0), "kept as I32"),
        ("kind that was given up", one_tensor(&[32], 4, 0), "kept as type 4,"),
        ("kind of all ones", one_tensor(&[32], u32::MAX, 0), "kept as type 4294967295"),
        ("offset between", one_tensor(&[4], 0, 4), "has the offset 4, which is no multiple"),
        ("offset behind the end", one_tensor(&[4], 0, 128), "begins 128 bytes after byte"),
        ("offset that overflows", one_tensor(&[4], 0, u64::MAX - 31), "begins 18446744073709551584 bytes after"),
        ("tensors at one place", two_tensors(0, 0), "the tensors t and u lie one over the other"),
        ("tensors half over each other", two_tensors(64, 32), "the tensors u and t lie one over the other"),
        ("alignment 0", aligned(4, &[0; 4]), "general.alignment is 0"),
        ("alignment 3", aligned(4, &[3, 0, 0, 0]), "general.alignment is 3"),
        ("alignment 4", aligned(4, &[4, 0, 0, 0]), "general.alignment is 4"),
        ("alignment too large", aligned(10, &(1u64 << 63).to_le_bytes()), "general.alignment is 9223372036854775808"),
        ("negative alignment", aligned(5, &(-32i32).to_le_bytes()), "general.alignment is -32"),
        ("alignment as a text", aligned(8, &text("32")), "general.alignment is a text"),
        ("alignment with a fraction", aligned(6, &32.0f32.to_le_bytes()), "general.alignment is 32"),
    ];
    cases.into_iter().map(|(name, file, says)| (name.to_owned(), file, says.to_owned())).collect()
}
