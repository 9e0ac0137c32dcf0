//! WordPiece: learned by merging the pair that belongs together most, used by taking the longest piece that fits.
//!
//! The training program of BERT was never published; the score is the one that Schuster and Nakajima (2012) lead to:
//! how much likelier the text becomes.

use super::{Token, cuts::words_and_marks};
use crate::tokenizer::pairs::Words;
use serde::{Deserialize, Serialize};
use std::{
    borrow::Borrow,
    collections::{BTreeSet, HashMap},
    hash::Hash,
};

/// What a word becomes that cannot be put together from pieces.
pub const UNKNOWN: &str = "[UNK]";
/// A longer word is unknown without being looked at, as in BERT.
const LONGEST_WORD: usize = 100;

/// The pieces, by their ids; id 0 is [`UNKNOWN`]. Pieces that do not begin a word are written with `##`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WordPiece {
    pieces: Vec<String>,
}

/// A pair of neighbours, and how much it gains to make it one piece.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// Left half.
    pub left: u32,
    /// Right half.
    pub right: u32,
    /// How often the two stand side by side.
    pub together: usize,
    /// How often the left half occurs at all.
    pub left_count: usize,
    /// How often the right half occurs at all.
    pub right_count: usize,
}

impl Pair {
    /// Their count together over the product of their counts.
    pub fn score(&self) -> f64 {
        self.together as f64 / (self.left_count as f64 * self.right_count as f64)
    }
}

impl WordPiece {
    /// From a list of pieces, of which the first is [`UNKNOWN`].
    pub fn new(pieces: Vec<String>) -> Self {
        Self { pieces }
    }

    /// The pieces, by their ids.
    pub fn pieces(&self) -> &[String] {
        &self.pieces
    }

    /// Cuts `text` into words and each word into pieces.
    pub fn encode(&self, text: &str) -> Vec<Token> {
        let ids: HashMap<&str, u32> = self.pieces.iter().map(String::as_str).zip(0..).collect();
        let mut tokens = Vec::new();
        for word in words_and_marks(text) {
            match longest_first(&text[word.clone()], &ids) {
                Some(found) => tokens.extend(found.into_iter().map(|(id, start, end)| Token {
                    id,
                    start: word.start + start,
                    end: word.start + end,
                    piece: self.pieces[id as usize].clone(),
                    unknown: false,
                })),
                None => {
                    let piece = UNKNOWN.to_owned();
                    tokens.push(Token { id: 0, start: word.start, end: word.end, piece, unknown: true });
                }
            }
        }
        tokens
    }
}

// ANCHOR: encode
/// The pieces of one word as `(id, start, end)`: always the longest that fits, from the left on. `None` if at some
/// place none fits: then the whole word is unknown.
pub fn longest_first<K: Borrow<str> + Eq + Hash>(
    word: &str,
    ids: &HashMap<K, u32>,
) -> Option<Vec<(u32, usize, usize)>> {
    if word.chars().count() > LONGEST_WORD {
        return None;
    }
    let mut pieces = Vec::new();
    let mut start = 0;
    while start < word.len() {
        let ends = (start + 1..=word.len()).rev().filter(|end| word.is_char_boundary(*end));
        let fitting = ends.map(|end| {
            let prefix = if start == 0 { "" } else { "##" };
            (ids.get(format!("{prefix}{}", &word[start..end]).as_str()), end)
        });
        let (id, end) = fitting.into_iter().find_map(|(id, end)| id.map(|id| (*id, end)))?;
        pieces.push((id, start, end));
        start = end;
    }
    Some(pieces)
}
// ANCHOR_END: encode

/// Learns pieces from a text, one merge at a time.
pub struct WordPieceTrainer {
    words: Words,
    pieces: Vec<String>,
    single: usize,
}

impl WordPieceTrainer {
    /// Every character of `text` is a piece, once as the beginning of a word and once within one, if it occurs so.
    pub fn new(text: &str) -> Self {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for word in words_and_marks(text) {
            *counts.entry(&text[word]).or_default() += 1;
        }
        let letters = |word: &str| word.char_indices().map(|(at, c)| written(at, c)).collect::<Vec<String>>();
        let alphabet: BTreeSet<String> = counts.keys().flat_map(|word| letters(word)).collect();
        let pieces: Vec<String> = std::iter::once(UNKNOWN.to_owned()).chain(alphabet).collect();
        let ids: HashMap<&str, u32> = pieces.iter().map(String::as_str).zip(0..).collect();
        let numbered = |word: &str| letters(word).iter().filter_map(|piece| ids.get(piece.as_str()).copied()).collect();
        let words = Words::new(counts.iter().map(|(word, n)| (numbered(word), *n)).collect());
        let single = pieces.len();
        Self { words, pieces, single }
    }

