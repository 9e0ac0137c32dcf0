//! Learning Unigram pieces: begin with far too many, estimate how likely each is (expectation and maximization), drop
//! those that are missed least, and repeat.

use super::{
    cuts::marked_words,
    unigram::{Cutter, UNKNOWN, Unigram},
};
use std::{cmp::Reverse, collections::BTreeMap, ops::Range};

/// No piece is longer, in characters.
const LONGEST_PIECE: usize = 10;
/// At the start there are at most so many pieces of several characters.
const MOST_SEEDS: usize = 8_000;
/// Of the pieces of several characters, so many stay in each round.
const KEPT: f64 = 0.75;
/// What is learned from is cut after so many characters: probabilities of longer words would be rounded to zero.
const LONGEST_WORD: usize = 32;
/// A character must stay writable, even where no word needs it by itself.
const LEAST_COUNT: f64 = 1e-3;

/// A word of the text, `▁` and all, with how often it occurs.
type Word = (Vec<char>, usize);

/// How much dearer the text becomes without a piece.
#[derive(Debug, Clone, PartialEq)]
pub struct Miss {
    /// The piece.
    pub piece: String,
    /// How often the likeliest cut of the text uses it.
    pub used: usize,
    /// How it would be cut itself if it were not there.
    pub instead: Vec<String>,
    /// So many bits more for the whole text.
    pub bits: f64,
}

/// What one round of estimating gathers, word by word.
#[derive(Debug, Clone, Default)]
pub struct Expected {
    counts: Vec<f64>,
    nats: f64,
}

/// What one look at the likeliest cut gathers, word by word.
#[derive(Debug, Clone, Default)]
pub struct Used {
    counts: Vec<usize>,
    /// How many tokens the text has.
    pub tokens: usize,
}

/// Learns pieces from a text, in steps that can be watched and interrupted.
pub struct UnigramTrainer {
    words: Vec<Word>,
    pieces: Vec<(String, f64)>,
    characters: usize,
}

impl UnigramTrainer {
    /// Takes as pieces every character, and every stretch of a word that occurs at least twice; the likelihood to
    /// begin with goes by how much of the text a piece could cover.
    pub fn new(text: &str) -> Self {
        let mut counts: BTreeMap<Vec<char>, usize> = BTreeMap::new();
        for word in marked_words(text) {
            for part in word.chunks(LONGEST_WORD) {
                *counts.entry(part.iter().map(|marked| marked.character).collect()).or_default() += 1;
            }
        }
        let words: Vec<Word> = counts.into_iter().collect();
        let mut stretches: BTreeMap<&[char], usize> = BTreeMap::new();
        for (word, n) in &words {
            for start in 0..word.len() {
                for end in start + 1..=word.len().min(start + LONGEST_PIECE) {
                    *stretches.entry(&word[start..end]).or_default() += n;
                }
            }
        }
        let (single, mut longer): (Vec<_>, Vec<_>) = stretches.into_iter().partition(|(piece, _)| piece.len() == 1);
        longer.retain(|(_, n)| *n > 1);
        longer.sort_by_key(|(piece, n)| Reverse(n * piece.len()));
        longer.truncate(MOST_SEEDS);
        let all: Vec<(String, f64)> =
            single.iter().chain(&longer).map(|(piece, n)| (piece.iter().collect(), (n * piece.len()) as f64)).collect();
        let sum: f64 = all.iter().map(|(_, weight)| weight).sum();
        let unknown = std::iter::once((UNKNOWN.to_owned(), 0.0));
        let pieces = unknown.chain(all.into_iter().map(|(piece, weight)| (piece, libm::log(weight / sum)))).collect();
        let characters = words.iter().map(|(word, n)| word.len() * n).sum();
        Self { words, pieces, characters }
    }

    /// How many different words the text has.
    pub fn distinct_words(&self) -> usize {
        self.words.len()
    }

    /// How many words it has in all.
    pub fn total_words(&self) -> usize {
        self.words.iter().map(|(_, n)| n).sum()
    }

    /// How many pieces there are now, [`UNKNOWN`] among them.
    pub fn size(&self) -> usize {
        self.pieces.len()
    }

