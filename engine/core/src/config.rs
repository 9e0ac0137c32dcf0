//! The sizes of a GPT and the settings of its training, with their limits.

use serde::{Deserialize, Serialize};

/// The shape of a decoder-only transformer (pre-LN, learned positions), as in GPT-2.
///
/// ```
/// let config = engine_core::config::GptConfig {
///     vocab_size: 65, n_layers: 4, n_heads: 4, d_model: 128, context: 128, tied_head: true,
/// };
/// assert_eq!(config.d_head(), 32);
/// assert_eq!(config.parameters(), 818_048);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GptConfig {
    /// How many different tokens the model knows.
    pub vocab_size: usize,
    /// Transformer blocks, one after another.
    pub n_layers: usize,
    /// Attention heads in each block; divides `d_model`.
    pub n_heads: usize,
    /// Width of the residual stream.
    pub d_model: usize,
    /// The most tokens the model sees at once.
    pub context: usize,
    /// Whether the output layer reuses the token embedding.
    pub tied_head: bool,
}

/// The largest sizes a file or a learner may ask for; they keep memory bounded before anything is allocated.
pub const LIMITS: GptConfig =
    GptConfig { vocab_size: 65_536, n_layers: 24, n_heads: 32, d_model: 1024, context: 2048, tied_head: true };

/// Floating-point operations between two looks at the event loop, on a CPU.
const CHUNK_FLOPS: f64 = 1.5e9;

impl GptConfig {
    /// Width of one head: `d_model / n_heads`.
    pub fn d_head(&self) -> usize {
        self.d_model / self.n_heads
    }

    /// How many numbers training adjusts.
    pub fn parameters(&self) -> usize {
        self.tensors().iter().map(|(_, [rows, columns])| rows * columns).sum()
    }

    /// Multiply-adds count as two: matrix products of one token's forward and backward pass.
    ///
    /// The backward pass costs twice the forward pass (Kaplan et al. 2020, section 2.1).
    pub fn flops_per_token(&self) -> f64 {
        let d = self.d_model as f64;
        let layers = self.n_layers as f64;
        let weights = layers * 12.0 * d * d + d * self.vocab_size as f64;
        let attention = layers * 2.0 * self.context as f64 * d;
        6.0 * (weights + attention)
    }

    /// Sequences per forward and backward pass on a CPU, of `batch`: about 50 ms of work, so that a job can look up
    /// between two. It depends on sizes only, never on speed, because the order of additions decides the last bits of a
    /// sum.
    ///
    /// # Panics
    /// If `batch` is zero.
    pub fn micro_batch(&self, batch: usize) -> usize {
        let per_sequence = self.flops_per_token() * self.context as f64;
        ((CHUNK_FLOPS / per_sequence) as usize).clamp(1, batch)
    }

    /// Every parameter tensor by name, with its shape `[rows, columns]`, in a fixed order.
    ///
    /// A vector such as a bias is a tensor of one row.
    pub fn tensors(&self) -> Vec<(String, [usize; 2])> {
        let d = self.d_model;
        let mut all = vec![("tok_emb".to_owned(), [self.vocab_size, d]), ("pos_emb".to_owned(), [self.context, d])];
        for layer in 0..self.n_layers {
            let mut add = |name: &str, shape| all.push((format!("blocks.{layer}.{name}"), shape));
            add("ln1.gain", [1, d]);
            add("ln1.bias", [1, d]);
            add("attn.qkv.weight", [d, 3 * d]);
            add("attn.qkv.bias", [1, 3 * d]);
            add("attn.proj.weight", [d, d]);
            add("attn.proj.bias", [1, d]);
            add("ln2.gain", [1, d]);
            add("ln2.bias", [1, d]);
            add("mlp.up.weight", [d, 4 * d]);
            add("mlp.up.bias", [1, 4 * d]);
            add("mlp.down.weight", [4 * d, d]);
            add("mlp.down.bias", [1, d]);
        }
        all.push(("ln_f.gain".to_owned(), [1, d]));
        all.push(("ln_f.bias".to_owned(), [1, d]));
        if !self.tied_head {
            all.push(("head.weight".to_owned(), [d, self.vocab_size]));
        }
        all
    }

