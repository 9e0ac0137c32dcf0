//! A loss put in words, by comparing it with what guessing would cost.

/// Where a loss stands between blind guessing and knowing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Worse than guessing every token equally often.
    WorseThanUniform,
    /// Between equal guessing and knowing how common each token is.
    LearningFrequencies,
    /// A little better than token frequencies.
    Pairs,
    /// Well below token frequencies.
    Fragments,
    /// Far below: whole words and phrases are predicted.
    Words,
    /// So low that the text is being repeated, not understood.
    Memorising,
}

/// Puts a loss in words.
///
/// `vocab_size` gives the loss of a model that knows nothing, `ln(vocab_size)`; `unigram` is the
/// loss of one that knows only how often each token occurs. Both are in nats per token. The steps
/// are fractions of the unigram loss, so they carry over to any vocabulary.
///
/// ```
/// use engine_core::loss_words::{Level, level};
/// assert_eq!(level(4.3, 65, 3.3), Level::WorseThanUniform);
/// assert_eq!(level(3.25, 65, 3.3), Level::Pairs);
/// assert_eq!(level(1.6, 65, 3.3), Level::Words);
/// ```
pub fn level(loss: f32, vocab_size: usize, unigram: f32) -> Level {
    let uniform = (vocab_size as f32).ln();
    if loss.is_nan() || loss > uniform {
        Level::WorseThanUniform
    } else if loss > unigram {
        Level::LearningFrequencies
    } else if loss > 0.75 * unigram {
        Level::Pairs
    } else if loss > 0.6 * unigram {
        Level::Fragments
    } else if loss > 0.15 * unigram {
        Level::Words
    } else {
        Level::Memorising
    }
}

impl Level {
    /// One phrase for the learner.
    pub fn words(self) -> &'static str {
        match self {
            Self::WorseThanUniform => "no better than picking every token equally often",
            Self::LearningFrequencies => "learning which tokens are common",
            Self::Pairs => "knows which tokens follow each other; no words yet",
            Self::Fragments => "syllables and short words are forming",
            Self::Words => "words and phrases come out",
            Self::Memorising => "repeating the text by heart: trust the validation loss",
        }
    }
}

/// The loss, in nats per token, of a model that knows only each token's frequency in `train`,
/// measured on `test`. Every token counts one more than seen, so that none is impossible.
pub fn unigram_loss(train: &[u32], test: &[u32], vocab_size: usize) -> f32 {
    let mut counts = vec![1.0f64; vocab_size];
    for &id in train {
        counts[id as usize] += 1.0;
    }
    let total: f64 = counts.iter().sum();
    let sum: f64 = test.iter().map(|&id| -(counts[id as usize] / total).ln()).sum();
    (sum / test.len().max(1) as f64) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uniform_text_costs_ln_of_its_vocabulary() {
        let ids: Vec<u32> = (0..4000).map(|i| i % 4).collect();
        assert!((unigram_loss(&ids, &ids, 4) - 4f32.ln()).abs() < 1e-4);
    }

    #[test]
    fn levels_only_improve_as_loss_falls() {
        let order = [4.5, 4.0, 3.0, 2.2, 1.5, 0.1].map(|loss| level(loss, 65, 3.3) as u8);
        assert!(order.is_sorted(), "{order:?}");
        assert_eq!(level(f32::NAN, 65, 3.3), Level::WorseThanUniform);
    }
}
