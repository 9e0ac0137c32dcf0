//! From what a learner typed to what the site has: words, unfinished words, slips, and the order of the finds.

use super::{
    index::Index,
    library::Kind,
    slip,
    snippet::{self, Marked},
    words::{self, Word},
};
use std::collections::{BTreeMap, BTreeSet};

/// The most finds that anybody reads.
pub const MOST: usize = 30;

/// Words that say nothing about what is sought, unless nothing else is asked.
const SMALL_WORDS: [&str; 43] = [
    "a", "about", "an", "and", "are", "as", "at", "be", "by", "can", "do", "does", "for", "from", "has", "have", "how",
    "i", "in", "into", "is", "it", "its", "many", "much", "my", "of", "on", "or", "own", "that", "the", "this", "to",
    "was", "what", "when", "where", "which", "why", "with", "you", "your",
];

/// What a word counts that only has a slip in common with the sought one.
const SLIPPED: f64 = 0.6;
/// What a find counts more whose title is just what was sought.
const TITLE_IS_QUERY: f64 = 2.0;
/// The part of its best section's score that a whole lesson or page gets on top of its own.
const OF_BEST_SECTION: f64 = 0.5;

/// Something found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Its place in [`Index::entries`].
    pub entry: usize,
    /// The higher, the better.
    pub score: f64,
    /// Its title, the sought words marked.
    pub title: Marked,
    /// The part of its text that holds most of the sought words, with those marked.
    pub snippet: Marked,
}

impl Index {
    /// The best finds for a query, best first, at most `limit`.
    pub fn find(&self, query: &str, limit: usize) -> Vec<Hit> {
        let typed = words::words(query);
        let telling: Vec<&Word> = typed.iter().filter(|word| !SMALL_WORDS.contains(&word.whole.as_str())).collect();
        let asked: Vec<&Word> = if telling.is_empty() { typed.iter().collect() } else { telling };
        let unfinished = query.chars().next_back().is_some_and(char::is_alphanumeric);
        let last = typed.last().filter(|_| unfinished);

        let mut scores: BTreeMap<usize, (f64, usize)> = BTreeMap::new();
        let mut wanted: BTreeSet<&str> = BTreeSet::new();
        // For each word, itself, or what it was meant to be.
        let mut sought: Vec<Vec<&str>> = Vec::new();
        for word in &asked {
            let mut gains: BTreeMap<usize, f64> = BTreeMap::new();
            sought.push(vec![&word.stem]);
            for (stem, factor) in self.meant_by(word, last.is_some_and(|last| last == *word)) {
                wanted.insert(&self.stems()[stem]);
                if let (true, Some(words)) = (factor == SLIPPED, sought.last_mut()) {
                    words.push(&self.stems()[stem]);
                }
                for (entry, gain) in self.gains(stem) {
                    let best = gains.entry(entry).or_default();
                    *best = best.max(gain * factor);
                }
            }
            for (entry, gain) in gains {
                let (score, words) = scores.entry(entry).or_default();
                *score += gain;
                *words += 1;
            }
        }
        let mut found: Vec<(usize, f64)> = scores
            .into_iter()
            .map(|(entry, (score, words))| {
                let whole = if self.is_named(entry, &sought) { TITLE_IS_QUERY } else { 1.0 };
                let share = words as f64 / asked.len() as f64;
                (entry, score * share * whole * self.entries()[entry].kind.worth())
            })
            .collect();
        self.credit_pages(&mut found);
        // Equal scores keep the order of the course.
        found.sort_by(|(a, one), (b, other)| other.total_cmp(one).then(a.cmp(b)));
        found.truncate(limit);
        let wanted = |stem: &str| wanted.contains(stem);
        found
            .into_iter()
            .map(|(entry, score)| {
                let it = &self.entries()[entry];
                Hit {
                    entry,
                    score,
                    title: snippet::mark(&it.title, wanted),
                    snippet: snippet::snippet(&it.body, wanted),
                }
            })
            .collect()
    }

    /// Gives each lesson and page a part of its best section's score: what its sections say, it says.
    fn credit_pages(&self, found: &mut [(usize, f64)]) {
        let mut best: BTreeMap<&str, f64> = BTreeMap::new();
        for (entry, score) in found.iter() {
            let entry = &self.entries()[*entry];
            if let (Kind::Section, Some((page, _))) = (entry.kind, entry.path.split_once('#')) {
                let best = best.entry(page).or_default();
                *best = best.max(*score);
            }
        }
        for (entry, score) in found {
            let entry = &self.entries()[*entry];
            if matches!(entry.kind, Kind::Lesson | Kind::Page) {
                *score += OF_BEST_SECTION * best.get(entry.path.as_str()).copied().unwrap_or_default();
            }
        }
    }

