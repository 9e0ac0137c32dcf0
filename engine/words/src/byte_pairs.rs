//! Byte-level vocabularies: the text is cut by a regular expression, and the bytes of each stretch are merged.

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::string_slice))]
#![cfg_attr(not(test), deny(clippy::panic, clippy::unreachable, clippy::todo, clippy::arithmetic_side_effects))]
#![cfg_attr(not(test), deny(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_possible_wrap))]

use crate::Fallible;
use ahash::AHashMap;
use engine_core::subwords::{Token, spans};
use tokenizers::{
    PreTokenizedString, PreTokenizer, SplitDelimiterBehavior, TokenizerImpl,
    decoders::byte_level::ByteLevel as Decoder,
    models::bpe::BPE,
    normalizers::bert::BertNormalizer,
    pre_tokenizers::{
        byte_level::ByteLevel,
        split::{Split, SplitPattern},
    },
    processors::byte_level::ByteLevel as Processor,
};

/// How GPT-2 cuts: contractions, letters, digits and signs apart, each with the space before it.
pub const GPT2: &str = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";
/// How GPT-4 cuts: at most three digits together, line ends with the signs before them.
pub const CL100K: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
/// How GPT-4o cuts: also before a capital within a word.
pub const O200K: &str = r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";

/// No vocabulary has more tokens; a file that claims so is broken.
const MOST_TOKENS: usize = 1 << 20;
/// Nor a longer one.
const LONGEST_TOKEN: usize = 1 << 10;
/// Nor spell all of its tokens in more bytes: two bytes of a file can make a long token of two others. o200k has 1.5 MB.
const MOST_SPELLED: usize = 8 << 20;

/// A byte-level vocabulary.
pub struct BytePairs {
    inner: TokenizerImpl<BPE, BertNormalizer, Cut, Processor, Decoder>,
    /// The number of bytes of each token.
    lengths: Vec<usize>,
}

/// The regular expression first, then each byte as one visible character, which is how the crate wants bytes.
struct Cut {
    split: Split,
    bytes: ByteLevel,
}

impl PreTokenizer for Cut {
    fn pre_tokenize(&self, text: &mut PreTokenizedString) -> Fallible<()> {
        self.split.pre_tokenize(text)?;
        self.bytes.pre_tokenize(text)
    }
}

impl BytePairs {
    /// Reads a file of ours; `pattern` says how words are cut.
    ///
    /// # Errors
    /// A sentence that says what is wrong.
    pub fn read(file: &[u8], pattern: &str) -> Result<Self, String> {
        let (tokens, merges) = unpacked(file)?;
        let written = characters_for_bytes();
        let spelled =
            |token: &[u8]| token.iter().filter_map(|byte| written.get(usize::from(*byte))).collect::<String>();
        let texts: Vec<String> = tokens.iter().map(|token| spelled(token)).collect();
        let vocabulary: AHashMap<String, u32> = texts.iter().cloned().zip(0..).collect();
        let named = |id: u32| texts.get(id as usize).cloned().unwrap_or_default();
        let merges = merges.into_iter().map(|(left, right)| (named(left), named(right))).collect();
        // A stretch that is a token as a whole needs no merging; so does tiktoken.
        let broken = |error| format!("The vocabulary cannot be used: {error}.");
        let model = BPE::builder().vocab_and_merges(vocabulary, merges).ignore_merges(true).build().map_err(broken)?;
        let split = Split::new(SplitPattern::Regex(pattern.into()), SplitDelimiterBehavior::Isolated, false);
        let cut = Cut { split: split.map_err(broken)?, bytes: ByteLevel::new(false, false, false) };
        let mut inner = TokenizerImpl::new(model);
        inner.with_pre_tokenizer(Some(cut));
        Ok(Self { inner, lengths: tokens.iter().map(Vec::len).collect() })
    }

    /// How many tokens there are.
    pub fn size(&self) -> usize {
        self.lengths.len()
    }

    /// Cuts a text.
    ///
    /// # Errors
    /// What the crate says.
    pub fn encode(&self, text: &str) -> Fallible<Vec<Token>> {
        let encoding = self.inner.encode_fast(text, false)?;
        let length = |id: u32| self.lengths.get(id as usize).copied().unwrap_or_default();
        // Spans are counted from the tokens' bytes: the crate's own know no half characters.
        Ok(spans(encoding.get_ids().iter().map(|id| (*id, length(*id)))))
    }
}

type Unpacked = (Vec<Vec<u8>>, Vec<(u32, u32)>);