    /// Checks that the sizes fit together and stay under [`LIMITS`].
    ///
    /// # Errors
    /// A sentence naming the size that is wrong and what it may be.
    pub fn validate(&self) -> Result<(), String> {
        let sizes = [
            ("vocab_size", self.vocab_size, LIMITS.vocab_size),
            ("n_layers", self.n_layers, LIMITS.n_layers),
            ("n_heads", self.n_heads, LIMITS.n_heads),
            ("d_model", self.d_model, LIMITS.d_model),
            ("context", self.context, LIMITS.context),
        ];
        for (name, size, most) in sizes {
            if size == 0 || size > most {
                return Err(format!("{name} is {size}; it must be between 1 and {most}."));
            }
        }
        if !self.d_model.is_multiple_of(self.n_heads) {
            return Err(format!(
                "d_model ({}) must be a multiple of n_heads ({}), so that every head gets the same width.",
                self.d_model, self.n_heads
            ));
        }
        Ok(())
    }
}

/// How far fresh weights lie from zero.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FirstWeights {
    /// A spread of 0.02 in every matrix, as in GPT-2 (Radford et al. 2019): made for wide models.
    #[default]
    Gpt2,
    /// `1 / sqrt(inputs)`, and embeddings of length one: sums are of one size at every width.
    ByWidth,
}

/// How a model is trained. All randomness follows from `seed`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainConfig {
    /// Sequences per optimizer step.
    pub batch: usize,
    /// Steps after which the learning rate has reached its floor and training ends.
    pub steps: u32,
    /// Peak learning rate of AdamW.
    pub learning_rate: f32,
    /// Steps over which the learning rate rises from zero.
    pub warmup: u32,
    /// Decay of weight matrices (not of biases, gains and embeddings).
    pub weight_decay: f32,
    /// The gradient's norm is cut down to this.
    pub grad_clip: f32,
    /// Initial weights and batches follow from it.
    pub seed: u64,
    /// Validation loss is measured every so many steps.
    pub eval_every: u32,
    /// A sample, an attention head and a checkpoint are sent every so many steps.
    pub sample_every: u32,
    /// What a fresh model starts with; checkpoints older than the choice started as GPT-2.
    #[serde(default)]
    pub first_weights: FirstWeights,
}

impl Default for TrainConfig {
    fn default() -> Self {
        Self {
            batch: 8,
            steps: 400,
            learning_rate: 3e-3,
            warmup: 20,
            weight_decay: 0.1,
            grad_clip: 1.0,
            seed: 1,
            eval_every: 20,
            sample_every: 20,
            first_weights: FirstWeights::Gpt2,
        }
    }
}

impl TrainConfig {
    /// Checks that every setting can be trained with.
    ///
    /// # Errors
    /// A sentence naming the setting that is wrong and what it may be.
    pub fn validate(&self) -> Result<(), String> {
        let whole = [
            ("batch", self.batch as u64, 256),
            ("steps", u64::from(self.steps), 1_000_000),
            ("eval_every", u64::from(self.eval_every), 1_000_000),
            ("sample_every", u64::from(self.sample_every), 1_000_000),
        ];
        for (name, value, most) in whole {
            if value == 0 || value > most {
                return Err(format!("{name} is {value}; it must be between 1 and {most}."));
            }
        }
        let real = [
            ("learning_rate", self.learning_rate, 100.0),
            ("weight_decay", self.weight_decay, 10.0),
            ("grad_clip", self.grad_clip, 1e9),
        ];
        for (name, value, most) in real {
            if !(value.is_finite() && (0.0..=most).contains(&value)) {
                return Err(format!("{name} is {value}; it must be between 0 and {most}."));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small() -> GptConfig {
        GptConfig { vocab_size: 10, n_layers: 1, n_heads: 2, d_model: 8, context: 4, tied_head: true }
    }

    #[test]
    fn sizes_that_do_not_fit_are_refused_in_a_sentence() {
        let odd = GptConfig { n_heads: 3, ..small() };
        assert!(odd.validate().unwrap_err().contains("multiple of n_heads (3)"));
        let huge = GptConfig { d_model: 1 << 40, ..small() };
        assert!(huge.validate().unwrap_err().contains("d_model"));
        assert_eq!(small().validate(), Ok(()));
    }

    #[test]
    fn an_untied_head_adds_its_own_matrix() {
        let untied = GptConfig { tied_head: false, ..small() };
        assert_eq!(untied.parameters() - small().parameters(), 80);
    }

    #[test]
    fn training_settings_are_checked() {
        let bad = TrainConfig { learning_rate: f32::NAN, ..TrainConfig::default() };
        assert!(bad.validate().unwrap_err().contains("learning_rate"));
        assert_eq!(TrainConfig::default().validate(), Ok(()));
    }
}
