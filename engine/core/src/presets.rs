//! The sizes that the lab *Train a small GPT* offers, from small to large.

use crate::{
    config::{FirstWeights, TrainConfig},
    jobs::train::ModelShape,
};

/// A model's shape and how it is trained.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Preset {
    /// For links and tests.
    pub key: &'static str,
    /// The model, without the vocabulary, which follows from the text.
    pub shape: ModelShape,
    /// Its training.
    pub training: TrainConfig,
}

/// Looks at the model on the way, whatever the length.
const LOOKS: u32 = 40;

/// Sizes and rates were chosen by training on a novel: at equal time a short context and more steps got further than a
/// long context. The smallest starts as GPT-2 does and shows what that costs a narrow model: its curve rests at the
/// frequencies of the characters for a hundred steps. The others start by their width.
pub fn presets() -> [Preset; 4] {
    use FirstWeights::{ByWidth, Gpt2};
    let preset = |key,
                  (n_layers, d_model, n_heads, context),
                  (batch, steps, learning_rate): (usize, u32, f32),
                  first_weights| {
        let every = (steps / LOOKS).max(10);
        Preset {
            key,
            shape: ModelShape { n_layers, n_heads, d_model, context, tied_head: true },
            training: TrainConfig {
                batch,
                steps,
                learning_rate,
                warmup: (steps / 20).max(20),
                eval_every: every,
                sample_every: every,
                first_weights,
                ..TrainConfig::default()
            },
        }
    };
    [
        preset("nano", (1, 32, 2, 32), (8, 400, 1e-2), Gpt2),
        preset("tiny", (2, 48, 4, 32), (8, 1400, 6e-3), ByWidth),
        preset("small", (2, 64, 4, 32), (8, 2000, 6e-3), ByWidth),
        preset("medium", (4, 128, 4, 64), (8, 3000, 3e-3), ByWidth),
    ]
}

/// The preset called `key`; the second smallest where there is no such one.
pub fn by_key(key: &str) -> Preset {
    let all = presets();
    all.into_iter().find(|preset| preset.key == key).unwrap_or(all[1])
}