    /// How many pieces can never be dropped: the characters, and [`UNKNOWN`].
    pub fn smallest(&self) -> usize {
        self.pieces.iter().filter(|(piece, _)| is_kept(piece)).count()
    }

    /// Pieces ready for cutting, with their likelihoods of now.
    pub fn cutter(&self) -> Cutter {
        Cutter::new(&self.pieces)
    }

    // ANCHOR: expect
    /// Expectation, for some of the words: how often each piece is used, counting **every** way to cut a word by how
    /// likely that way is.
    pub fn expect(&self, cutter: &Cutter, words: Range<usize>, expected: &mut Expected) {
        expected.counts.resize(self.pieces.len(), 0.0);
        for (word, n) in &self.words[words] {
            let edges: Vec<Vec<(u32, usize, f64)>> =
                (0..word.len()).map(|at| cutter.from(word, at).collect()).collect();
            // The probability of everything left of a place, and of everything right of it.
            let mut left = vec![0.0; word.len() + 1];
            let mut right = vec![0.0; word.len() + 1];
            left[0] = 1.0;
            right[word.len()] = 1.0;
            for (start, edges) in edges.iter().enumerate() {
                for (_, end, logarithm) in edges {
                    left[*end] += left[start] * libm::exp(*logarithm);
                }
            }
            for (start, edges) in edges.iter().enumerate().rev() {
                for (_, end, logarithm) in edges {
                    right[start] += libm::exp(*logarithm) * right[*end];
                }
            }
            let whole = left[word.len()];
            for (start, edges) in edges.iter().enumerate() {
                for (id, end, logarithm) in edges {
                    let share = left[start] * libm::exp(*logarithm) * right[*end] / whole;
                    expected.counts[*id as usize] += share * *n as f64;
                }
            }
            expected.nats -= libm::log(whole) * *n as f64;
        }
    }
    // ANCHOR_END: expect

    /// How many bits a character of the text costs, counting every way to cut it.
    pub fn bits(&self, expected: &Expected) -> f64 {
        expected.nats / std::f64::consts::LN_2 / self.characters.max(1) as f64
    }

    /// Maximization: each piece becomes as likely as its share of all that was expected.
    pub fn maximize(&mut self, expected: &Expected) {
        let count = |id: usize| expected.counts.get(id).copied().unwrap_or_default().max(LEAST_COUNT);
        let sum: f64 = (1..self.pieces.len()).map(count).sum();
        for (id, (_, logarithm)) in self.pieces.iter_mut().enumerate().skip(1) {
            *logarithm = libm::log(count(id) / sum);
        }
    }

    /// Cuts some of the words in their likeliest way, and counts what is used.
    pub fn cut(&self, cutter: &Cutter, words: Range<usize>, used: &mut Used) {
        used.counts.resize(self.pieces.len(), 0);
        for (word, n) in &self.words[words] {
            for stretch in cutter.best(word) {
                used.tokens += n;
                used.counts[stretch.id.unwrap_or(0) as usize] += n;
            }
        }
    }

    // ANCHOR: misses
    /// What each piece that may be dropped is worth, the dearest first: its uses, times how much less likely the
    /// best cut of the piece itself is than the piece.
    pub fn misses(&self, cutter: &Cutter, used: &Used) -> Vec<Miss> {
        let mut misses: Vec<Miss> = Vec::new();
        for (id, (piece, logarithm)) in self.pieces.iter().enumerate().filter(|(_, (piece, _))| !is_kept(piece)) {
            let letters: Vec<char> = piece.chars().collect();
            let (stretches, without) = cutter.best_but(&letters, Some(id as u32));
            let instead = stretches.iter().map(|part| letters[part.start..part.end].iter().collect()).collect();
            let used = used.counts.get(id).copied().unwrap_or_default();
            let bits = used as f64 * (logarithm - without) / std::f64::consts::LN_2;
            misses.push(Miss { piece: piece.clone(), used, instead, bits });
        }
        misses.sort_by(|a, b| b.bits.total_cmp(&a.bits).then_with(|| a.piece.cmp(&b.piece)));
        misses
    }
    // ANCHOR_END: misses

    /// How many of the pieces that may be dropped stay, on the way to `size` pieces in all.
    pub fn staying(&self, size: usize) -> usize {
        let free = self.size() - self.smallest();
        let wanted = size.saturating_sub(self.smallest());
        ((free as f64 * KEPT) as usize).max(wanted).min(free)
    }

