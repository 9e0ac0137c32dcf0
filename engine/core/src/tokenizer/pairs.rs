//! The words of a text as lists of tokens, and the pairs of neighbours in them: what learning by merging looks at.

use std::collections::HashMap;

/// Each different word of a text once, as tokens, with how often it occurs.
#[derive(Debug, Clone, Default)]
pub struct Words {
    words: Vec<(Vec<u32>, usize)>,
}

impl Words {
    /// From words with their counts; the order does not matter.
    pub fn new(mut words: Vec<(Vec<u32>, usize)>) -> Self {
        words.sort();
        Self { words }
    }

    /// How often each pair of neighbours stands in the text.
    pub fn pairs(&self) -> HashMap<(u32, u32), usize> {
        let mut counts = HashMap::new();
        for (word, n) in &self.words {
            for pair in word.windows(2) {
                *counts.entry((pair[0], pair[1])).or_default() += n;
            }
        }
        counts
    }

    /// How often each token stands in the text.
    pub fn singles(&self) -> HashMap<u32, usize> {
        let mut counts = HashMap::new();
        for (word, n) in &self.words {
            for token in word {
                *counts.entry(*token).or_default() += n;
            }
        }
        counts
    }

    /// How many tokens the whole text has.
    pub fn tokens(&self) -> usize {
        self.words.iter().map(|(word, n)| word.len() * n).sum()
    }

    /// How many words there are: all, and different ones.
    pub fn words(&self) -> (usize, usize) {
        (self.words.iter().map(|(_, n)| n).sum(), self.words.len())
    }

    /// Makes one token of `left` and `right`, wherever they stand side by side.
    pub fn merge(&mut self, left: u32, right: u32, new: u32) {
        for (word, _) in &mut self.words {
            if word.windows(2).any(|w| w == [left, right]) {
                *word = replace(word, left, right, new);
            }
        }
    }
}

/// `word` with `new` in place of `left` and `right`, from the left on.
pub fn replace(word: &[u32], left: u32, right: u32, new: u32) -> Vec<u32> {
    let mut out = Vec::with_capacity(word.len());
    let mut rest = word;
    while let [first, tail @ ..] = rest {
        if *first == left && tail.first() == Some(&right) {
            out.push(new);
            rest = &tail[1..];
        } else {
            out.push(*first);
            rest = tail;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_counted_by_word_and_merged_from_the_left() {
        let mut words = Words::new(vec![(vec![1, 1, 1, 2], 3), (vec![1, 2], 2)]);
        assert_eq!(words.pairs(), HashMap::from([((1, 1), 6), ((1, 2), 5)]));
        assert_eq!(words.singles(), HashMap::from([(1, 11), (2, 5)]));
        assert_eq!((words.tokens(), words.words()), (16, (5, 2)));
        words.merge(1, 1, 9);
        assert_eq!(words.singles(), HashMap::from([(9, 3), (1, 5), (2, 5)]));
    }
}