    /// All pairs of neighbours that occur at least twice, the next merge first: the highest score, and of equal ones
    /// the pair that occurs more often, then the pair of smallest ids.
    pub fn candidates(&self) -> Vec<Pair> {
        let singles = self.words.singles();
        let count = |id: u32| singles.get(&id).copied().unwrap_or_default();
        let pairs = self.words.pairs().into_iter().filter(|(_, together)| *together > 1);
        let mut all: Vec<Pair> = pairs
            .map(|((left, right), together)| {
                let (left_count, right_count) = (count(left), count(right));
                Pair { left, right, together, left_count, right_count }
            })
            .collect();
        all.sort_by(|a, b| {
            let by_score = b.score().total_cmp(&a.score());
            by_score.then(b.together.cmp(&a.together)).then((a.left, a.right).cmp(&(b.left, b.right)))
        });
        all
    }

    /// Makes one piece of the pair.
    pub fn merge(&mut self, pair: &Pair) {
        let made = joined(&self.pieces[pair.left as usize], &self.pieces[pair.right as usize]);
        // Two ways may lead to one piece: it is still one piece.
        let new = match self.pieces.iter().position(|piece| *piece == made) {
            Some(known) => known,
            None => {
                self.pieces.push(made);
                self.pieces.len() - 1
            }
        };
        self.words.merge(pair.left, pair.right, new as u32);
    }

    /// How a piece is written.
    pub fn piece(&self, id: u32) -> &str {
        self.pieces.get(id as usize).map_or("", String::as_str)
    }

    /// The words of the text as they are cut now.
    pub fn words(&self) -> &Words {
        &self.words
    }

    /// How many pieces there were before the first merge.
    pub fn single(&self) -> usize {
        self.single
    }

    /// What has been learned so far.
    pub fn word_piece(&self) -> WordPiece {
        WordPiece::new(self.pieces.clone())
    }
}

fn written(at: usize, c: char) -> String {
    if at == 0 { c.to_string() } else { format!("##{c}") }
}

/// Two pieces as one: the `##` of the right half goes.
pub fn joined(left: &str, right: &str) -> String {
    format!("{left}{}", right.strip_prefix("##").unwrap_or(right))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pieces(list: &[&str]) -> WordPiece {
        WordPiece::new(list.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn the_longest_piece_wins_and_a_stranger_spoils_its_word() {
        let model = pieces(&[UNKNOWN, "un", "u", "##n", "##aff", "##able", "##affa", "##ble", "!"]);
        let cut = |text| model.encode(text).into_iter().map(|token| token.piece).collect::<Vec<_>>();
        assert_eq!(cut("unaffable!"), ["un", "##affa", "##ble", "!"]);
        assert_eq!(cut("unafraid un"), [UNKNOWN, "un"]);
        assert_eq!(
            model.encode("unafraid un")[1],
            Token { id: 1, start: 9, end: 11, piece: "un".into(), unknown: false }
        );
        assert_eq!(cut(&"u".repeat(101)), [UNKNOWN]);
    }

    #[test]
    fn the_score_prefers_what_belongs_together() {
        // "th" stands more often than "qu", but q is never without u.
        let trainer = WordPieceTrainer::new("the this that then quiet quick ten tin uh hot hut");
        let candidates = trainer.candidates();
        let first = &candidates[0];
        let named = |pair: &Pair| joined(trainer.piece(pair.left), trainer.piece(pair.right));
        let th = candidates.iter().find(|pair| named(pair) == "th").expect("it occurs four times");
        assert!(th.together > first.together && th.score() < first.score());
        assert!((th.score() - th.together as f64 / (th.left_count * th.right_count) as f64).abs() < 1e-12);
        assert!(named(first).contains("qu") || named(first).contains("ui"), "{}", named(first));
    }

    proptest! {
        #[test]
        fn what_it_has_learned_from_it_can_write(text in "[a-d ,é]{0,200}", merges in 0usize..40) {
            let mut trainer = WordPieceTrainer::new(&text);
            for _ in 0..merges {
                let Some(best) = trainer.candidates().first().cloned() else { break };
                trainer.merge(&best);
            }
            let tokens = trainer.word_piece().encode(&text);
            prop_assert!(tokens.iter().all(|token| !token.unknown));
            let back: String = tokens.iter().map(|token| &text[token.start..token.end]).collect();
            prop_assert_eq!(back, text.replace(' ', ""));
        }
    }
}
