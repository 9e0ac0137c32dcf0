//! Bad files of published word vectors.

use super::{Case, owned};

/// A file of these parts.
fn file(count: u32, dim: u32, words: &[u8], scales: &[f32], steps: usize) -> Vec<u8> {
    let mut file = b"WV01".to_vec();
    [count, dim, words.len() as u32].iter().for_each(|number| file.extend(number.to_le_bytes()));
    file.extend(words);
    scales.iter().for_each(|scale| file.extend(scale.to_le_bytes()));
    file.extend((0..steps).map(|step| step as u8));
    file
}

/// Three words of two numbers.
pub fn sound() -> Vec<u8> {
    file(3, 2, "the\nkönig\ncat".as_bytes(), &[0.5, 0.25, 2.0], 6)
}

/// All of them.
pub fn bad() -> Vec<Case> {
    let sound = sound();
    let number = |at: usize, number: u32| {
        let mut file = sound.clone();
        file[at..at + 4].copy_from_slice(&number.to_le_bytes());
        file
    };
    let words = |words: &[u8]| file(3, 2, words, &[0.5; 3], 6);
    let scale = |scale: f32| file(3, 2, b"a\nb\nc", &[0.5, scale, 0.5], 6);
    let many = vec!["a"; (1 << 17) + 1].join("\n");
    owned([
        ("empty file", Vec::new(), "it ends too early"),
        ("only the mark", b"WV01".to_vec(), "it ends too early"),
        ("another mark", b"WV02\0\0\0\0\0\0\0\0\0\0\0\0".to_vec(), "does not begin as such a file does"),
        ("web page", b"<!doctype html><p>Please sign in".to_vec(), "does not begin as such a file does"),
        ("no words", file(0, 2, b"", &[], 0), "promises 0, or one of them is empty"),
        ("one word more than there", number(4, 4), "it has 3 words and promises 4"),
        ("words without end", number(4, u32::MAX), "promises 4294967295"),
        ("no numbers", number(8, 0), "3 words of 0 numbers"),
        ("numbers without end", number(8, u32::MAX), "3 words of 4294967295 numbers"),
        ("4097 numbers", number(8, 4097), "at most 131072 words of 1 to 4096"),
        ("letters without end", number(12, u32::MAX), "it ends too early"),
        ("one letter fewer", number(12, 13), "it is 1 bytes too long"),
        ("words that are no text", words(b"a\n\xff\nc"), "its words are no text"),
        ("half a surrogate", words(b"a\n\xed\xa0\x80\nc"), "its words are no text"),
        ("empty word", words(b"a\n\nc"), "one of them is empty"),
        ("empty last word", words(b"a\nb\n"), "one of them is empty"),
        (
            "too many words",
            file((1 << 17) + 1, 1, many.as_bytes(), &vec![0.5; (1 << 17) + 1], (1 << 17) + 1),
            "at most 131072",
        ),
        ("step that is no number", scale(f32::NAN), "one of its steps is NaN long"),
        ("infinite step", scale(f32::INFINITY), "one of its steps is inf long"),
        ("step below zero", scale(-0.5), "one of its steps is -0.5 long"),
        ("step too long", scale(1e30), "long"),
        ("one byte short", sound[..sound.len() - 1].to_vec(), "it ends too early"),
        ("one byte more", [sound.clone(), vec![0]].concat(), "it is 1 bytes too long"),
    ])
}
