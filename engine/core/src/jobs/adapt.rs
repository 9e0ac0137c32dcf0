//! Adapting a trained model to a new text: all of its weights, a few of them, or adapters beside them (LoRA, QLoRA).

use crate::{
    adapter_file::MAX_RANK,
    config::{GptConfig, TrainConfig},
    job::{Home, Job},
    quantize::blocks::Levels,
};
use serde::{Deserialize, Serialize};

/// Points of a curve, after the one before the first step.
pub const POINTS: u32 = 20;
/// The largest model that is adapted here.
pub const MAX_PARAMETERS: usize = 6_000_000;

/// What is learned.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// Every weight.
    Full,
    /// Two thin matrices beside each chosen matrix (Hu et al. 2021).
    #[default]
    Lora,
    /// The same, with the frozen matrices in four bits (Dettmers et al. 2023).
    Qlora,
    /// The biases (Ben Zaken et al. 2021).
    Biases,
    /// The last norm and the output layer.
    Head,
}

impl Method {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Full, Self::Lora, Self::Qlora, Self::Biases, Self::Head];

    /// As it is written in links.
    pub fn key(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Lora => "lora",
            Self::Qlora => "qlora",
            Self::Biases => "biases",
            Self::Head => "head",
        }
    }

    /// Whether it learns adapters.
    pub fn has_adapters(self) -> bool {
        matches!(self, Self::Lora | Self::Qlora)
    }

    // ANCHOR: trains
    /// Whether the tensor of this name is learned; adapters are learned beside these.
    ///
    /// ```
    /// use engine_core::jobs::adapt::Method;
    /// assert!(Method::Biases.trains("blocks.0.mlp.up.bias") && !Method::Biases.trains("tok_emb"));
    /// assert!(Method::Head.trains("tok_emb") && !Method::Head.trains("pos_emb"), "for a head of its own: head.weight");
    /// ```
    pub fn trains(self, name: &str) -> bool {
        match self {
            Self::Full => true,
            Self::Lora | Self::Qlora => false,
            Self::Biases => name.ends_with(".bias"),
            Self::Head => name.starts_with("ln_f.") || name == "head.weight" || name == "tok_emb",
        }
    }
    // ANCHOR_END: trains
}

/// Which matrices of each block get an adapter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Targets {
    /// To queries, keys and values.
    pub qkv: bool,
    /// From the heads back to the stream.
    pub proj: bool,
    /// Into the MLP.
    pub up: bool,
    /// Out of the MLP.
    pub down: bool,
}

impl Targets {
    /// In the order in which a block uses them.
    pub fn all(self) -> [bool; 4] {
        [self.qkv, self.proj, self.up, self.down]
    }
}

/// How a model is adapted. All randomness follows from `seed`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setup {
    /// Width of an adapter.
    pub rank: usize,
    /// How much an adapter counts, before it is divided by the rank.
    pub alpha: f32,
    /// Which matrices get one.
    pub targets: Targets,
    /// Levels of the four bits.
    pub levels: Levels,
    /// Whether the scales of the four bits are kept in eight.
    pub double: bool,
    /// Sequences per step.
    pub batch: usize,
    /// Steps.
    pub steps: u32,
    /// Peak learning rate of adapters and biases.
    pub rate: f32,
    /// Peak learning rate of whole matrices: of all weights, or of the head.
    pub full_rate: f32,
    /// Fixes the adapters' first numbers and the batches, which are the same for every method.
    pub seed: u64,
}

impl Default for Setup {
    fn default() -> Self {
        let targets = Targets { qkv: true, proj: true, up: true, down: true };
        let (rank, alpha, levels, double) = (4, 8.0, Levels::Normal, true);
        Self { rank, alpha, targets, levels, double, batch: 8, steps: 60, rate: 1e-2, full_rate: 1e-3, seed: 1 }
    }
}

impl Setup {
    /// What the product of an adapter's matrices is multiplied by.
    pub fn scale(&self) -> f32 {
        self.alpha / self.rank as f32
    }

    /// The optimizer's settings: those of the training lab, but nothing is pulled towards zero.
    pub fn training(&self, method: Method) -> TrainConfig {
        let whole = matches!(method, Method::Full | Method::Head);
        TrainConfig {
            batch: self.batch,
            steps: self.steps,
            learning_rate: if whole { self.full_rate } else { self.rate },
            warmup: (self.steps / 20).max(2),
            weight_decay: 0.0,
            seed: self.seed,
            ..TrainConfig::default()
        }
    }

    /// How many numbers a method learns in a model of these sizes.
    ///
    /// ```
    /// use engine_core::{config::GptConfig, jobs::adapt::{Method, Setup}};
    /// let config = GptConfig { vocab_size: 9, n_layers: 2, n_heads: 1, d_model: 8, context: 4, tied_head: true };
    /// // Rank 4, beside matrices of 8 × 24, 8 × 8, 8 × 32 and 32 × 8, in two blocks.
    /// assert_eq!(Setup::default().trainable(&config, Method::Lora), 2 * 4 * (32 + 16 + 40 + 40));
    /// assert_eq!(Setup::default().trainable(&config, Method::Full), config.parameters());
    /// ```
    pub fn trainable(&self, config: &GptConfig, method: Method) -> usize {
        if method.has_adapters() {
            let d = config.d_model;
            let sides = [4 * d, 2 * d, 5 * d, 5 * d].into_iter().zip(self.targets.all());
            let per_block: usize = sides.filter(|(_, chosen)| *chosen).map(|(sides, _)| sides * self.rank).sum();
            return config.n_layers * per_block;
        }
        let tensors = config.tensors();
        let learned = tensors.iter().filter(|(name, _)| method.trains(name));
        learned.map(|(_, [rows, columns])| rows * columns).sum()
    }

