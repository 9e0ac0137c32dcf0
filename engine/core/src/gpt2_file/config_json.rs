//! `config.json`: what the file's shapes cannot tell, and a second opinion on what they can.

use crate::{
    clip::{clip, why},
    config::GptConfig,
};
use serde::Deserialize;

/// A configuration is never longer.
const MOST_BYTES: usize = 1 << 20;

/// What matters here. GPT-2's own defaults stand for what is left out.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
struct Raw {
    model_type: Option<String>,
    n_head: Option<usize>,
    n_embd: Option<usize>,
    n_layer: Option<usize>,
    n_positions: Option<usize>,
    n_inner: Option<usize>,
    vocab_size: Option<usize>,
    activation_function: String,
    layer_norm_epsilon: f64,
    scale_attn_weights: bool,
    scale_attn_by_inverse_layer_idx: bool,
    add_cross_attention: bool,
    tie_word_embeddings: bool,
}

impl Default for Raw {
    fn default() -> Self {
        Self {
            model_type: None,
            n_head: None,
            n_embd: None,
            n_layer: None,
            n_positions: None,
            n_inner: None,
            vocab_size: None,
            activation_function: "gelu_new".into(),
            layer_norm_epsilon: 1e-5,
            scale_attn_weights: true,
            scale_attn_by_inverse_layer_idx: false,
            add_cross_attention: false,
            tie_word_embeddings: true,
        }
    }
}

/// A configuration that this engine computes as it was meant.
pub struct Declared {
    /// Heads of each block.
    pub n_head: usize,
    /// Whether the output layer is the token embedding once more.
    pub tied: bool,
    raw: Raw,
}

impl Declared {
    /// Reads the text of the file.
    pub fn read(text: &str) -> Result<Self, String> {
        if text.len() > MOST_BYTES {
            return Err(format!(
                "config.json has {} bytes; no configuration is that long. Choose the config.json beside the model.",
                text.len()
            ));
        }
        let raw: Raw = serde_json::from_str(text).map_err(|reason| {
            format!("config.json cannot be read: {}. Choose the config.json beside the model.", why(&reason))
        })?;
        let kind = raw.model_type.as_deref().unwrap_or("gpt2");
        if kind != "gpt2" {
            return Err(format!(
                "config.json says that this is a model of the kind “{}”; only “gpt2” can be run here. Choose \
                 a GPT-2.",
                clip(kind)
            ));
        }
        let other = |name: &str, value: &dyn std::fmt::Display, runs: &str| {
            format!(
                "config.json sets {name} to {value}; here only {runs} is computed, so the numbers would be wrong. Choose \
                 a GPT-2 without it."
            )
        };
        if !["gelu_new", "gelu_pytorch_tanh", "gelu_fast"].contains(&raw.activation_function.as_str()) {
            return Err(other("activation_function", &clip(&raw.activation_function), "gelu_new"));
        }
        if (raw.layer_norm_epsilon - 1e-5).abs() > 1e-9 {
            return Err(other("layer_norm_epsilon", &raw.layer_norm_epsilon, "0.00001"));
        }
        if !raw.scale_attn_weights {
            return Err(other("scale_attn_weights", &raw.scale_attn_weights, "true"));
        }
        if raw.scale_attn_by_inverse_layer_idx {
            return Err(other("scale_attn_by_inverse_layer_idx", &true, "false"));
        }
        if raw.add_cross_attention {
            return Err(other("add_cross_attention", &true, "false"));
        }
        // The library's own default, as for everything that is left out.
        Ok(Self { n_head: raw.n_head.unwrap_or(12), tied: raw.tie_word_embeddings, raw })
    }

    /// Whether the file's shapes say the same.
    pub fn check(&self, sizes: &GptConfig) -> Result<(), String> {
        let pairs = [
            ("n_embd", self.raw.n_embd, sizes.d_model),
            ("n_layer", self.raw.n_layer, sizes.n_layers),
            ("n_positions", self.raw.n_positions, sizes.context),
            ("vocab_size", self.raw.vocab_size, sizes.vocab_size),
            ("n_inner", self.raw.n_inner, sizes.d_model.saturating_mul(4)),
        ];
        for (name, said, found) in pairs {
            if let Some(said) = said.filter(|said| *said != found) {
                return Err(format!(
                    "config.json says {name} = {said}, but the tensors of the file say {found}. The two do not belong \
                     together; open the config.json of this very model."
                ));
            }
        }
        Ok(())
    }
}
