//! What is known of the words so far, and what can be said of it.

use super::{Knobs, corpus};
use crate::widgets::{lines::number, outcome::Value};
use engine_core::{
    jobs::embeddings::{Counted, Learning, Method, Moved},
    word_vectors::{
        plane::Plane,
        published::Published,
        space::{self, Near},
    },
};
use kit::t;
use std::sync::Arc;

/// A word of so many letters is likely to mean something by itself.
const LONG: usize = 5;
/// So many of the published words stand on the map.
const MAPPED: usize = 300;

/// Everything that a run has sent.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Learned {
    /// With which settings it was begun.
    pub knobs: Knobs,
    counted: Counted,
    words: Arc<Vec<String>>,
    /// The vectors as they are now.
    pub moved: Moved,
    /// The loss curve so far.
    pub losses: Vec<(f64, f64)>,
    /// Which words stand on the map, where they are not simply the first.
    mapped: Option<Arc<Vec<usize>>>,
}

/// A word's number among `words`, however it is written.
pub fn find(words: &[String], word: &str) -> Option<usize> {
    let word = word.trim().to_lowercase();
    words.iter().position(|known| *known == word)
}

impl Learned {
    /// Nothing yet, of a run with these settings.
    pub fn of(knobs: &Knobs) -> Self {
        Self { knobs: knobs.clone(), ..Self::default() }
    }

    /// What others have learned: nothing of it was learned here.
    pub fn published(knobs: &Knobs, published: &Published) -> Self {
        let Published { words, dim, vectors } = published;
        let means = |word: &String| word.chars().count() >= LONG && word.chars().all(char::is_alphabetic);
        let mapped: Vec<usize> = (0..words.len()).filter(|id| means(&words[*id])).take(MAPPED).collect();
        let mut learned = Self {
            knobs: Knobs { dim: *dim, method: Method::Glove, ..knobs.clone() },
            words: Arc::new(words.clone()),
            moved: Moved { vectors: vectors.clone(), ..Moved::default() },
            mapped: Some(Arc::new(mapped)),
            ..Self::default()
        };
        let flat = Plane::default().flatten(&learned.map_rows(), *dim);
        (learned.moved.map, learned.moved.shown) = (flat.points, flat.shown);
        learned
    }

    /// Whether these are the published vectors.
    pub fn is_published(&self) -> bool {
        self.knobs.text == corpus::PUBLISHED
    }

    /// Takes in what the engine sent.
    pub fn take(&mut self, update: Learning) {
        match update {
            Learning::Counted(counted) => {
                self.words = Arc::new(counted.words.clone());
                self.counted = counted;
            }
            Learning::Moved(moved) => {
                self.losses.extend(moved.losses.iter().map(|(step, loss)| (*step as f64, *loss)));
                self.moved = moved;
            }
        }
    }

    /// The words that have vectors, the most frequent first.
    pub fn words(&self) -> Arc<Vec<String>> {
        self.words.clone()
    }

    /// A word's number, however it is written.
    pub fn id(&self, word: &str) -> Option<usize> {
        find(&self.words, word)
    }

    /// The words on the map by their numbers, in the order of its points.
    fn mapped(&self) -> Vec<usize> {
        self.mapped.as_ref().map_or_else(|| (0..self.moved.map.len()).collect(), |mapped| mapped.to_vec())
    }

    /// The point of the map that a word is; for a word that is not on it, a number behind all its points.
    pub fn point(&self, id: usize) -> usize {
        match &self.mapped {
            Some(mapped) => mapped.iter().position(|mapped| *mapped == id).unwrap_or(mapped.len()),
            None => id,
        }
    }

    /// The word that a point of the map is.
    pub fn at(&self, point: usize) -> Option<&String> {
        let id = self.mapped.as_ref().map_or(Some(point), |mapped| mapped.get(point).copied())?;
        self.words.get(id)
    }

    /// The names of the map's points; the chosen word comes last if it is not on the map.
    pub fn point_names(&self, chosen: Option<usize>) -> Arc<Vec<String>> {
        let Some(mapped) = &self.mapped else { return self.words() };
        let beside = chosen.filter(|id| !mapped.contains(id));
        Arc::new(mapped.iter().copied().chain(beside).map(|id| self.words[id].clone()).collect())
    }