    /// Drops the pieces that `dropped` names.
    pub fn drop_pieces(&mut self, dropped: &[Miss]) {
        let gone: std::collections::BTreeSet<&str> = dropped.iter().map(|miss| miss.piece.as_str()).collect();
        self.pieces.retain(|(piece, _)| !gone.contains(piece.as_str()));
    }

    /// What has been learned so far, the likeliest pieces first.
    pub fn unigram(&self) -> Unigram {
        let mut pieces = self.pieces.clone();
        if let Some(learned) = pieces.get_mut(1..) {
            learned.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        }
        Unigram::new(pieces)
    }
}

fn is_kept(piece: &str) -> bool {
    piece == UNKNOWN || piece.chars().nth(1).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One round of estimating; answers the bits per character before it.
    fn estimate(trainer: &mut UnigramTrainer) -> f64 {
        let mut expected = Expected::default();
        trainer.expect(&trainer.cutter(), 0..trainer.distinct_words(), &mut expected);
        trainer.maximize(&expected);
        trainer.bits(&expected)
    }

    #[test]
    fn estimating_never_makes_the_text_dearer() {
        let mut trainer = UnigramTrainer::new("hug pug pun bun hugs hug pug the hug of the pug and the bun");
        let bits: Vec<f64> = (0..8).map(|_| estimate(&mut trainer)).collect();
        assert!(bits.is_sorted_by(|a, b| a + 1e-12 >= *b), "{bits:?}");
        let sum: f64 = trainer.unigram().pieces().iter().skip(1).map(|(_, logarithm)| logarithm.exp()).sum();
        assert!((sum - 1.0).abs() < 1e-9, "{sum}");
    }

    #[test]
    fn the_expected_counts_are_those_of_all_cuts_listed() {
        let trainer = UnigramTrainer::new("abab");
        let cutter = trainer.cutter();
        let mut expected = Expected::default();
        trainer.expect(&cutter, 0..1, &mut expected);
        // All ways to cut the word, each with its probability.
        fn ways(cutter: &Cutter, word: &[char], at: usize) -> Vec<(Vec<u32>, f64)> {
            if at == word.len() {
                return vec![(Vec::new(), 1.0)];
            }
            let edges: Vec<_> = cutter.from(word, at).collect();
            let mut all = Vec::new();
            for (id, end, logarithm) in edges {
                for (mut rest, p) in ways(cutter, word, end) {
                    rest.push(id);
                    all.push((rest, p * logarithm.exp()));
                }
            }
            all
        }
        let all = ways(&cutter, &['▁', 'a', 'b', 'a', 'b'], 0);
        let whole: f64 = all.iter().map(|(_, p)| p).sum();
        for id in 0..trainer.size() {
            let uses = |way: &[u32]| way.iter().filter(|used| **used == id as u32).count() as f64;
            let wanted: f64 = all.iter().map(|(way, p)| uses(way) * p / whole).sum();
            assert!((expected.counts[id] - wanted).abs() < 1e-12, "{id}: {} is not {wanted}", expected.counts[id]);
        }
        assert!((expected.nats + whole.ln()).abs() < 1e-12);
    }

    #[test]
    fn the_pieces_that_are_missed_least_go_and_characters_stay() {
        let mut trainer = UnigramTrainer::new(&"the cat and the dog and the bird ".repeat(5));
        let (first, least) = (trainer.size(), trainer.smallest());
        for _ in 0..20 {
            estimate(&mut trainer);
            let cutter = trainer.cutter();
            let mut used = Used::default();
            trainer.cut(&cutter, 0..trainer.distinct_words(), &mut used);
            let misses = trainer.misses(&cutter, &used);
            let staying = trainer.staying(least + 3);
            trainer.drop_pieces(&misses[staying..]);
        }
        assert!(first > 30);
        assert_eq!((trainer.size(), trainer.smallest()), (least + 3, least));
        let model = trainer.unigram();
        assert!(model.pieces().iter().any(|(piece, _)| piece == "▁the"), "{:?}", model.pieces());
        let text = "the cat and the dog";
        assert_eq!(super::super::unigram::spelled(&model.encode(text)), text);
    }
}
