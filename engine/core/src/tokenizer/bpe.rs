//! Byte-level byte-pair encoding, trained one visible merge at a time.
//!
//! Ids 0 to 255 are the bytes; id 256 + n is the result of merge n. Text is first cut into words,
//! each with the space before it, and no merge crosses a cut.

use super::pairs::{Words, replace};
use serde::{Deserialize, Serialize};
use std::{cmp::Reverse, collections::HashMap};

/// The learned merges, in the order they were learned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bpe {
    pub(super) merges: Vec<(u32, u32)>,
}

/// One step of training: the most frequent pair of neighbours became a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merge {
    /// Left half.
    pub left: u32,
    /// Right half.
    pub right: u32,
    /// How often the two stood side by side.
    pub count: usize,
}

impl Bpe {
    /// No merges: every byte is a token.
    pub fn bytes_only() -> Self {
        Self { merges: Vec::new() }
    }

    /// With these merges, in the order in which they were learned; [`super::Tokenizer::validate`] says whether they can be.
    pub(crate) fn of_merges(merges: Vec<(u32, u32)>) -> Self {
        Self { merges }
    }

    /// The same with the first `merges` merges only.
    pub fn first(&self, merges: usize) -> Self {
        Self { merges: self.merges.iter().copied().take(merges).collect() }
    }

    /// The two halves of each merge, in the order in which they were learned.
    pub fn merges(&self) -> &[(u32, u32)] {
        &self.merges
    }

    /// The bytes of one token.
    pub fn spelled(&self, id: u32) -> Vec<u8> {
        self.decode(&[id])
    }

    pub(crate) fn vocab_size(&self) -> usize {
        256 + self.merges.len()
    }

    // ANCHOR: encode
    pub(crate) fn encode(&self, text: &str) -> Vec<u32> {
        let ranks: HashMap<(u32, u32), u32> = self.merges.iter().copied().zip(256..).collect();
        let mut known: HashMap<&str, Vec<u32>> = HashMap::new();
        let mut ids = Vec::new();
        for word in words(text) {
            let pieces = known.entry(word).or_insert_with(|| {
                let mut pieces: Vec<u32> = word.bytes().map(u32::from).collect();
                // The earliest learned pair goes first, everywhere in the word.
                while let Some(&new) = pieces.windows(2).filter_map(|w| ranks.get(&(w[0], w[1]))).min() {
                    let (left, right) = self.merges[new as usize - 256];
                    pieces = replace(&pieces, left, right, new);
                }
                pieces
            });
            ids.extend_from_slice(pieces);
        }
        ids
    }
    // ANCHOR_END: encode

    pub(crate) fn decode(&self, ids: &[u32]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for &id in ids {
            self.expand(id, &mut bytes);
        }
        bytes
    }

    fn expand(&self, id: u32, bytes: &mut Vec<u8>) {
        // A stack instead of recursion: a file may chain merges thousands deep.
        let mut waiting = vec![id];
        while let Some(id) = waiting.pop() {
            if let Ok(byte) = u8::try_from(id) {
                bytes.push(byte);
            } else if let Some(&(left, right)) = self.merges.get(id as usize - 256) {
                waiting.extend([right, left]);
            }
        }
    }

    pub(super) fn validate(&self) -> Result<(), String> {
        if self.merges.len() > 65_536 - 256 {
            return Err(format!("The tokenizer has {} merges; at most 65,280 are allowed.", self.merges.len()));
        }
        let mut lengths = vec![1u64; 256];
        for (n, &(left, right)) in self.merges.iter().enumerate() {
            let length = |id: u32| lengths.get(id as usize).copied();
            let (Some(a), Some(b)) = (length(left), length(right)) else {
                return Err(format!("Merge {n} of the tokenizer uses a token that does not exist yet."));
            };
            if a + b > 1024 {
                return Err(format!("Merge {n} of the tokenizer makes a token of {} bytes; 1,024 is the most.", a + b));
            }
            lengths.push(a + b);
        }
        Ok(())
    }
}

/// Learns merges from a text, one at a time, so that training can be watched and stopped.
pub struct BpeTrainer {
    words: Words,
    merges: Vec<(u32, u32)>,
}

impl BpeTrainer {
    /// Counts the words of `text`; nothing is merged yet.
    pub fn new(text: &str) -> Self {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for word in words(text) {
            *counts.entry(word).or_default() += 1;
        }
        let words = counts.into_iter().map(|(word, n)| (word.bytes().map(u32::from).collect(), n)).collect();
        Self { words: Words::new(words), merges: Vec::new() }
    }

