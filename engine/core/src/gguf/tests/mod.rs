//! Sound files are read as they are, in pieces too; the hostile ones are in the crate `engine-hostile`.

mod hostile;
mod model;
mod writer;

use super::*;
use writer::{Writer, sound};

/// The sound file with its data.
fn sound_file() -> Vec<u8> {
    sound().data(64 + 12)
}

fn whole(file: &[u8]) -> Result<Header, String> {
    match Header::read(file, file.len() as u64)? {
        Reading::Whole(header) => Ok(header),
        Reading::More(bytes) => panic!("the whole file is there, and {bytes} bytes were wanted"),
    }
}

#[test]
fn every_type_of_value_is_read() {
    let header = whole(&sound_file()).unwrap();
    let get = |key: &str| header.get(&format!("a.{key}")).unwrap();
    let integers = ["u8", "i8", "u16", "i16", "u32", "i32", "u64", "i64"].map(|key| get(key).clone());
    let wanted = [200, -2, 0x1234, -300, 70_000, -70_000, i128::from(u64::MAX), i128::from(i64::MIN)];
    assert_eq!(integers, wanted.map(Value::Integer));
    assert_eq!((get("f32").number(), get("f64").number(), get("bool")), (Some(1.5), Some(-0.1), &Value::Bool(true)));
    assert_eq!((get("text").text(), get("i8").whole(), get("u8").whole()), (Some("größer"), None, Some(200)));
    let texts = get("texts").texts().unwrap();
    assert_eq!((texts.iter().collect::<Vec<_>>(), texts.len()), (vec!["one", "", "three"], 3));
    let Value::List(List::Lists(lists)) = get("lists") else { panic!("a list of lists") };
    let plain = |list: &List| match list {
        List::Plain(plain) => plain.values().collect(),
        _ => Vec::new(),
    };
    assert_eq!(plain(&lists[0]), [Value::Integer(-1)]);
    assert_eq!(plain(&lists[1]), [Value::Bool(false), Value::Bool(true)]);
    assert_eq!((header.version, header.metadata().count(), header.length()), (3, 14, sound().bytes.len() as u64));
}

#[test]
fn tensors_are_found_where_they_lie() {
    let header = whole(&sound_file()).unwrap();
    let start = sound().bytes.len().next_multiple_of(32) as u64;
    let one = Info { kind: Kind::Q4_1, shape: vec![2, 32], offset: start, length: 40 };
    assert_eq!((header.tensor("one"), one.numbers()), (Some(&one), 64));
    let two = Info { kind: Kind::F32, shape: vec![3], offset: start + 64, length: 12 };
    assert_eq!(header.tensors().collect::<Vec<_>>(), [("one", &one), ("two", &two)]);
    // Version 2 has the same fields; another alignment moves the tensors.
    let mut second = sound_file();
    second[4] = 2;
    assert_eq!(whole(&second).unwrap().version, 2);
    let wide = Writer::new(1, 1).entry("general.alignment", 4, &[64, 0, 0, 0]).tensor("t", &[1], 0, 64).data(160);
    assert_eq!(whole(&wide).unwrap().tensor("t").unwrap().offset, 192);
}

#[test]
fn the_header_alone_is_enough_and_a_part_of_it_asks_for_more() {
    let file = sound_file();
    let header = whole(&file).unwrap();
    let (length, size) = (sound().bytes.len(), file.len() as u64);
    for known in 0..length {
        let Ok(Reading::More(wanted)) = Header::read(&file[..known], size) else { panic!("{known} bytes are enough") };
        assert!(wanted > known as u64 && wanted <= size, "{known} bytes are there, {wanted} are wanted");
        assert!(wanted >= (2 * known as u64).min(size), "the work must not grow with the square");
    }
    assert_eq!(Header::read(&file[..length], size), Ok(Reading::Whole(header)));
}
