//! From a text to numbered words: which words are kept, how often each occurs, and the sentences as numbers.

use std::collections::HashMap;

/// The words that get a vector, the most frequent first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Vocabulary {
    /// In lower case.
    pub words: Vec<String>,
    /// How often each occurs in the text.
    pub counts: Vec<u32>,
}

/// The sentences of a text, in order; no window reaches from one into the next.
pub fn sentences(text: &str) -> impl Iterator<Item = &str> {
    // A single line break is only where a book's line was full; an empty line ends a paragraph.
    text.split(['.', '!', '?', ';', ':']).flat_map(|piece| piece.split("\n\n")).filter(|piece| !piece.trim().is_empty())
}

/// The words of a sentence in lower case: runs of letters and digits; an apostrophe inside belongs to its word.
///
/// ```
/// use engine_core::word_vectors::text::words;
/// assert_eq!(words("Don't stop--'now'").collect::<Vec<_>>(), ["don't", "stop", "now"]);
/// ```
pub fn words(sentence: &str) -> impl Iterator<Item = String> {
    let pieces = sentence.split(|c: char| !(c.is_alphanumeric() || c == '\'' || c == '’'));
    pieces.map(|piece| piece.trim_matches(['\'', '’']).to_lowercase()).filter(|word| !word.is_empty())
}

/// Counts the words of a text, sentence by sentence.
#[derive(Debug, Clone, Default)]
pub struct Counter(HashMap<String, u32>);

impl Counter {
    /// Counts one more sentence.
    pub fn add(&mut self, sentence: &str) {
        for word in words(sentence) {
            *self.0.entry(word).or_default() += 1;
        }
    }

    /// How many different words were seen.
    pub fn distinct(&self) -> usize {
        self.0.len()
    }

    /// How many words were seen.
    pub fn total(&self) -> u64 {
        self.0.values().map(|count| u64::from(*count)).sum()
    }

    /// The `most` most frequent words among those seen at least `min_count` times.
    ///
    /// Words of one count are in alphabetical order, so that the same text gives the same numbers.
    pub fn vocabulary(self, most: usize, min_count: u32) -> Vocabulary {
        let mut kept: Vec<(String, u32)> = self.0.into_iter().filter(|(_, count)| *count >= min_count).collect();
        kept.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        kept.truncate(most);
        let (words, counts) = kept.into_iter().unzip();
        Vocabulary { words, counts }
    }
}

impl Vocabulary {
    /// The number of each word.
    pub fn index(&self) -> HashMap<&str, u32> {
        self.words.iter().enumerate().map(|(id, word)| (word.as_str(), id as u32)).collect()
    }
}

/// A sentence as numbers; words without one are left out, as if they were not there.
pub fn numbered(sentence: &str, index: &HashMap<&str, u32>) -> Vec<u32> {
    words(sentence).filter_map(|word| index.get(word.as_str()).copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_counted_and_numbered_by_frequency() {
        let text = "The cat sat. The dog sat!\n\nA cat ran";
        let mut counter = Counter::default();
        sentences(text).for_each(|sentence| counter.add(sentence));
        assert_eq!((counter.distinct(), counter.total()), (6, 9));
        let vocabulary = counter.vocabulary(10, 2);
        assert_eq!(vocabulary.words, ["cat", "sat", "the"]);
        assert_eq!(vocabulary.counts, [2, 2, 2]);
        let index = vocabulary.index();
        let ids: Vec<_> = sentences(text).map(|sentence| numbered(sentence, &index)).collect();
        assert_eq!(ids, [vec![2, 0, 1], vec![2, 1], vec![0]]);
    }

    #[test]
    fn a_line_break_joins_and_an_empty_line_parts() {
        assert_eq!(sentences("one\ntwo\n\nthree. . ").collect::<Vec<_>>(), ["one\ntwo", "three"]);
    }

    #[test]
    fn letters_of_other_alphabets_count_as_letters() {
        assert_eq!(words("Größe, ДОМ 42").collect::<Vec<_>>(), ["größe", "дом", "42"]);
    }
}
