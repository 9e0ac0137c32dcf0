//! Sizes of an encoder, the tensors they ask for, and what `config.json` says that no shape tells.

use serde::{Deserialize, Serialize};

/// A configuration is never longer.
const MOST_TEXT: usize = 1 << 20;
/// The most heads of a layer.
const MOST_HEADS: usize = 256;

/// Sizes of a BERT.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct EncoderConfig {
    /// Pieces of the vocabulary.
    pub vocab_size: usize,
    /// Positions that were learned.
    pub context: usize,
    /// Kinds of sentences that were learned; sentences here are all of the first.
    pub sentence_types: usize,
    /// Width of a token's vector, and of a sentence's.
    pub d_model: usize,
    /// Width inside a feed-forward layer.
    pub d_ff: usize,
    /// How many layers.
    pub n_layers: usize,
    /// Heads of a layer.
    pub n_heads: usize,
    /// Added to the variance in a layer norm.
    pub eps: f32,
}

/// What a tensor is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// A bias or a gain, or the few vectors of the sentence types.
    Vector,
    /// Rows that are looked up.
    Table,
    /// A layer's matrix `[outputs, inputs]`; its input is multiplied by the tensor of this name first.
    Layer(String),
}

/// A tensor that a model needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tensor {
    /// As the published files call it.
    pub name: String,
    /// Sizes, outermost first.
    pub shape: Vec<usize>,
    /// What it is for.
    pub role: Role,
}

impl Tensor {
    /// How many numbers it holds.
    pub fn numbers(&self) -> u64 {
        self.shape.iter().fold(1u64, |all, size| all.saturating_mul(*size as u64))
    }
}

/// The inputs of a layer: what is multiplied by factors, and the matrices that read it.
pub const INPUTS: [(&str, &[&str]); 4] = [
    ("attention.self", &["attention.self.query", "attention.self.key", "attention.self.value"]),
    ("attention.output.dense", &["attention.output.dense"]),
    ("intermediate.dense", &["intermediate.dense"]),
    ("output.dense", &["output.dense"]),
];

impl EncoderConfig {
    /// Every tensor of a model of these sizes.
    pub fn tensors(&self) -> Vec<Tensor> {
        let (d, d_ff) = (self.d_model, self.d_ff);
        let mut all = Vec::new();
        let mut add = |name: String, shape: &[usize], role: Role| {
            all.push(Tensor { name, shape: shape.to_vec(), role });
        };
        add("embeddings.word_embeddings.weight".into(), &[self.vocab_size, d], Role::Table);
        add("embeddings.position_embeddings.weight".into(), &[self.context, d], Role::Table);
        add("embeddings.token_type_embeddings.weight".into(), &[self.sentence_types, d], Role::Vector);
        let norms = (0..self.n_layers).flat_map(|layer| {
            ["attention.output", "output"].map(|place| format!("encoder.layer.{layer}.{place}.LayerNorm"))
        });
        for norm in std::iter::once("embeddings.LayerNorm".to_owned()).chain(norms) {
            add(format!("{norm}.weight"), &[d], Role::Vector);
            add(format!("{norm}.bias"), &[d], Role::Vector);
        }
        for layer in 0..self.n_layers {
            for (input, matrices) in INPUTS {
                for matrix in matrices {
                    let [outputs, inputs] = match *matrix {
                        "intermediate.dense" => [d_ff, d],
                        "output.dense" => [d, d_ff],
                        _ => [d, d],
                    };
                    let factors = Role::Layer(format!("encoder.layer.{layer}.{input}.factors"));
                    add(format!("encoder.layer.{layer}.{matrix}.weight"), &[outputs, inputs], factors);
                    add(format!("encoder.layer.{layer}.{matrix}.bias"), &[outputs], Role::Vector);
                }
            }
        }
        all
    }
}

/// What matters of `config.json`. BERT's own settings stand for what is left out.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct Declared {
    /// Which family of models.
    pub model_type: String,
    /// Heads of a layer.
    pub num_attention_heads: usize,
    /// Added to the variance in a layer norm.
    pub layer_norm_eps: f64,
    /// The activation.
    pub hidden_act: String,
    /// How positions are told.
    pub position_embedding_type: String,
}

impl Default for Declared {
    fn default() -> Self {
        Self {
            model_type: "bert".into(),
            num_attention_heads: 0,
            layer_norm_eps: 1e-12,
            hidden_act: "gelu".into(),
            position_embedding_type: "absolute".into(),
        }
    }
}

impl Declared {
    /// Reads the text of `config.json`, and refuses what would be computed otherwise than it was meant.
    ///
    /// # Errors
    /// A sentence.
    pub fn read(text: &str) -> Result<Self, String> {
        if text.len() > MOST_TEXT {
            return Err(format!("config.json has {} bytes; at most {MOST_TEXT} are read here.", text.len()));
        }
        let said: Self = serde_json::from_str(text)
            .map_err(|why| format!("config.json cannot be read: {why}. Fetch it anew, together with the model."))?;
        for (key, found, wanted) in [
            ("model_type", &said.model_type, "bert"),
            ("hidden_act", &said.hidden_act, "gelu"),
            ("position_embedding_type", &said.position_embedding_type, "absolute"),
        ] {
            if found != wanted {
                let found: String = found.chars().filter(|c| !c.is_control()).take(40).collect();
                return Err(format!(
                    "config.json says {key} {found}; only {wanted} is computed here. Choose a BERT such as \
                     all-MiniLM-L6-v2."
                ));
            }
        }
        if !(1..=MOST_HEADS).contains(&said.num_attention_heads) {
            return Err(format!(
                "config.json says num_attention_heads {}; between 1 and {MOST_HEADS} are possible. Open the config.json \
                 of this very model.",
                said.num_attention_heads
            ));
        }
        if !(0.0..1.0).contains(&said.layer_norm_eps) {
            return Err(format!(
                "config.json says layer_norm_eps {}; it must be at least 0 and less than 1. Open the config.json of \
                 this very model.",
                said.layer_norm_eps
            ));
        }
        Ok(said)
    }
}