    /// Checks that a model can be adapted so.
    ///
    /// # Errors
    /// A sentence that says what to change.
    pub fn validate(&self) -> Result<(), String> {
        let whole = [
            ("The rank", self.rank, 1, MAX_RANK),
            ("The number of sequences per step", self.batch, 1, 64),
            ("The number of steps", self.steps as usize, POINTS as usize, 2_000),
        ];
        for (name, value, low, high) in whole {
            if !(low..=high).contains(&value) {
                return Err(format!("{name} is {value}; choose {low} to {high}."));
            }
        }
        let real = [
            ("Alpha", self.alpha, 0.1, 1024.0),
            ("The learning rate of adapters", self.rate, 1e-6, 1.0),
            ("The learning rate of all weights", self.full_rate, 1e-6, 1.0),
        ];
        for (name, value, low, high) in real {
            if !(low..=high).contains(&value) {
                return Err(format!("{name} is {value}; choose {low} to {high}."));
            }
        }
        if !self.targets.all().contains(&true) {
            return Err("No matrix gets an adapter, so there is nothing to learn: choose at least one.".into());
        }
        Ok(())
    }
}

/// Adapts a model by one method.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Adapt {
    /// A safetensors file's bytes: see [`crate::model_file`].
    pub model: Vec<u8>,
    /// What it is adapted to; the last tenth is only measured on.
    pub text: String,
    /// What it could do before; its last tenth shows what is forgotten.
    pub old_text: String,
    /// What is learned.
    pub method: Method,
    /// How.
    pub setup: Setup,
    /// What the sample goes on from.
    pub prompt: String,
}

/// Losses at one step, nats per token.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Steps done.
    pub step: u32,
    /// On text that resembles what was learned from.
    pub new: f32,
    /// On the old text.
    pub old: f32,
}

/// Bytes that a run holds, counted where they lie.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// What is frozen: floats, whole numbers and their scales.
    pub frozen: usize,
    /// What is learned.
    pub learned: usize,
    /// Gradients of what is learned.
    pub gradients: usize,
    /// Both running means of each.
    pub adam: usize,
    /// What the forward pass of one micro-batch keeps for the way back.
    pub kept: usize,
}

impl Held {
    /// All together.
    pub fn all(&self) -> usize {
        self.frozen + self.learned + self.gradients + self.adam + self.kept
    }
}

/// A run as it stands.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Adapting {
    /// The curve so far.
    pub points: Vec<Point>,
    /// The model's numbers, before anything is added.
    pub parameters: usize,
    /// Numbers that are learned.
    pub trainable: usize,
    /// Memory.
    pub held: Held,
    /// Characters of the new text that the model does not know and that were left out.
    pub unknown: String,
    /// Once all steps are done.
    pub end: Option<Adapted>,
}

/// What a whole run gives.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Adapted {
    /// What was written before any step.
    pub before: String,
    /// What is written now, with the same random numbers.
    pub after: String,
    /// The adapted model as a file of its own, adapters merged.
    pub model: Vec<u8>,
    /// The adapters as a file, if there are any.
    pub adapter: Vec<u8>,
    /// The largest difference between any logit with adapters beside the matrices and after merging; none without.
    pub merge_gap: Option<f32>,
    /// The matrix whose change was looked at.
    pub matrix: String,
    /// The singular values of its change, from the largest down; none if it did not change, or is too large.
    pub spectrum: Vec<f32>,
}

impl Job for Adapt {
    const NAME: &'static str = "adapt";
    const HOME: Home = Home::Plain;
    type Update = Adapting;
    type Output = Adapting;
}

/// Puts an adapter on a model and writes with it, or without.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TryAdapter {
    /// The model.
    pub model: Vec<u8>,
    /// The adapter, if one is to be put on: see [`crate::adapter_file`].
    pub adapter: Option<Vec<u8>>,
    /// What is gone on from.
    pub prompt: String,
    /// Tokens that are written.
    pub tokens: u32,
    /// Fixes what is drawn.
    pub seed: u64,
}

/// What was written, and what the adapter is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Tried {
    /// The text.
    pub text: String,
    /// The adapter's rank; 0 without one.
    pub rank: usize,
    /// Its alpha.
    pub alpha: f32,
    /// How many matrices it changes.
    pub matrices: usize,
}

impl Job for TryAdapter {
    const NAME: &'static str = "try-adapter";
    const HOME: Home = Home::Plain;
    type Update = ();
    type Output = Tried;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn impossible_requests_get_a_sentence() {
        assert_eq!(Setup::default().validate(), Ok(()));
        let says = |change: fn(&mut Setup), word: &str| {
            let mut setup = Setup::default();
            change(&mut setup);
            let why = setup.validate().unwrap_err();
            assert!(why.contains(word), "{why}");
        };
        says(|s| s.rank = 0, "1 to 256");
        says(|s| s.alpha = f32::NAN, "Alpha");
        says(|s| s.steps = 3, "20 to 2000");
        says(|s| s.rate = 0.0, "of adapters");
        says(|s| s.full_rate = 2.0, "of all weights");
        says(|s| s.targets = Targets { qkv: false, proj: false, up: false, down: false }, "at least one");
    }
}
