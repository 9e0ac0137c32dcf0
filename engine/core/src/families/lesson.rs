//! What each family is given of a sentence, and what it is asked.

use super::{
    Family,
    language::{END, GO, MASK, SENTENCES, Sentence, TO},
};
use crate::rng::Rng;

/// Of so many sentences one is never learned from.
const HELD_OUT: usize = 8;
/// BERT hides 15 % of long texts; of a sentence of seven words that would be one word.
const HIDDEN: f64 = 0.25;
/// The longest text: a sentence of seven words, its translation, and three signs.
pub const LONGEST: usize = 17;

/// One text, as a family gets it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Example {
    /// What an encoder reads.
    pub source: Vec<usize>,
    /// What a decoder reads.
    pub target: Vec<usize>,
    /// For each token of the last of the two, what is to be said there.
    pub wanted: Vec<Option<usize>>,
}

/// Whether no step learns from the sentence with this number.
pub fn is_held_out(number: usize) -> bool {
    // Sentences next to each other differ in the subject only: the numbers are mixed first (Knuth's multiplier).
    (number as u64).wrapping_mul(2_654_435_761) >> 7 & 0xffff < 0x1_0000 / HELD_OUT as u64
}

/// A sentence that is learned from, or one that never is.
pub fn draw(rng: &mut Rng, held_out: bool) -> Sentence {
    loop {
        let number = rng.below(SENTENCES);
        if is_held_out(number) == held_out {
            return Sentence::numbered(number);
        }
    }
}

/// `sentence` as `family` learns from it; `rng` draws what is hidden.
pub fn example(family: Family, sentence: Sentence, rng: &mut Rng) -> Example {
    let english = sentence.english();
    match family {
        Family::Encoder => {
            let sure = rng.below(english.len());
            let hidden: Vec<bool> = (0..english.len()).map(|at| at == sure || rng.uniform() < HIDDEN).collect();
            let words = english.iter().zip(&hidden);
            Example {
                source: words.clone().map(|(word, hidden)| if *hidden { MASK } else { *word }).collect(),
                target: Vec::new(),
                wanted: words.map(|(word, hidden)| hidden.then_some(*word)).collect(),
            }
        }
        Family::Decoder => Example { source: Vec::new(), target: after(&[GO], &english), wanted: before(&english) },
        Family::EncoderDecoder => {
            let german = sentence.german().words;
            Example { source: english, target: after(&[GO], &german), wanted: before(&german) }
        }
        Family::Prompted => {
            let german = sentence.german().words;
            let prompt = prompt(&english);
            let mut wanted = vec![None; prompt.len() - 1];
            wanted.extend(before(&german));
            Example { source: Vec::new(), target: after(&prompt, &german), wanted }
        }
    }
}

/// What a decoder reads before it writes the translation of `english`.
pub fn prompt(english: &[usize]) -> Vec<usize> {
    [&[GO], english, &[TO]].concat()
}

fn after(first: &[usize], words: &[usize]) -> Vec<usize> {
    [first, words].concat()
}

fn before(words: &[usize]) -> Vec<Option<usize>> {
    words.iter().copied().chain([END]).map(Some).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{families::language::word, rng::Stream};

    #[test]
    fn an_eighth_is_never_learned_from() {
        let share = (0..SENTENCES).filter(|number| is_held_out(*number)).count() as f64 / SENTENCES as f64;
        assert!((share - 0.125).abs() < 0.01, "{share}");
        // Every word is learned, though.
        let learned = (0..SENTENCES).filter(|number| !is_held_out(*number)).map(Sentence::numbered);
        let all: std::collections::BTreeSet<usize> =
            learned.flat_map(|s| [s.english(), s.german().words].concat()).collect();
        assert_eq!(all.len() + 4, super::super::language::vocabulary().len());
    }

    #[test]
    fn each_family_is_asked_its_own_question() {
        let mut rng = Rng::new(1, Stream::Batch(0));
        for _ in 0..500 {
            let sentence = draw(&mut rng, false);
            for family in Family::ALL {
                let Example { source, target, wanted } = example(family, sentence, &mut rng);
                let last = if target.is_empty() { &source } else { &target };
                assert_eq!(last.len(), wanted.len());
                assert!(wanted.iter().flatten().count() > 0 && last.len() <= LONGEST && source.len() <= LONGEST);
                if family == Family::Encoder {
                    assert!(source.iter().zip(&wanted).all(|(word, wanted)| (*word == MASK) == wanted.is_some()));
                } else {
                    // What is said at one token is read at the next.
                    let pairs = wanted.iter().zip(&target[1..]);
                    assert!(pairs.into_iter().all(|(said, read)| said.is_none_or(|said| said == *read)));
                    assert_eq!(wanted.last(), Some(&Some(END)));
                }
            }
        }
    }

    #[test]
    fn a_decoder_that_translates_is_asked_for_the_translation_only() {
        let mut rng = Rng::new(1, Stream::Batch(0));
        let got = example(Family::Prompted, Sentence::numbered(0), &mut rng);
        let asked = got.wanted.iter().position(Option::is_some).expect("something is asked");
        assert_eq!(word(got.target[asked]), "⟨in German⟩");
    }
}
