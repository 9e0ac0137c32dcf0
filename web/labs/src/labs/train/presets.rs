//! Sizes to choose from, and how long they take on this device.

use kit::t;
use engine_core::{
    config::{GptConfig, TrainConfig},
    jobs::{
        probe::Probed,
        train::{ModelShape, TokenizerChoice},
    },
};

/// A model and how it is trained.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// How text becomes tokens.
    pub tokenizer: TokenizerChoice,
    /// Sizes.
    pub shape: ModelShape,
    /// Training.
    pub training: TrainConfig,
}

/// The vocabulary of the byte-pair encoding that is offered.
pub const BPE_VOCAB: usize = 512;

impl Settings {
    /// With the vocabulary that the text gives.
    pub fn config(&self, distinct: usize) -> GptConfig {
        self.shape.with_vocab(match self.tokenizer {
            TokenizerChoice::Chars => distinct.max(1),
            TokenizerChoice::Bpe { vocab_size } => vocab_size,
        })
    }

    /// How many tokens a text of so many characters gives, about.
    pub fn tokens(&self, characters: usize) -> usize {
        match self.tokenizer {
            TokenizerChoice::Chars => characters,
            // English text of 512 byte pairs has a little over two characters to a token.
            TokenizerChoice::Bpe { .. } => (characters as f64 / 2.1) as usize,
        }
    }

    /// Checks everything before it is sent.
    ///
    /// # Errors
    /// A sentence naming the setting that is wrong and what it may be.
    pub fn validate(&self, distinct: usize) -> Result<(), String> {
        self.config(distinct).validate()?;
        self.training.validate()
    }

    /// Work of one step, to compare devices and sizes by.
    pub fn step_work(&self, distinct: usize) -> f64 {
        let config = self.config(distinct);
        config.flops_per_token() * (self.training.batch * config.context) as f64
    }
}

/// A size with a name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Preset {
    /// For links and tests.
    pub key: &'static str,
    /// As the learner reads it.
    pub label: &'static str,
    /// What to expect of it.
    pub promise: &'static str,
    /// What it sets.
    pub settings: Settings,
}

/// From small to large (`engine_core::presets` has the numbers).
pub fn presets() -> [Preset; 4] {
    engine_core::presets::presets().map(|engine_core::presets::Preset { key, shape, training }| {
        let (label, promise) = match key {
            "nano" => (t!("train.nano"), t!("train.learns_which_letters")),
            "tiny" => (t!("train.tiny"), t!("train.syllables_short_words")),
            "small" => (t!("train.small"), t!("train.words_form")),
            _ => (t!("train.medium"), t!("train.words_phrases_given")),
        };
        Preset { key, label, promise, settings: Settings { tokenizer: TokenizerChoice::Chars, shape, training } }
    })
}

/// The preset called `key`; the second smallest where there is no such one.
pub fn by_key(key: &str) -> Preset {
    let all = presets();
    all.into_iter().find(|preset| preset.key == key).unwrap_or(all[1])
}

/// What is measured once on each device: the second smallest preset.
pub fn probed() -> Settings {
    presets()[1].settings
}

/// The vocabulary used for measuring, about that of English prose.
pub const PROBE_VOCAB: usize = 70;

/// How long the whole training takes, in seconds, from how long steps of [`probed`] took.
///
/// Work is compared by its floating-point operations. Small steps spend a larger share of their time
/// on other things, so larger sizes turn out a little quicker than this says.
pub fn expected_seconds(settings: &Settings, distinct: usize, measured: Probed) -> f64 {
    let times = settings.step_work(distinct) / probed().step_work(PROBE_VOCAB);
    // Below this no step gets quicker, however small the model.
    let ms = (measured.ms_per_step * times).max(measured.ms_per_step * 0.3);
    ms * f64::from(settings.training.steps) / 1e3
}

/// The largest preset that is done within a minute; the smallest if none is.
pub fn suggested(distinct: usize, measured: Probed) -> &'static str {
    let fits = |preset: &&Preset| expected_seconds(&preset.settings, distinct, measured) < 60.0;
    presets().iter().rev().find(fits).map_or("nano", |preset| preset.key)
}

/// A duration as people say it.
pub fn duration(seconds: f64) -> String {
    match seconds {
        s if !s.is_finite() => t!("train.unknown").to_owned(),
        s if s < 1.5 => t!("train.1_second").to_owned(),
        s if s < 90.0 => t!("train.seconds", seconds = format!("{:.0}", s)),
        s if s < 5400.0 => t!("train.minutes", minutes = format!("{:.0}", s / 60.0)),
        s => t!("train.hours", hours = format!("{:.1}", s / 3600.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(ms_per_step: f64) -> Probed {
        Probed { ms_per_step, tokens_per_s: 0.0, steps: 3 }
    }

    #[test]
    fn presets_are_valid_and_grow() {
        let all = presets();
        for preset in all {
            assert_eq!(preset.settings.validate(65), Ok(()), "{}", preset.key);
            assert_eq!(by_key(preset.key), preset);
        }
        assert!(all.is_sorted_by_key(|p| p.settings.config(65).parameters()));
        assert_eq!(by_key("no such").key, "tiny");
    }

    #[test]
    fn expected_time_grows_with_the_work() {
        let times: Vec<f64> = presets().iter().map(|p| expected_seconds(&p.settings, 65, measured(10.0))).collect();
        assert!(times.is_sorted(), "{times:?}");
        let steps = f64::from(probed().training.steps);
        assert!((expected_seconds(&probed(), PROBE_VOCAB, measured(10.0)) - steps * 10.0 / 1e3).abs() < 1e-9);
    }

    #[test]
    fn quicker_devices_are_offered_larger_models() {
        let order: Vec<usize> = [1000.0, 20.0, 8.0, 0.1]
            .map(|ms| presets().iter().position(|p| p.key == suggested(65, measured(ms))).unwrap())
            .to_vec();
        assert!(order.is_sorted() && order[0] == 0 && order[3] == 3, "{order:?}");
    }

    #[test]
    fn the_vocabulary_follows_from_the_text_or_the_merges() {
        let chars = probed();
        let pairs = Settings { tokenizer: TokenizerChoice::Bpe { vocab_size: BPE_VOCAB }, ..chars };
        assert_eq!((chars.config(61).vocab_size, pairs.config(61).vocab_size), (61, 512));
        assert!(pairs.tokens(2100) == 1000 && chars.tokens(2100) == 2100);
    }

    #[test]
    fn durations_read_well() {
        assert_eq!([0.2, 42.0, 600.0, 9000.0].map(duration), ["1 second", "42 seconds", "10 minutes", "2.5 hours"]);
    }
}
