//! The index: which entry holds which word, how often, with titles counted for more.

use super::{
    bm25,
    library::{Entry, Library},
    words,
};
use std::collections::BTreeMap;

/// How many times a word counts, by where it stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights {
    /// In the title.
    pub title: f64,
    /// In a further name.
    pub names: f64,
    /// In the title of the lesson or module around.
    pub place: f64,
    /// In the text.
    pub body: f64,
}

impl Default for Weights {
    fn default() -> Self {
        Self { title: 5.0, names: 4.0, place: 2.0, body: 1.0 }
    }
}

/// A library with everything that finding needs.
#[derive(Debug, Clone)]
pub struct Index {
    library: Library,
    /// Every stem, sorted, so that the words with one beginning stand together.
    stems: Vec<String>,
    /// For each stem the entries that hold it, and its weighted count there.
    postings: Vec<Vec<(usize, f64)>>,
    /// The weighted number of words of each entry.
    lengths: Vec<f64>,
    average: f64,
}

impl Index {
    /// Reads every entry of a library.
    pub fn new(library: Library, weights: Weights) -> Self {
        let mut counts: BTreeMap<String, BTreeMap<usize, f64>> = BTreeMap::new();
        let mut lengths = Vec::with_capacity(library.entries.len());
        for (at, entry) in library.entries.iter().enumerate() {
            let mut length = 0.0;
            for (text, weight) in fields(entry, weights) {
                for word in words::words(text) {
                    *counts.entry(word.stem).or_default().entry(at).or_default() += weight;
                    length += weight;
                }
            }
            lengths.push(length);
        }
        let average = lengths.iter().sum::<f64>() / lengths.len().max(1) as f64;
        let (stems, postings) = counts.into_iter().map(|(stem, entries)| (stem, entries.into_iter().collect())).unzip();
        Self { library, stems, postings, lengths, average }
    }

    /// What can be found.
    pub fn entries(&self) -> &[Entry] {
        &self.library.entries
    }

    /// Every stem, sorted.
    pub(super) fn stems(&self) -> &[String] {
        &self.stems
    }

    /// The place of a stem among all stems.
    pub(super) fn place_of(&self, stem: &str) -> Option<usize> {
        self.stems.binary_search_by(|other| other.as_str().cmp(stem)).ok()
    }

    /// What one stem adds to the score of each entry that holds it.
    pub(super) fn gains(&self, stem: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        let postings = &self.postings[stem];
        let idf = bm25::idf(self.lengths.len(), postings.len());
        postings
            .iter()
            .map(move |(entry, count)| (*entry, idf * bm25::saturated(*count, self.lengths[*entry], self.average)))
    }

    /// The plain BM25 score of every entry for a query: whole words only, nothing else weighed in.
    pub fn bm25(&self, query: &str) -> Vec<f64> {
        let mut scores = vec![0.0; self.lengths.len()];
        for word in words::words(query) {
            for (entry, gain) in self.place_of(&word.stem).into_iter().flat_map(|stem| self.gains(stem)) {
                scores[entry] += gain;
            }
        }
        scores
    }
}

fn fields(entry: &Entry, weights: Weights) -> impl Iterator<Item = (&str, f64)> {
    let names = entry.names.iter().map(move |name| (name.as_str(), weights.names));
    let others = [(&entry.title, weights.title), (&entry.place, weights.place), (&entry.body, weights.body)];
    names.chain(others.into_iter().map(|(text, weight)| (text.as_str(), weight)))
}