    /// The vectors of the words on the map: `[points, dim]`.
    pub fn map_rows(&self) -> Vec<f32> {
        self.mapped().into_iter().flat_map(|id| self.vector(id).to_vec()).collect()
    }

    /// A word's vector.
    pub fn vector(&self, id: usize) -> &[f32] {
        let dim = self.knobs.dim;
        self.moved.vectors.get(id * dim..(id + 1) * dim).unwrap_or_default()
    }

    /// The words nearest to one.
    pub fn near(&self, id: usize, many: usize) -> Vec<Near> {
        let vector = self.vector(id);
        if vector.is_empty() { Vec::new() } else { space::nearest(&self.moved.vectors, vector, &[id], many) }
    }

    /// The words that complete `a : b :: c : ?`; none where one of the three has no vector.
    pub fn analogy(&self, [a, b, c]: [&str; 3], many: usize) -> Option<Vec<Near>> {
        let ids = [self.id(a)?, self.id(b)?, self.id(c)?];
        Some(space::analogy(&self.moved.vectors, self.knobs.dim, ids, many))
    }

    /// Two frequent words that are likely to mean something: five letters or more.
    pub fn telling(&self) -> Option<[String; 2]> {
        let mut long = self.words.iter().filter(|word| word.chars().count() >= LONG);
        Some([long.next()?.clone(), long.next()?.clone()])
    }

    /// What counting the text gave, in a sentence; empty before that.
    pub fn counted_words(&self) -> String {
        if self.is_published() {
            return t!("embeddings.published_there", words = number(self.words.len() as f64), dim = self.knobs.dim);
        }
        let Counted { words, distinct, total, pairs, counts } = &self.counted;
        let (Some(first), Some(often)) = (words.first(), counts.first()) else { return String::new() };
        let count = |n: f64| number(n);
        let mut said = t!(
            "embeddings.counted",
            total = count(*total as f64),
            distinct = count(*distinct as f64),
            kept = count(words.len() as f64),
            first = first,
            often = count(f64::from(*often))
        );
        if let Some(pairs) = pairs {
            let all = words.len() as f64 * words.len() as f64;
            let share = format!("{:.1}", *pairs as f64 / all * 100.0);
            said.push(' ');
            said.push_str(&t!("embeddings.pairs_seen", pairs = count(*pairs as f64), all = count(all), share = share));
        }
        said
    }

    /// What the map shows, in a sentence.
    pub fn map_words(&self) -> String {
        let share = format!("{:.0}", self.moved.shown * 100.0);
        if self.is_published() {
            let (words, dim) = (self.moved.map.len(), self.knobs.dim);
            return t!("embeddings.published_map", words = words, long = LONG, dim = dim, share = share);
        }
        t!(
            "embeddings.map_shows",
            words = self.moved.map.len(),
            dim = self.knobs.dim,
            share = share,
            step = number(self.moved.step as f64),
            passes = self.moved.passes
        )
    }

    /// How often the word with this number occurs.
    pub fn count(&self, id: usize) -> u32 {
        self.counted.counts.get(id).copied().unwrap_or_default()
    }

    /// The cosine of two words.
    pub fn cosine(&self, a: usize, b: usize) -> f32 {
        space::cosine(self.vector(a), self.vector(b))
    }

