//! Headers of a terabyte and headers of chance. The named bad files are in the crate `engine-hostile`.

use super::{super::*, sound_file, writer::*};
use proptest::prelude::*;

#[test]
fn a_header_that_never_ends_is_given_up() {
    // A file of a terabyte whose metadata would fill it: texts of a megabyte each.
    let mut file = Writer::new(0, 1).list("k", 8, 1 << 22).bytes;
    let Ok(Reading::More(wanted)) = Header::read(&file, 1 << 40) else {
        panic!("more is needed for the lengths alone")
    };
    assert!(wanted >= 8 << 22);
    file = Writer::new(0, 1).list("k", 12, 1 << 22).bytes;
    assert_eq!(Header::read(&file, 1 << 40), Ok(Reading::More((file.len() + (8 << 22)) as u64)));
    let sentence = Header::read(&[Writer::new(0, 2).list("k", 12, 1 << 22).bytes, vec![0; 8 << 22]].concat(), 1 << 40);
    assert!(matches!(sentence, Ok(Reading::More(_))));
    let entry = Writer::default().list("k", 12, 1 << 22).bytes;
    let huge =
        [Writer::new(0, 3).bytes, entry, vec![0; 8 << 22], Writer::default().list("l", 12, 1 << 22).bytes].concat();
    let sentence = Header::read(&huge, 1 << 40).unwrap_err();
    assert!(sentence.starts_with("The file's header is too long: l would end at byte 671"), "{sentence}");
    assert!(Header::read(&[0; 10], 9).unwrap_err().contains("said to have 9 bytes, but 10 came"));
}

proptest! {
    #[test]
    fn a_damaged_file_is_read_or_refused_and_never_panics(
        changes in prop::collection::vec((0usize..6000, any::<u8>()), 1..8),
        large in prop::option::of((0usize..700, prop::num::u64::ANY)),
    ) {
        let mut bad = sound_file();
        for (at, byte) in &changes {
            let at = at % bad.len();
            bad[at] = *byte;
        }
        if let Some((at, number)) = large {
            let at = at % (bad.len() - 8);
            bad[at..at + 8].copy_from_slice(&number.to_le_bytes());
        }
        if let Err(sentence) = Header::read(&bad, bad.len() as u64) {
            prop_assert!(sentence.ends_with('.'), "{}", sentence);
        }
    }

    #[test]
    fn any_bytes_are_no_model(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(super::whole(&bytes).is_err());
        let _ = Header::read(&[b"GGUF\x03\0\0\0".as_slice(), &bytes].concat(), 308);
    }
}