    /// Whether an entry's title, or another name of it, is just what is sought; a plan is never just that.
    fn is_named(&self, entry: usize, sought: &[Vec<&str>]) -> bool {
        let entry = &self.entries()[entry];
        if entry.kind == Kind::Planned {
            return false;
        }
        [&entry.title].into_iter().chain(&entry.names).any(|name| {
            let name = words::words(name);
            name.len() == sought.len()
                && name.iter().zip(sought).all(|(word, stems)| stems.contains(&word.stem.as_str()))
        })
    }

    /// The stems that a typed word may stand for, each with how much it counts.
    fn meant_by(&self, word: &Word, unfinished: bool) -> Vec<(usize, f64)> {
        let mut meant: Vec<(usize, f64)> = self.place_of(&word.stem).map(|stem| (stem, 1.0)).into_iter().collect();
        if unfinished && word.whole.chars().count() >= 2 {
            let from = self.stems().partition_point(|stem| stem.as_str() < word.whole.as_str());
            let begins = self.stems()[from..].iter().take_while(|stem| stem.starts_with(&word.whole));
            for (at, stem) in (from..).zip(begins).filter(|(_, stem)| **stem != word.stem) {
                // The more of the word is typed, the more it counts.
                meant.push((at, 0.9 * word.whole.len() as f64 / stem.len() as f64));
            }
        }
        if meant.is_empty() && word.whole.chars().count() >= slip::SHORTEST {
            let near =
                |stem: &String| slip::within_one_slip(stem, &word.stem) || slip::within_one_slip(stem, &word.whole);
            meant = (0..).zip(self.stems()).filter(|(_, stem)| near(stem)).map(|(at, _)| (at, SLIPPED)).collect();
        }
        meant
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::{Entry, Kind, Library, Weights};

    fn index() -> Index {
        let entry = |kind, title: &str, body: &str| Entry {
            kind,
            title: title.into(),
            place: String::new(),
            path: format!("{}/", title.to_lowercase().replace(' ', "-")),
            names: vec![],
            body: body.into(),
        };
        let entries = vec![
            entry(Kind::Planned, "Causal masks", ""),
            entry(Kind::Lesson, "Attention", "Who looks at whom. The causal mask hides what comes later."),
            entry(Kind::Section, "Where the map misleads", "Attention is not explanation."),
            entry(Kind::Lesson, "Sampling", "How a token is drawn, and what the temperature does to the draw."),
            entry(Kind::Term, "Quantization", "Numbers of few bits."),
        ];
        Index::new(Library { version: Library::VERSION, entries }, Weights::default())
    }

    fn titles(query: &str) -> Vec<String> {
        let index = index();
        index.find(query, MOST).into_iter().map(|hit| index.entries()[hit.entry].title.clone()).collect()
    }

    #[test]
    fn titles_come_first_and_plans_last() {
        assert_eq!(titles("attention")[..], ["Attention", "Where the map misleads"]);
        assert_eq!(titles("causal mask"), ["Attention", "Causal masks"]);
    }

    #[test]
    fn the_last_word_may_be_unfinished() {
        assert_eq!(titles("tempera"), ["Sampling"]);
        assert_eq!(titles("tempera "), Vec::<String>::new(), "a space ends the word");
        assert_eq!(titles("cau attention")[..1], ["Attention"], "only the last word is unfinished");
    }

    #[test]
    fn one_slip_in_a_longer_word_is_forgiven() {
        assert_eq!(titles("atention")[0], "Attention");
        assert_eq!(titles("quantizaton "), ["Quantization"]);
        assert_eq!(titles("tokn "), Vec::<String>::new(), "shorter words have too many neighbours");
    }

    #[test]
    fn small_words_do_not_count_beside_others() {
        assert_eq!(titles("what is the sampling of a"), ["Sampling"]);
        assert!(!titles("the").is_empty(), "but they are found when nothing else is asked");
    }

    #[test]
    fn a_hit_says_where_it_was_hit() {
        let index = index();
        let hit = &index.find("masks", MOST)[0];
        assert_eq!(hit.snippet.pieces().iter().find(|(_, marked)| *marked), Some(&("mask", true)));
    }

    #[test]
    fn nothing_is_found_for_nothing() {
        for query in ["", "   ", "!!!", "zzzzzz", "é"] {
            assert_eq!(titles(query), Vec::<String>::new(), "{query:?}");
        }
    }
}