    /// What predictions and exercises can read. Settings are those of the run, words those that are asked for now.
    pub fn values(&self, now: &Knobs) -> Vec<(&'static str, Value)> {
        let run = &self.knobs;
        let mut values: Vec<(&'static str, Value)> = vec![
            ("text", run.text.as_str().into()),
            ("method", run.method_name().into()),
            ("window", run.window.into()),
            ("dim", run.dim.into()),
            ("negatives", run.negatives.into()),
            ("steps", (run.steps as f64).into()),
            ("seed", (run.seed as f64).into()),
            ("words", self.words.len().into()),
            ("distinct", self.counted.distinct.into()),
            ("first_loss", self.losses.first().map_or(f64::NAN, |point| point.1).into()),
            ("loss", self.losses.last().map_or(f64::NAN, |point| point.1).into()),
            ("map_share", f64::from(self.moved.shown).into()),
            ("word", now.word.as_str().into()),
            ("other", now.other.as_str().into()),
            ("a", now.a.as_str().into()),
            ("b", now.b.as_str().into()),
            ("c", now.c.as_str().into()),
        ];
        let name = |near: &Near| self.words.get(near.word).cloned().unwrap_or_default();
        let (word, other) = (self.id(&now.word), self.id(&now.other));
        if let Some(best) = word.and_then(|id| self.near(id, 1).first().copied()) {
            values.extend([("nearest", Value::Text(name(&best))), ("nearest_cosine", f64::from(best.cosine).into())]);
        }
        if let (Some(word), Some(other)) = (word, other) {
            values.push(("cosine", f64::from(self.cosine(word, other)).into()));
            values.push(("one_hot_cosine", if word == other { 1.0 } else { 0.0 }.into()));
        }
        let answer = self.analogy([&now.a, &now.b, &now.c], 1).and_then(|found| found.first().copied());
        if let Some(answer) = answer {
            values.extend([("answer", Value::Text(name(&answer))), ("answer_cosine", f64::from(answer.cosine).into())]);
        }
        values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn learned() -> Learned {
        let words = ["the", "queens", "knights"].map(String::from).to_vec();
        let mut learned = Learned::of(&Knobs { dim: 2, ..Knobs::default() });
        let counts = vec![9, 4, 2];
        learned.take(Learning::Counted(Counted { words, counts, distinct: 5, total: 20, pairs: Some(3) }));
        let vectors = vec![1.0, 0.0, 0.0, 2.0, 0.0, 3.0];
        learned.take(Learning::Moved(Moved { vectors, losses: vec![(10, 2.5)], ..Moved::default() }));
        learned
    }

    #[test]
    fn words_are_found_however_they_are_written() {
        let learned = learned();
        assert_eq!((learned.id(" Queens "), learned.id("rook")), (Some(1), None));
        assert_eq!(learned.near(1, 1), [Near { word: 2, cosine: 1.0 }]);
        assert_eq!(learned.telling(), Some(["queens".to_owned(), "knights".to_owned()]));
        assert!(learned.analogy(["the", "queens", "rook"], 1).is_none());
    }

    #[test]
    fn values_tell_of_the_run_and_of_the_words_asked_for() {
        let now = Knobs { word: "queens".into(), other: "knights".into(), ..Knobs::default() };
        let values = learned().values(&now);
        let find = |name: &str| values.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone());
        assert_eq!(find("dim"), Some(Value::Number(2.0)));
        assert_eq!(find("nearest"), Some(Value::Text("knights".into())));
        assert_eq!(find("cosine"), Some(Value::Number(1.0)));
        assert_eq!(find("one_hot_cosine"), Some(Value::Number(0.0)));
        assert_eq!(find("answer"), None, "none of the three words has a vector");
    }

    #[test]
    fn published_words_stand_on_a_map_of_their_own() {
        let words = ["the", "knights", ",", "queens", "rook"].map(String::from).to_vec();
        let vectors = vec![1.0, 0.0, 0.0, 2.0, 1.0, 1.0, 0.0, 3.0, -1.0, 0.0];
        let knobs = Knobs { text: corpus::PUBLISHED.into(), ..Knobs::default() };
        let learned = Learned::published(&knobs, &Published { words, dim: 2, vectors });
        assert_eq!((learned.point(3), learned.point(4), learned.moved.map.len()), (1, 2, 2));
        assert_eq!(learned.at(1).map(String::as_str), Some("queens"));
        assert_eq!(learned.at(2), None);
        assert_eq!(learned.point_names(Some(4)).join(" "), "knights queens rook");
        assert_eq!(learned.map_rows(), [0.0, 2.0, 0.0, 3.0]);
        let values = learned.values(&Knobs { word: "Queens".into(), ..knobs });
        assert!(values.iter().any(|(name, value)| *name == "nearest" && *value == Value::Text("knights".into())));
    }
}