    /// All pairs of neighbours that occur at least twice, the next merge first: the most frequent pair, and of equally
    /// frequent ones the pair of smallest ids.
    pub fn candidates(&self) -> Vec<Merge> {
        let pairs = self.words.pairs().into_iter().filter(|(_, count)| *count > 1);
        let mut all: Vec<Merge> = pairs.map(|((left, right), count)| Merge { left, right, count }).collect();
        all.sort_by_key(|merge| (Reverse(merge.count), merge.left, merge.right));
        all
    }

    // ANCHOR: step
    /// Merges the most frequent pair; of equally frequent ones, the pair of smallest ids. `None`
    /// once no pair occurs twice.
    pub fn step(&mut self) -> Option<Merge> {
        let pairs = self.words.pairs();
        let (&(left, right), &count) = pairs.iter().max_by_key(|&(pair, count)| (count, Reverse(pair)))?;
        if count < 2 {
            return None;
        }
        self.merge(left, right);
        Some(Merge { left, right, count })
    }

    /// Makes one token of a pair.
    pub fn merge(&mut self, left: u32, right: u32) {
        let new = 256 + self.merges.len() as u32;
        self.merges.push((left, right));
        self.words.merge(left, right, new);
    }
    // ANCHOR_END: step

    /// The words of the text as they are cut now.
    pub fn words(&self) -> &Words {
        &self.words
    }

    /// What has been learned so far.
    pub fn bpe(&self) -> Bpe {
        Bpe { merges: self.merges.clone() }
    }
}

/// Cuts before every change between letters, digits, white space and the rest; one space joins the
/// word behind it, as in GPT-2.
fn words(text: &str) -> impl Iterator<Item = &str> {
    #[derive(PartialEq, Clone, Copy)]
    enum Kind {
        Letter,
        Digit,
        Space,
        Other,
    }
    let kind = |c: char| match c {
        c if c.is_alphabetic() => Kind::Letter,
        c if c.is_numeric() => Kind::Digit,
        c if c.is_whitespace() => Kind::Space,
        _ => Kind::Other,
    };
    let mut rest = text;
    std::iter::from_fn(move || {
        let mut chars = rest.char_indices();
        let (_, first) = chars.next()?;
        let mut body = kind(first);
        let mut end = rest.len();
        for (at, c) in chars {
            let next = kind(c);
            if at == 1 && first == ' ' && next != Kind::Space {
                body = next;
            } else if next != body {
                end = at;
                // A run of spaces leaves its last one to the word behind it.
                if body == Kind::Space && at > 1 && rest[..at].ends_with(' ') {
                    end = at - 1;
                }
                break;
            }
        }
        let (word, tail) = rest.split_at(end);
        rest = tail;
        Some(word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn trained(text: &str, merges: usize) -> Bpe {
        let mut trainer = BpeTrainer::new(text);
        for _ in 0..merges {
            trainer.step();
        }
        trainer.bpe()
    }

    #[test]
    fn words_keep_the_space_before_them() {
        let cut: Vec<&str> = words("Hello, big  world 42!\n\nNo").collect();
        assert_eq!(cut, ["Hello", ",", " big", " ", " world", " 42", "!", "\n\n", "No"]);
    }

    #[test]
    fn the_most_frequent_pair_is_merged_first() {
        let mut trainer = BpeTrainer::new("aaab aaab aab");
        let merge = trainer.step().unwrap();
        assert_eq!((merge.left, merge.right), (97, 97));
        assert_eq!(trainer.bpe().encode("aaab").len(), 3);
    }

    #[test]
    fn the_first_candidate_is_the_next_merge() {
        let mut trainer = BpeTrainer::new("the cat and the hat and that bat");
        while let Some(first) = trainer.candidates().first().cloned() {
            assert_eq!(trainer.step(), Some(first));
        }
        assert_eq!(trainer.step(), None);
        let bpe = trainer.bpe();
        assert_eq!(bpe.first(2).merges(), &bpe.merges()[..2]);
    }

    #[test]
    fn training_stops_when_nothing_repeats() {
        let mut trainer = BpeTrainer::new("abc");
        assert_eq!(trainer.step(), None);
    }

    #[test]
    fn a_merge_of_tokens_that_do_not_exist_is_refused() {
        assert!(Bpe { merges: vec![(300, 1)] }.validate().unwrap_err().contains("Merge 0"));
        let doubling = Bpe { merges: (0..40).map(|n| if n == 0 { (0, 0) } else { (255 + n, 255 + n) }).collect() };
        assert!(doubling.validate().unwrap_err().contains("1,024"));
    }

    proptest! {
        #[test]
        fn every_text_comes_back(text in "\\PC{0,80}|[a-c \\n]{0,200}", corpus in "[a-e ]{0,300}") {
            let bpe = trained(&corpus, 30);
            prop_assert_eq!(bpe.validate(), Ok(()));
            prop_assert_eq!(bpe.decode(&bpe.encode(&text)), text.as_bytes());
            prop_assert_eq!(words(&text).collect::<String>(), text);
        }
    }
}
