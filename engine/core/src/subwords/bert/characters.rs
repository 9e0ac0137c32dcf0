//! What BERT's uncased tokenizer does with each character. `xtask/data/make_bert_characters.py` asked Hugging Face's
//! program about every one of them; Unicode's tables themselves would be several times as large.

use std::{collections::HashMap, sync::OnceLock};

const TABLE: &[u8] = include_bytes!("characters.bin");
/// Korean syllables, in the order of their parts.
const SYLLABLES: std::ops::Range<u32> = 0xAC00..0xD7A4;
/// Their first consonants, vowels, and last consonants; the last of these stand for “none” at first.
const PARTS: [(u32, u32); 3] = [(0x1100, 21 * 28), (0x1161, 28), (0x11A7, 1)];

/// Stretches of characters, sorted: the first, and the one after the last.
type Stretches = Vec<[u32; 2]>;

/// The tables, unpacked.
pub struct Characters {
    removed: Stretches,
    spaces: Stretches,
    marks: Stretches,
    ideographs: Stretches,
    accents: Stretches,
    apart: HashMap<u32, Vec<char>>,
}

/// What a character is in a text that is cut into words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// It is dropped, and the word goes on: a control character, or an accent.
    Nothing,
    /// It ends a word.
    Space,
    /// It is a word of its own.
    Word,
    /// It belongs to a word.
    Letter,
}

impl Characters {
    /// The tables; unpacked once.
    pub fn get() -> &'static Self {
        static ALL: OnceLock<Characters> = OnceLock::new();
        ALL.get_or_init(Self::unpack)
    }

    fn unpack() -> Self {
        let mut numbers = Numbers(TABLE.iter());
        let [removed, spaces, marks, ideographs, accents] = std::array::from_fn(|_| {
            let mut end = 0;
            let many = numbers.read();
            let stretch = |_| {
                let start = end + numbers.read();
                end = start + numbers.read();
                [start, end]
            };
            (0..many).map(stretch).collect()
        });
        let mut code = 0;
        let apart = (0..numbers.read()).map(|_| {
            code += numbers.read();
            let many = numbers.read();
            (code, (0..many).filter_map(|_| char::from_u32(numbers.read())).collect())
        });
        let apart = apart.collect();
        Self { removed, spaces, marks, ideographs, accents, apart }
    }

    /// What `c` is as it stands in a text.
    pub fn class(&self, c: char) -> Class {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' => Class::Letter,
            _ if within(&self.removed, c) || within(&self.accents, c) => Class::Nothing,
            _ if within(&self.spaces, c) => Class::Space,
            _ if within(&self.ideographs, c) => Class::Word,
            _ => Class::Letter,
        }
    }

    /// Calls `put` with what becomes of `c`: its parts without accents, and in small letters.
    pub fn bare(&self, c: char, mut put: impl FnMut(char)) {
        let code = u32::from(c);
        if c.is_ascii() {
            put(c.to_ascii_lowercase());
        } else if SYLLABLES.contains(&code) {
            let mut rest = code - SYLLABLES.start;
            for (at, (first, each)) in PARTS.into_iter().enumerate() {
                let number = rest / each;
                rest %= each;
                // A syllable may have no last consonant.
                if at < 2 || number > 0 {
                    char::from_u32(first + number).into_iter().for_each(&mut put);
                }
            }
        } else if let Some(parts) = self.apart.get(&code) {
            parts.iter().flat_map(|c| c.to_lowercase()).for_each(put);
        } else {
            c.to_lowercase().for_each(put);
        }
    }

    /// Whether `c`, as [`Self::bare`] gives it, is a word of its own: punctuation.
    pub fn is_mark(&self, c: char) -> bool {
        if c.is_ascii() { c.is_ascii_punctuation() } else { within(&self.marks, c) }
    }
}

/// Numbers of seven bits to a byte.
struct Numbers(std::slice::Iter<'static, u8>);

impl Numbers {
    fn read(&mut self) -> u32 {
        let mut number = 0;
        for (at, byte) in self.0.by_ref().enumerate() {
            number |= u32::from(byte & 127) << (7 * at);
            if byte & 128 == 0 {
                break;
            }
        }
        number
    }
}

fn within(stretches: &Stretches, c: char) -> bool {
    let code = u32::from(c);
    let after = stretches.partition_point(|[start, _]| *start <= code);
    after.checked_sub(1).and_then(|at| stretches.get(at)).is_some_and(|[_, end]| code < *end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bare(text: &str) -> String {
        let mut out = String::new();
        text.chars().for_each(|c| Characters::get().bare(c, |c| out.push(c)));
        out
    }

    #[test]
    fn accents_and_capitals_go_and_syllables_fall_apart() {
        assert_eq!(bare("Édith ÅNGSTRÖM Ж İ Ǆ"), "edith angstrom ж i ǆ");
        assert_eq!(bare("한가").chars().map(u32::from).collect::<Vec<_>>(), [0x1112, 0x1161, 0x11AB, 0x1100, 0x1161]);
        assert_eq!(bare("ガ"), "カ");
    }

    #[test]
    fn every_kind_of_character_is_told_apart() {
        let all = Characters::get();
        for (c, class) in [
            ('\0', Class::Nothing),
            ('\u{301}', Class::Nothing),
            ('\u{AD}', Class::Nothing),
            (' ', Class::Space),
            ('\n', Class::Space),
            ('\u{3000}', Class::Space),
            ('漢', Class::Word),
            ('か', Class::Letter),
            ('é', Class::Letter),
            ('!', Class::Letter),
        ] {
            assert_eq!(all.class(c), class, "{c:?}");
        }
        assert!("!$^`~—。«".chars().all(|c| all.is_mark(c)));
        assert!(!"aé漢€+".chars().filter(|c| *c != '+').any(|c| all.is_mark(c)));
    }
}
