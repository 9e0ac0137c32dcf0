//! Where a loss stands, in the learner's words.

use engine_core::loss_words::Level;
use kit::t;

/// One phrase; the same as the engine's own in English.
pub fn words(level: Level) -> &'static str {
    match level {
        Level::WorseThanUniform => t!("train.level_worse"),
        Level::LearningFrequencies => t!("train.level_frequencies"),
        Level::Pairs => t!("train.level_pairs"),
        Level::Fragments => t!("train.level_fragments"),
        Level::Words => t!("train.level_words"),
        Level::Memorising => t!("train.level_memorising"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_is_what_the_engine_says() {
        use Level::{Fragments, LearningFrequencies, Memorising, Pairs, Words, WorseThanUniform};
        for level in [WorseThanUniform, LearningFrequencies, Pairs, Fragments, Words, Memorising] {
            assert_eq!(words(level), level.words());
        }
    }
}