/// The tokens of a file, in the order of their ids, and the merges, in the order of what they make.
fn unpacked(file: &[u8]) -> Result<Unpacked, String> {
    let (mut rest, mut tokens, mut merges) = (file, Vec::<Vec<u8>>::new(), Vec::new());
    let mut spelled = 0usize;
    while !rest.is_empty() {
        let at = tokens.len();
        let broken = || format!("The vocabulary's file is broken at token {at}. Reload the page to fetch it again.");
        let (first, second) = (number(&mut rest).ok_or_else(broken)?, number(&mut rest).ok_or_else(broken)?);
        let token = match first.checked_sub(1) {
            None => {
                let (bytes, tail) = rest.split_at_checked(second as usize).ok_or_else(broken)?;
                rest = tail;
                bytes.to_vec()
            }
            Some(left) => {
                merges.push((left, second));
                let half = |id: u32| tokens.get(id as usize).ok_or_else(broken);
                [half(left)?.as_slice(), half(second)?].concat()
            }
        };
        spelled = spelled.saturating_add(token.len());
        let sound = at < MOST_TOKENS && (1..=LONGEST_TOKEN).contains(&token.len()) && spelled <= MOST_SPELLED;
        if !sound {
            return Err(broken());
        }
        tokens.push(token);
    }
    match tokens.is_empty() {
        true => Err("The vocabulary's file is empty. Reload the page to fetch it again.".into()),
        false => Ok((tokens, merges)),
    }
}

/// An unsigned number in LEB128, of at most 32 bits.
fn number(rest: &mut &[u8]) -> Option<u32> {
    let mut value = 0u32;
    for shift in (0..32).step_by(7) {
        let (first, tail) = rest.split_first()?;
        *rest = tail;
        value |= u32::from(first & 127).checked_shl(shift)?;
        if *first < 128 {
            return Some(value);
        }
    }
    None
}

/// The visible character that GPT-2's files write for each byte: printable ones stand for themselves, the others are
/// counted up from U+0100.
fn characters_for_bytes() -> [char; 256] {
    let mut others = 0x100u32..;
    std::array::from_fn(|byte| {
        let byte = u8::try_from(byte).unwrap_or_default();
        let printable = matches!(byte, 0x21..=0x7e | 0xa1..=0xac | 0xae..=0xff);
        let other = if printable { None } else { others.next().and_then(char::from_u32) };
        other.unwrap_or(char::from(byte))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// All bytes, then "th", then "the".
    fn small() -> Vec<u8> {
        let mut file: Vec<u8> = (0..=255).flat_map(|byte| [0, 1, byte]).collect();
        let number = |n: u32| if n < 128 { vec![n as u8] } else { vec![(n & 127 | 128) as u8, (n >> 7) as u8] };
        for (left, right) in [(116, 104), (256, 101)] {
            file.extend([number(left + 1), number(right)].concat());
        }
        file
    }

    #[test]
    fn a_small_file_is_read_and_used() {
        let model = BytePairs::read(&small(), GPT2).unwrap();
        assert_eq!(model.size(), 258);
        let ids: Vec<u32> = model.encode("the é").unwrap().iter().map(|token| token.id).collect();
        assert_eq!(ids, [257, 32, 0xc3, 0xa9]);
        let spans: Vec<_> = model.encode("the é").unwrap().iter().map(|token| (token.start, token.end)).collect();
        assert_eq!(spans, [(0, 3), (3, 4), (4, 5), (5, 6)]);
    }

    #[test]
    fn broken_files_are_refused_with_a_sentence() {
        for file in [&[][..], &[1], &[0, 5, 1], &[9, 9], &[0, 0], &[255, 255, 255, 255, 255, 255], &small()[..700]] {
            if let Err(why) = BytePairs::read(file, GPT2) {
                assert!(why.contains("The vocabulary's file is"), "{why}");
            } else {
                assert_eq!(file.len() % 3, 0, "only whole entries are read");
            }
        }
    }

    #[test]
    fn a_small_file_that_spells_gigabytes_is_refused() {
        let long = [vec![0, 0x80, 4], vec![b'a'; 512]].concat();
        let file = [long, [1, 0].repeat(1 << 20)].concat();
        let why = BytePairs::read(&file, GPT2).err().unwrap();
        assert!(why.starts_with("The vocabulary's file is broken at token 8192."), "{why}");
    }

    #[test]
    fn the_characters_for_bytes_are_those_of_gpt2() {
        let written = characters_for_bytes();
        assert_eq!((written[32], written[10], written[33], written[255]), ('Ġ', 'Ċ', '!', 'ÿ'));
        assert_eq!(written.iter().collect::<std::collections::BTreeSet<_>>().len(), 256);
    }

    proptest! {
        #[test]
        fn no_file_makes_it_panic(file in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = unpacked(&file);
        }
    }
}
