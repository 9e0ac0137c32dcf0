//! An encoder's weights, laid out for running.

use super::layer::Linear;
use engine_core::encoder::{Arithmetic, EncoderConfig, Matrix, Weights};
use kernels::{int8::tiles, matmul::kept::Kept};

/// A BERT that can be run.
pub struct Encoder {
    config: EncoderConfig,
    words: Matrix,
    /// The vector of each position, that of the first sentence type added: `[context, d_model]`.
    positions: Vec<f32>,
    norm: Norm,
    blocks: Vec<Block>,
}

/// Gain and bias of a layer norm.
pub(super) struct Norm {
    /// `[d_model]`.
    pub gain: Vec<f32>,
    /// `[d_model]`.
    pub bias: Vec<f32>,
}

/// One layer.
pub(super) struct Block {
    /// Queries, keys and values side by side: `[d_model → 3 · d_model]`.
    pub qkv: Linear,
    /// After the heads.
    pub mix: Linear,
    /// After attention.
    pub norm1: Norm,
    /// Into the feed-forward layer.
    pub up: Linear,
    /// Out of it.
    pub down: Linear,
    /// After the feed-forward layer.
    pub norm2: Norm,
}

impl Encoder {
    /// Lays the weights out, matrix by matrix, so that hardly anything is in memory twice.
    ///
    /// # Errors
    /// A sentence, if a tensor is missing or is not kept as `arithmetic` needs it.
    pub fn new(mut weights: Weights, arithmetic: Arithmetic) -> Result<Self, String> {
        let config = weights.config;
        let d = config.d_model;
        let words = matrix(&mut weights, "embeddings.word_embeddings.weight")?;
        let mut positions = matrix(&mut weights, "embeddings.position_embeddings.weight")?.values(d, None);
        let types = vector(&mut weights, "embeddings.token_type_embeddings.weight")?;
        for row in positions.chunks_exact_mut(d) {
            kernels::lanes::add_to(row, &types[..d]);
        }
        let norm = norm(&mut weights, "embeddings.LayerNorm")?;
        let block = |layer: usize| -> Result<Block, String> {
            let at = |name: &str| format!("encoder.layer.{layer}.{name}");
            let mut linear = |input: &str, names: &[&str], inputs: usize| {
                let names: Vec<String> = names.iter().map(|name| at(name)).collect();
                linear(&mut weights, arithmetic, &at(&format!("{input}.factors")), &names, inputs)
            };
            let of_heads = ["attention.self.query", "attention.self.key", "attention.self.value"];
            let qkv = linear("attention.self", &of_heads, d)?;
            let mix = linear("attention.output.dense", &["attention.output.dense"], d)?;
            let up = linear("intermediate.dense", &["intermediate.dense"], d)?;
            let down = linear("output.dense", &["output.dense"], config.d_ff)?;
            let norm1 = self::norm(&mut weights, &at("attention.output.LayerNorm"))?;
            let norm2 = self::norm(&mut weights, &at("output.LayerNorm"))?;
            Ok(Block { qkv, mix, norm1, up, down, norm2 })
        };
        let blocks = (0..config.n_layers).map(block).collect::<Result<_, _>>()?;
        Ok(Self { config, words, positions, norm, blocks })
    }

    /// Sizes of the model.
    pub fn config(&self) -> &EncoderConfig {
        &self.config
    }

    /// What the layers' weights take in memory.
    pub fn layer_bytes(&self) -> usize {
        let block = |block: &Block| -> usize {
            [&block.qkv, &block.mix, &block.up, &block.down].map(Linear::bytes).iter().sum()
        };
        self.blocks.iter().map(block).sum::<usize>()
    }

    pub(super) fn norm(&self) -> &Norm {
        &self.norm
    }

    pub(super) fn block(&self, layer: usize) -> Option<&Block> {
        self.blocks.get(layer)
    }

    /// Writes the sum of a token's vectors, of the word and of its place, into `to: [d_model]`.
    ///
    /// # Panics
    /// If the model knows no such token or place.
    pub(super) fn embed(&self, id: u32, position: usize, to: &mut [f32]) {
        let d = self.config.d_model;
        let from = id as usize * d;
        match &self.words {
            Matrix::Float(numbers) => to.copy_from_slice(&numbers[from..from + d]),
            Matrix::Whole { codes, scales } => {
                let scale = scales[id as usize];
                for (to, code) in to.iter_mut().zip(&codes[from..from + d]) {
                    *to = f32::from(*code) * scale;
                }
            }
        }
        kernels::lanes::add_to(to, &self.positions[position * d..][..d]);
    }
}

/// Matrices with one input, as a single layer.
fn linear(
    weights: &mut Weights,
    arithmetic: Arithmetic,
    factors: &str,
    names: &[String],
    inputs: usize,
) -> Result<Linear, String> {
    let factors = weights.vectors.remove(factors);
    let mut bias = Vec::new();
    let (mut numbers, mut codes, mut scales) = (Vec::new(), Vec::new(), Vec::new());
    for name in names {
        bias.extend(vector(weights, &format!("{name}.bias"))?);
        let matrix = matrix(weights, &format!("{name}.weight"))?;
        match (arithmetic, matrix) {
            (Arithmetic::Float, matrix) => numbers.extend(matrix.values(inputs, factors.as_deref())),
            (Arithmetic::Whole, Matrix::Whole { codes: more, scales: their }) => {
                codes.extend(more);
                scales.extend(their);
            }
            (Arithmetic::Whole, Matrix::Float(_)) => {
                return Err(format!("{name} is not in whole numbers. Open the file that is."));
            }
        }
    }
    if arithmetic == Arithmetic::Float {
        return Ok(Linear::Float { weights: Kept::transposed(inputs, bias.len(), &numbers), bias });
    }
    let factors = factors.ok_or("The file lacks the factors of a layer's input. Fetch it anew.")?;
    Ok(Linear::Whole { weights: tiles::Weights::new(inputs, &codes, scales, bias), factors })
}

fn norm(weights: &mut Weights, name: &str) -> Result<Norm, String> {
    let [gain, bias] = ["weight", "bias"].map(|part| vector(weights, &format!("{name}.{part}")));
    Ok(Norm { gain: gain?, bias: bias? })
}

fn vector(weights: &mut Weights, name: &str) -> Result<Vec<f32>, String> {
    weights.vectors.remove(name).ok_or_else(|| missing(name))
}

fn matrix(weights: &mut Weights, name: &str) -> Result<Matrix, String> {
    weights.matrices.remove(name).ok_or_else(|| missing(name))
}

fn missing(name: &str) -> String {
    format!("The model lacks {name}. Open the file again.")
}
