//! What can be counted about tokens: how many for a word, how many bytes in one, how often each occurs.

use super::{Token, cuts::words_and_marks, shared_characters};
use serde::{Deserialize, Serialize};
use std::{cmp::Reverse, collections::BTreeMap};

/// How a text fares with a tokenizer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Fertility {
    /// Tokens.
    pub tokens: usize,
    /// Different tokens.
    pub distinct: usize,
    /// Tokens that say no more than that something is unknown.
    pub unknown: usize,
    /// Words between white space.
    pub words: usize,
    /// Characters (code points).
    pub characters: usize,
    /// Bytes in UTF-8.
    pub bytes: usize,
    /// Characters that several tokens share.
    pub shared: usize,
}

impl Fertility {
    /// Counts.
    pub fn of(text: &str, tokens: &[Token]) -> Self {
        let distinct: std::collections::BTreeSet<u32> = tokens.iter().map(|token| token.id).collect();
        Self {
            tokens: tokens.len(),
            distinct: distinct.len(),
            unknown: tokens.iter().filter(|token| token.unknown).count(),
            words: text.split_whitespace().count(),
            characters: text.chars().count(),
            bytes: text.len(),
            shared: shared_characters(text, tokens).len(),
        }
    }

    /// Tokens per word.
    pub fn per_word(&self) -> f64 {
        self.tokens as f64 / self.words as f64
    }

    /// Bytes per token.
    pub fn bytes_per_token(&self) -> f64 {
        self.bytes as f64 / self.tokens as f64
    }
}

/// One token of a text with how often it occurs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frequency {
    /// Its number.
    pub id: u32,
    /// The stretch of the text where it first stands, or what the vocabulary writes.
    pub shown: String,
    /// How often.
    pub count: usize,
}

/// The tokens of a text, the most frequent first; of equally frequent ones the smallest id.
pub fn frequencies(text: &str, tokens: &[Token]) -> Vec<Frequency> {
    let mut counts: BTreeMap<u32, (usize, &Token)> = BTreeMap::new();
    for token in tokens {
        counts.entry(token.id).or_insert((0, token)).0 += 1;
    }
    let shown = |token: &Token| match token.piece.is_empty() {
        true => crate::tokenizer::visible(text.as_bytes().get(token.start..token.end).unwrap_or_default()),
        false => token.piece.clone(),
    };
    let mut all: Vec<Frequency> =
        counts.into_iter().map(|(id, (count, token))| Frequency { id, shown: shown(token), count }).collect();
    all.sort_by_key(|frequency| (Reverse(frequency.count), frequency.id));
    all
}

/// How often each word of a text occurs, the most frequent first: the yardstick that Zipf's law was found with.
pub fn word_counts(text: &str) -> Vec<usize> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for word in words_and_marks(text) {
        *counts.entry(text[word].to_lowercase()).or_default() += 1;
    }
    let mut all: Vec<usize> = counts.into_values().collect();
    all.sort_by_key(|count| Reverse(*count));
    all
}

// ANCHOR: slope
/// The slope of the best straight line through logarithms of rank and count, over the ranks from `first` to `last`:
/// near -1 where Zipf's law holds. `None` for fewer than two ranks.
pub fn slope(counts: &[usize], first: usize, last: usize) -> Option<f64> {
    let points: Vec<(f64, f64)> = (1..)
        .zip(counts)
        .filter(|(rank, count)| (first..=last).contains(rank) && **count > 0)
        .map(|(rank, count): (usize, &usize)| (libm::log(rank as f64), libm::log(*count as f64)))
        .collect();
    if points.len() < 2 {
        return None;
    }
    let n = points.len() as f64;
    let (x, y) = points.iter().fold((0.0, 0.0), |(x, y), point| (x + point.0 / n, y + point.1 / n));
    let (top, bottom) =
        points.iter().fold((0.0, 0.0), |(a, b), p| (a + (p.0 - x) * (p.1 - y), b + (p.0 - x) * (p.0 - x)));
    Some(top / bottom)
}
// ANCHOR_END: slope

#[cfg(test)]
mod tests {
    use super::*;
    use crate::subwords::spans;

    #[test]
    fn a_text_is_counted() {
        let tokens = spans([(7, 2), (8, 1), (7, 2)]);
        let fertility = Fertility::of("ab ab", &tokens);
        let wanted = Fertility { tokens: 3, distinct: 2, unknown: 0, words: 2, characters: 5, bytes: 5, shared: 0 };
        assert_eq!(fertility, wanted);
        assert_eq!((fertility.per_word(), fertility.bytes_per_token()), (1.5, 5.0 / 3.0));
        let all = frequencies("ab ab", &tokens);
        assert_eq!(all[0], Frequency { id: 7, shown: "ab".into(), count: 2 });
        assert_eq!(all[1].shown, "␣");
        assert_eq!(word_counts("The cat. the CAT, the"), [3, 2, 1, 1]);
    }

    #[test]
    fn zipfs_own_numbers_have_slope_minus_one() {
        let counts: Vec<usize> = (1..=1_000).map(|rank| 10_000_000 / rank).collect();
        assert!((slope(&counts, 1, 1_000).unwrap() + 1.0).abs() < 1e-4);
        assert_eq!(slope(&counts, 5, 5), None);
    }
}
