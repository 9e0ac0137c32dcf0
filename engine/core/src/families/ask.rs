//! Asking a trained model about a learner's own sentence.

use super::{
    Family,
    language::{END, GO, MASK, TO, english_words, vocabulary, word},
    lesson::prompt,
    model::{Looks, Model, N_HEADS, Pass},
    skills::{in_gap, translated},
};
use crate::jobs::TokenChance;
use serde::{Deserialize, Serialize};

/// Likeliest words that are told.
const TOP: usize = 5;
/// The longest sentence that a model can read.
pub const MOST_WORDS: usize = 8;

/// What all heads of one attention see.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Map {
    /// Which attention.
    pub looks: Looks,
    /// Counted from zero.
    pub layer: usize,
    /// The words that look; in cross-attention `→ word`, the word that is about to be said.
    pub queries: Vec<String>,
    /// The words that are looked at.
    pub keys: Vec<String>,
    /// `[heads, queries, keys]`
    pub weights: Vec<f32>,
}

/// What a model makes of a sentence.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The likeliest words for the gap or, without one, for what comes next, with their
    /// chances.
    pub top: Vec<TokenChance>,
    /// What it wrote: a translation.
    pub wrote: Vec<String>,
    /// What its heads saw.
    pub maps: Vec<Map>,
}

/// Whether a family of models can be asked about these words.
///
/// # Errors
/// A sentence that says what to change.
pub fn validate(family: Family, words: &[usize]) -> Result<(), String> {
    if words.is_empty() || words.len() > MOST_WORDS {
        return Err(format!("The sentence has {} words; write 1 to {MOST_WORDS}.", words.len()));
    }
    if words.iter().any(|word| *word >= english_words() || (GO..=TO).contains(word)) {
        return Err("The sentence has a word that these models do not know.".into());
    }
    let gaps = words.iter().filter(|word| **word == MASK).count();
    match family {
        Family::Encoder if gaps == 0 => Err("An encoder fills gaps: write _ in place of a word.".into()),
        Family::Decoder if gaps > 1 => Err("A decoder reads up to a gap: leave one at most.".into()),
        Family::EncoderDecoder | Family::Prompted if gaps > 0 => {
            Err("A translator has never seen a gap: write a sentence without one.".into())
        }
        _ => Ok(()),
    }
}

/// What `model` of `layers` layers makes of `words`, which [`validate`] has seen.
pub fn answer(model: &Model, params: &[f32], layers: usize, words: &[usize]) -> Answer {
    let gap = words.iter().position(|word| *word == MASK);
    match model.family() {
        Family::Encoder => {
            let pass = model.forward(params, words, &[]);
            let top = gap.map_or_else(Vec::new, |gap| likeliest(pass.at(gap)));
            Answer { top, wrote: Vec::new(), maps: maps(&pass, layers, &[(Looks::Encoder, words, words)]) }
        }
        Family::Decoder => {
            let read = &words[..gap.unwrap_or(words.len())];
            let target = [&[GO], read].concat();
            let pass = model.forward(params, &[], &target);
            let top = likeliest(&in_gap(model, params, words, read.len()));
            Answer { top, wrote: Vec::new(), maps: maps(&pass, layers, &[(Looks::Decoder, &target, &target)]) }
        }
        Family::EncoderDecoder | Family::Prompted => {
            let german = translated(model, params, words);
            let first = if model.family() == Family::Prompted { prompt(words) } else { vec![GO] };
            let target = [&first[..], &german].concat();
            let pass = model.forward(params, words, &target);
            let all = [
                (Looks::Cross, &target[..], words),
                (Looks::Encoder, words, words),
                (Looks::Decoder, &target, &target),
            ];
            let mut maps = maps(&pass, layers, &all);
            // What is of interest there is the word that is about to be said, and not the one that was read last.
            let said = [&german[..], &[END]].concat();
            for map in maps.iter_mut().filter(|map| map.looks == Looks::Cross) {
                map.queries = said.iter().map(|number| format!("→ {}", word(*number))).collect();
            }
            Answer { top: Vec::new(), wrote: named(&german), maps }
        }
    }
}

fn named(words: &[usize]) -> Vec<String> {
    words.iter().map(|number| word(*number).to_owned()).collect()
}

fn likeliest(chances: &[f32]) -> Vec<TokenChance> {
    let mut all: Vec<usize> = (0..vocabulary().len()).collect();
    all.sort_by(|a, b| chances[*b].total_cmp(&chances[*a]));
    let chance = |number: usize| TokenChance { token: word(number).to_owned(), probability: chances[number] };
    all.into_iter().take(TOP).map(chance).collect()
}

fn maps(pass: &Pass, layers: usize, wanted: &[(Looks, &[usize], &[usize])]) -> Vec<Map> {
    let mut maps = Vec::new();
    for layer in 0..layers {
        for (looks, queries, keys) in wanted {
            let weights = pass.weights(*looks, layer);
            if weights.len() == N_HEADS * queries.len() * keys.len() {
                maps.push(Map {
                    looks: *looks,
                    layer,
                    queries: named(queries),
                    keys: named(keys),
                    weights: weights.to_vec(),
                });
            }
        }
    }
    maps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::families::language::read;

    #[test]
    fn each_family_is_asked_what_it_can_answer() {
        let words = |text| read(text).expect("known words");
        let says = |family, text| validate(family, &words(text));
        assert_eq!(says(Family::Encoder, "the _ see an owl"), Ok(()));
        assert!(says(Family::Encoder, "the dogs see an owl").unwrap_err().contains("write _"));
        assert_eq!(says(Family::Decoder, "the dogs see"), Ok(()));
        assert!(says(Family::Decoder, "the _ see _").unwrap_err().contains("one at most"));
        assert!(says(Family::Prompted, "the _ see an owl").unwrap_err().contains("without one"));
        assert!(validate(Family::Decoder, &[]).is_err() && validate(Family::Decoder, &[5; 9]).is_err());
        assert!(validate(Family::Decoder, &[GO]).is_err() && validate(Family::Decoder, &[90]).is_err());
    }

    #[test]
    fn an_answer_has_what_the_model_saw() {
        for (family, text, maps) in [
            (Family::Encoder, "the _ see an owl", vec![(Looks::Encoder, 5, 5)]),
            (Family::Decoder, "the dogs _ an owl", vec![(Looks::Decoder, 3, 3)]),
        ] {
            let (model, words) = (Model::new(family, 1), read(text).expect("known words"));
            let answer = answer(&model, &model.init(1), 1, &words);
            let seen: Vec<_> = answer.maps.iter().map(|map| (map.looks, map.queries.len(), map.keys.len())).collect();
            assert_eq!(seen, maps);
            assert_eq!(answer.top.len(), TOP);
            assert!(answer.top.is_sorted_by(|a, b| a.probability >= b.probability));
        }
        let words = read("the dogs see an owl").expect("known words");
        for (family, kinds) in [(Family::EncoderDecoder, 3), (Family::Prompted, 1)] {
            let model = Model::new(family, 2);
            let answer = answer(&model, &model.init(1), 2, &words);
            assert_eq!(answer.maps.len(), 2 * kinds, "{family:?}");
            assert!(answer.wrote.len() < MOST_WORDS);
            for map in answer.maps.iter().filter(|map| map.looks == Looks::Cross) {
                assert_eq!(map.queries.len(), answer.wrote.len() + 1);
                assert!(map.queries.last().is_some_and(|last| last == "→ ⟨end⟩"));
            }
        }
    }
}
