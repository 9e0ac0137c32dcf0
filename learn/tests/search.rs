//! Our BM25 against one that is not ours: `search/golden.py` wrote the scores, with the package bm25s.

use learn::search::{Entry, Index, Kind, Library, Weights};
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    entries: Vec<GoldenEntry>,
    queries: Vec<String>,
    scores: Vec<Vec<f64>>,
}

#[derive(Deserialize)]
struct GoldenEntry {
    title: String,
    names: Vec<String>,
    place: String,
    body: String,
}

#[test]
fn scores_are_those_of_another_implementation() {
    let golden: Golden = serde_json::from_str(include_str!("search/golden.json")).unwrap();
    let entries = golden.entries.into_iter().map(|entry| {
        let GoldenEntry { title, names, place, body } = entry;
        Entry { kind: Kind::Section, title, place, path: String::new(), names, body }
    });
    let library = Library { version: Library::VERSION, entries: entries.collect() };
    let index = Index::new(library, Weights::default());
    let mut above_zero = 0;
    for (query, expected) in golden.queries.iter().zip(&golden.scores) {
        let scores = index.bm25(query);
        assert_eq!(scores.len(), expected.len());
        for (entry, (ours, theirs)) in scores.iter().zip(expected).enumerate() {
            assert!((ours - theirs).abs() < 1e-6, "{query:?} in entry {entry}: {ours} is not {theirs}");
            above_zero += usize::from(*theirs > 0.0);
        }
    }
    assert!(above_zero > 300, "only {above_zero} scores say anything");
}
