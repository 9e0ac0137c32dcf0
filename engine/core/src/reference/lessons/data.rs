//! From a text to the exercises of a training: a vocabulary, a part set aside, and stretches.

use std::collections::BTreeSet;

// ANCHOR: prepare
/// The characters of a text in order, and the text as their numbers.
///
/// ```
/// use engine_core::reference::lessons::data::encode;
/// assert_eq!(encode("abba"), (vec!['a', 'b'], vec![0, 1, 1, 0]));
/// ```
pub fn encode(text: &str) -> (Vec<char>, Vec<usize>) {
    let vocabulary: Vec<char> = text.chars().collect::<BTreeSet<char>>().into_iter().collect();
    let ids = text.chars().map(|c| vocabulary.partition_point(|known| *known < c)).collect();
    (vocabulary, ids)
}

/// The part to learn from, and the last tenth, which is only ever asked about.
pub fn split(ids: &[usize]) -> (&[usize], &[usize]) {
    let set_aside = ids.len() / 10;
    ids.split_at(ids.len() - set_aside)
}

/// One stretch of the text and its answers: the same stretch, one token later.
///
/// # Panics
/// If the text ends before `start + context + 1`.
pub fn stretch(ids: &[usize], start: usize, context: usize) -> (&[usize], &[usize]) {
    let inputs = &ids[start..start + context];
    let answers = &ids[start + 1..start + context + 1];
    (inputs, answers)
}
// ANCHOR_END: prepare

#[cfg(test)]
mod tests {
    use super::{encode, split, stretch};

    #[test]
    fn nothing_is_lost_and_answers_are_the_next_tokens() {
        let text = "The quick brown fox jumps over the lazy dog, twice.";
        let (vocabulary, ids) = encode(text);
        assert_eq!(ids.iter().map(|id| vocabulary[*id]).collect::<String>(), text);
        let (train, aside) = split(&ids);
        assert_eq!((train.len() + aside.len(), aside.len()), (ids.len(), ids.len() / 10));
        for start in 0..train.len() - 8 {
            let (inputs, answers) = stretch(train, start, 8);
            assert_eq!(inputs[1..], answers[..7]);
        }
    }
}
