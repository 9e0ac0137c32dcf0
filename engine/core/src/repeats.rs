//! The text that the shipped model that copies has learned from: lines whose rule has to be found anew each time.

use crate::rng::{Rng, Stream};

/// Lines of letters with a rule of their own each: every letter has one that follows it, and only now and then another
/// one does. Nothing can be foreseen but by finding the last letter's earlier place and going on from there.
///
/// ```
/// let text = engine_core::repeats::text(3, 1);
/// assert_eq!(text.lines().count(), 3);
/// assert!(text.chars().all(|c| c == '\n' || ('a'..='p').contains(&c)));
/// ```
pub fn text(lines: usize, seed: u64) -> String {
    let mut rng = Rng::new(seed, Stream::Init);
    let mut text = String::new();
    for _ in 0..lines {
        let mut letters: Vec<char> = ('a'..='p').collect();
        for at in 0..letters.len() {
            let other = at + rng.below(letters.len() - at);
            letters.swap(at, other);
        }
        letters.truncate(5 + rng.below(5));
        let mut at = 0;
        for _ in 0..40 + rng.below(20) {
            text.push(letters[at]);
            at = if rng.uniform() < 0.15 { rng.below(letters.len()) } else { (at + 1) % letters.len() };
        }
        text.push('\n');
    }
    text
}
