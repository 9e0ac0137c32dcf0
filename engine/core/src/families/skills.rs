//! What a model of a family can do, measured on sentences that it never learned from.

use super::{
    Family,
    language::{END, GO, MASK, Sentence, is_sentence},
    lesson::prompt,
    model::{Looks, Model, N_HEADS, likeliest},
};
use crate::rng::Rng;
use serde::{Deserialize, Serialize};

/// No sentence is longer, the sign at its end included.
const MOST_WORDS: usize = 8;

/// Shares of what was asked; none where a family cannot be asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Skills {
    /// "a" or "an", which the noun after the gap decides.
    pub article: Option<f64>,
    /// "the dog" or "the dogs", which the verb after the gap decides.
    pub noun: Option<f64>,
    /// "sees" or "see", which the noun before the gap decides.
    pub verb: Option<f64>,
    /// Texts of its own that are sentences of the language.
    pub writes: Option<f64>,
    /// Translations without a fault.
    pub translates: Option<f64>,
    /// German words at which the best of all heads looks most at the very English word.
    pub aligned: Option<f64>,
}

/// Right answers, and answers.
#[derive(Debug, Clone, Copy, Default)]
struct Tally(u32, u32);

impl Tally {
    fn add(&mut self, right: bool) {
        self.0 += u32::from(right);
        self.1 += 1;
    }

    fn share(self) -> Option<f64> {
        (self.1 > 0).then(|| f64::from(self.0) / f64::from(self.1))
    }
}

/// An examination under way, one sentence at a time.
#[derive(Debug, Clone, Default)]
pub struct Examination {
    article: Tally,
    noun: Tally,
    verb: Tally,
    writes: Tally,
    translates: Tally,
    /// For each layer and head.
    aligned: Vec<Tally>,
}

impl Examination {
    /// Asks a model of `layers` layers about one sentence; `rng` draws the words that it writes.
    pub fn ask(&mut self, model: &Model, params: &[f32], layers: usize, sentence: Sentence, rng: &mut Rng) {
        let english = sentence.english();
        match model.family() {
            Family::Encoder | Family::Decoder => {
                let gap = |(at, wrong): (usize, usize)| chooses(model, params, &english, at, wrong);
                if let Some(asked) = sentence.article_gap() {
                    self.article.add(gap(asked));
                }
                if let Some(asked) = sentence.noun_gap() {
                    self.noun.add(gap(asked));
                }
                self.verb.add(gap(sentence.verb_gap()));
                self.writes.add(is_sentence(&written(model, params, english.len(), rng)));
            }
            Family::EncoderDecoder | Family::Prompted => {
                let german = sentence.german();
                self.translates.add(translated(model, params, &english) == german.words);
                self.aligned.resize(layers * N_HEADS, Tally::default());
                self.add_alignment(model, params, &english, &german);
            }
        }
    }

    /// Of the true translation: where each head looks when the next word is to be said.
    fn add_alignment(
        &mut self,
        model: &Model,
        params: &[f32],
        english: &[usize],
        german: &super::language::Translation,
    ) {
        // The prompted decoder's source stands after its first sign.
        let (first, skip, looks) = match model.family() {
            Family::EncoderDecoder => (vec![GO], 0, Looks::Cross),
            _ => (prompt(english), 1, Looks::Decoder),
        };
        let target = [&first[..], &german.words].concat();
        let pass = model.forward(params, english, &target);
        let keys = if looks == Looks::Cross { english.len() } else { target.len() };
        for layer in 0..self.aligned.len() / N_HEADS {
            let rows: Vec<&[f32]> = pass.weights(looks, layer).chunks_exact(keys).collect();
            for head in 0..N_HEADS {
                for (word, from) in german.from.iter().enumerate() {
                    let row = rows[head * target.len() + first.len() - 1 + word];
                    let most = likeliest(&row[skip..skip + english.len()]);
                    self.aligned[layer * N_HEADS + head].add(most == *from);
                }
            }
        }
    }

    /// What was found.
    pub fn skills(&self) -> Skills {
        let aligned = self.aligned.iter().filter_map(|tally| tally.share());
        Skills {
            article: self.article.share(),
            noun: self.noun.share(),
            verb: self.verb.share(),
            writes: self.writes.share(),
            translates: self.translates.share(),
            aligned: aligned.max_by(f64::total_cmp),
        }
    }
}

/// Whether the model finds the word at `at` likelier than the wrong one.
fn chooses(model: &Model, params: &[f32], english: &[usize], at: usize, wrong: usize) -> bool {
    let chances = in_gap(model, params, english, at);
    chances[english[at]] > chances[wrong]
}

/// The chance of each word at `at`: an encoder reads the whole sentence with that word hidden, a decoder what is before it.
pub fn in_gap(model: &Model, params: &[f32], english: &[usize], at: usize) -> Vec<f32> {
    if model.family() == Family::Encoder {
        let mut source = english.to_vec();
        source[at] = MASK;
        model.forward(params, &source, &[]).at(at).to_vec()
    } else {
        let target = [&[GO], &english[..at]].concat();
        model.forward(params, &[], &target).at(at).to_vec()
    }
}

/// A text that the model draws word by word. An encoder begins with as many hidden words as the text is to have.
pub fn written(model: &Model, params: &[f32], length: usize, rng: &mut Rng) -> Vec<usize> {
    let mut words = Vec::new();
    if model.family() == Family::Encoder {
        words = vec![MASK; length];
        for at in 0..length {
            words[at] = drawn(model.forward(params, &words, &[]).at(at), rng);
        }
        return words;
    }
    loop {
        let next = drawn(&in_gap(model, params, &words, words.len()), rng);
        if next == END || words.len() == MOST_WORDS {
            return words;
        }
        words.push(next);
    }
}

/// The translation that the model finds likeliest, word by word.
pub fn translated(model: &Model, params: &[f32], english: &[usize]) -> Vec<usize> {
    let first = if model.family() == Family::Prompted { prompt(english) } else { vec![GO] };
    let mut target = first.clone();
    while target.len() < first.len() + MOST_WORDS - 1 {
        let next = likeliest(model.forward(params, english, &target).at(target.len() - 1));
        if next == END {
            break;
        }
        target.push(next);
    }
    target.split_off(first.len())
}

fn drawn(chances: &[f32], rng: &mut Rng) -> usize {
    let mut left = rng.uniform() as f32;
    for (word, chance) in chances.iter().enumerate() {
        left -= chance;
        if left < 0.0 {
            return word;
        }
    }
    likeliest(chances)
}
