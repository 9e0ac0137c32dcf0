//! Bad safetensors files.

use super::{Case, owned};

/// A file with this header, and so many bytes of numbers.
pub fn file(header: &str, numbers: usize) -> Vec<u8> {
    raw(header.as_bytes(), numbers)
}

fn raw(header: &[u8], numbers: usize) -> Vec<u8> {
    let mut bytes = [&(header.len() as u64).to_le_bytes(), header].concat();
    bytes.resize(bytes.len() + numbers, 0);
    bytes
}

/// One tensor of this shape and place, in a file with so many bytes of numbers.
fn one(shape: &str, place: &str, numbers: usize) -> Vec<u8> {
    file(&format!(r#"{{"a":{{"dtype":"F32","shape":{shape},"data_offsets":{place}}}}}"#), numbers)
}

/// One tensor of this type.
fn typed(dtype: &str, bytes: usize) -> Vec<u8> {
    file(&format!(r#"{{"a":{{"dtype":{dtype},"shape":[2],"data_offsets":[0,{bytes}]}}}}"#), bytes)
}

/// Two tensors of one number each at these places.
fn two(first: &str, second: &str, numbers: usize) -> Vec<u8> {
    let tensor = |name: &str, place: &str| format!(r#""{name}":{{"dtype":"F32","shape":[1],"data_offsets":{place}}}"#);
    file(&format!("{{{},{}}}", tensor("a", first), tensor("b", second)), numbers)
}

fn named(name: &str) -> Vec<u8> {
    file(&format!(r#"{{"{name}":{{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}}}"#), 4)
}

const TWO: &str = r#"{"__metadata__":{"what":"a test"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F16","shape":[2,1],"data_offsets":[8,12]}}"#;

/// Two small tensors and a text.
pub fn sound() -> Vec<u8> {
    file(TWO, 12)
}

fn many(count: usize, entry: impl Fn(usize) -> String) -> String {
    (0..count).map(entry).collect::<Vec<_>>().join(",")
}

/// Files with headers that are no headers.
fn no_headers() -> Vec<Case> {
    let length = |length: u64| [&length.to_le_bytes()[..], &sound()[8..]].concat();
    let brackets = "[".repeat(1_000_000);
    owned([
        ("empty file", Vec::new(), "has only 0 bytes"),
        ("seven bytes", vec![1; 7], "has only 7 bytes"),
        ("no header", raw(b"", 0), "cannot be read: EOF"),
        ("header as long as the universe", length(u64::MAX), "not a safetensors file"),
        ("header of 2^63 bytes", length(1 << 63), "not a safetensors file"),
        ("header of 4 GB and a byte", length((1 << 32) + 1), "not a safetensors file"),
        ("header longer than is read", length((4 << 20) + 1), "not a safetensors file"),
        ("header longer than the file", length(sound().len() as u64), "its header should have"),
        ("zip archive", b"PK\x03\x04 such as a pytorch_model.bin".to_vec(), "not a safetensors file"),
        ("web page", b"<!DOCTYPE html><p>Please sign in".to_vec(), "not a safetensors file"),
        ("GGUF file", b"GGUF\x03\0\0\0\x01\0\0\0".to_vec(), "not a safetensors file"),
        ("pickle", b"\x80\x02}q\0(X\x06\0\0\0weights".to_vec(), "not a safetensors file"),
        ("header that is no JSON", file("not json", 0), "header cannot be read: expected ident"),
        ("header that is a list", file("[]", 0), "expected tensors by name"),
        ("header that is a number", file("7", 0), "expected tensors by name"),
        ("header without its end", file(&TWO[..TWO.len() - 1], 12), "header cannot be read: EOF"),
        ("header after its end", file(&format!("{TWO} {{}}"), 12), "trailing characters"),
        ("header of a million brackets", file(&brackets, 0), "header cannot be read"),
        ("header with brackets within", file(&format!("{{\"a\":{{\"b\":{brackets}"), 0), "EOF while parsing a list"),
        ("header that is no text", raw(b"{\"\xff\xfe\":1}", 0), "header cannot be read: invalid unicode"),
        ("half a surrogate", file(r#"{"\ud800":1}"#, 0), "header cannot be read"),
        ("file in UTF-16", raw(b"{\0\"\0a\0\"\0}\0", 0), "header cannot be read"),
    ])
}

/// Headers that say what cannot be.
fn lies() -> Vec<Case> {
    let tensor = |n: usize| format!(r#""{n}":{{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}"#);
    let texts = many(1001, |n| format!(r#""{n}":"""#));
    let twice = r#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#;
    owned([
        ("tensor that is a number", file(r#"{"a":1}"#, 0), "header cannot be read: invalid type: integer"),
        ("tensor without a type", file(r#"{"a":{"shape":[1],"data_offsets":[0,4]}}"#, 4), "missing field `dtype`"),
        ("tensor without a shape", file(r#"{"a":{"dtype":"F32","data_offsets":[0,4]}}"#, 4), "missing field `shape`"),
        ("tensor without a place", file(r#"{"a":{"dtype":"F32","shape":[1]}}"#, 4), "missing field `data_offsets`"),
        ("type that nobody knows", typed("\"Q9\"", 8), "no type of numbers called “Q9”"),
        ("type that is a number", typed("32", 8), "invalid type: integer"),
        ("type with a long name", typed(&format!("\"{}\"", "F".repeat(100_000)), 8), "called “FFFFFFFF"),
        ("whole numbers", typed("\"I64\"", 16), "holds I64 numbers; only F32, F16 and BF16"),
        ("numbers of 64 bits", typed("\"F64\"", 16), "holds F64 numbers"),
        ("numbers of four bits", typed("\"F4\"", 1), "holds F4 numbers"),
        ("shape that is a text", one("\"2\"", "[0,8]", 8), "invalid type: string"),
        ("size below zero", one("[-1]", "[0,4]", 4), "invalid value: integer `-1`"),
        ("size with a fraction", one("[1.5]", "[0,4]", 4), "invalid type: floating point"),
        ("size of 2^64", one("[18446744073709551616]", "[0,4]", 4), "header cannot be read"),
        ("nine sizes", one("[1,1,1,1,1,1,1,1,1]", "[0,4]", 4), "more than 8 items"),
        ("a million sizes", one(&format!("[{}1]", "1,".repeat(1_000_000)), "[0,4]", 4), "more than 8 items"),
        ("product beyond 64 bits", one("[4611686018427387904,4]", "[0,4]", 4), "makes more numbers than a model can"),
        ("product that comes out as 0", one("[4294967296,4294967296]", "[0,0]", 0), "makes more numbers than"),
        ("product that comes out as 4", one("[4611686018427387905,4]", "[0,16]", 16), "makes more numbers than"),
        ("bytes beyond 64 bits", one("[2305843009213693952]", "[0,0]", 0), "makes more numbers than"),
        ("size beside zero", one("[0,18446744073709551615]", "[0,0]", 0), "makes more numbers than"),
        ("tensor of 16 GB", one("[4294967296]", "[0,17179869184]", 4), "makes more numbers than"),
        ("numbers beyond the file", one("[100]", "[0,400]", 4), "cut short: 466 bytes are named"),
        ("place turned round", one("[1]", "[4,0]", 4), "from byte 4 to 0"),
        ("place that does not start", one("[1]", "[4,8]", 8), "has to begin at 0"),
        ("place too small", one("[2]", "[0,4]", 4), "takes 8 bytes, and it is said to lie from byte 0 to 4"),
        ("place too large", one("[1]", "[0,8]", 8), "takes 4 bytes"),
        ("place for nothing", one("[0]", "[0,4]", 4), "takes 0 bytes"),
        ("place of one number", one("[1]", "[0]", 4), "invalid length 1"),
        ("place of three numbers", one("[1]", "[0,4,4]", 4), "header cannot be read"),
        ("place below zero", one("[1]", "[-4,0]", 4), "invalid value: integer `-4`"),
        ("place at the end of all", one("[1]", "[18446744073709551612,18446744073709551615]", 4), "has to begin at 0"),
        ("gap between tensors", two("[0,4]", "[8,12]", 12), "tensor b is said to lie from byte 8 to 12"),
        ("tensors at one place", two("[0,4]", "[0,4]", 4), "the next has to begin at 4"),
        ("tensors half over each other", two("[0,4]", "[2,6]", 6), "tensor b is said to lie from byte 2"),
        ("tensor named twice", file(twice, 8), "a stands twice"),
        ("name too long", named(&"n".repeat(257)), "is longer than 256 bytes"),
        ("name of a megabyte", named(&"n".repeat(1 << 20)), "is longer than 256 bytes"),
        ("name with a null byte", named("a\\u0000b"), "holds control characters"),
        ("name with a line end", named("a\\nb"), "holds control characters"),
        ("one tensor too many", file(&format!("{{{}}}", many(20_001, tensor)), 0), "more than 20000 things"),
        ("one text too many", file(&format!(r#"{{"__metadata__":{{{texts}}}}}"#), 0), "more than 1000 things"),
        ("text that is a number", file(r#"{"__metadata__":{"a":1}}"#, 0), "invalid type: integer"),
        ("texts that are a list", file(r#"{"__metadata__":[]}"#, 0), "expected names with what they stand for"),
        ("text said twice", file(r#"{"__metadata__":{"a":"1","a":"2"}}"#, 0), "a stands twice"),
        ("one byte short", sound()[..sound().len() - 1].to_vec(), "cut short"),
        ("one byte more", [sound(), vec![0]].concat(), "longer than its header says"),
        ("another file behind it", [sound(), sound()].concat(), "longer than its header says"),
    ])
}

/// All of them.
pub fn bad() -> Vec<Case> {
    [no_headers(), lies()].concat()
}
