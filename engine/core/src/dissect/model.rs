//! A model's weights by their place, checked once, so that parts can be exchanged without copying.

use crate::{
    config::GptConfig,
    reference::{gpt::Weights, layers::layer_norm},
};

/// One attention head: its columns of the block's matrices.
#[derive(Debug, Clone, Copy)]
pub struct Head<'a> {
    /// Which columns: the head's number in the block that it was trained in.
    index: usize,
    qkv_weight: &'a [f32],
    qkv_bias: &'a [f32],
    proj_weight: &'a [f32],
}

/// The second half of a block: `[d_model]` to `[d_ff]` and back.
#[derive(Debug, Clone, Copy)]
pub struct Mlp<'a> {
    up_weight: &'a [f32],
    up_bias: &'a [f32],
    down_weight: &'a [f32],
    down_bias: &'a [f32],
}

/// A learned layer normalisation.
#[derive(Debug, Clone, Copy)]
pub struct Norm<'a> {
    /// What each number is multiplied by, `[d_model]`.
    pub gain: &'a [f32],
    /// What is then added, `[d_model]`.
    pub bias: &'a [f32],
}

impl Norm<'_> {
    /// Normalises one token's vector.
    pub fn apply(&self, x: &[f64]) -> Vec<f64> {
        layer_norm(x, self.gain, self.bias)
    }
}

/// One block.
#[derive(Debug, Clone)]
pub struct Block<'a> {
    /// In front of attention.
    pub ln1: Norm<'a>,
    /// Every head.
    pub heads: Vec<Head<'a>>,
    /// Added once, whatever the heads do, `[d_model]`.
    pub attn_bias: &'a [f32],
    /// In front of the MLP.
    pub ln2: Norm<'a>,
    /// The MLP.
    pub mlp: Mlp<'a>,
}

/// A whole model.
#[derive(Debug, Clone)]
pub struct Model<'a> {
    /// Its sizes.
    pub config: GptConfig,
    /// `[vocab_size, d_model]`.
    pub tok_emb: &'a [f32],
    /// `[context, d_model]`.
    pub pos_emb: &'a [f32],
    /// In order.
    pub blocks: Vec<Block<'a>>,
    /// In front of the unembedding.
    pub ln_f: Norm<'a>,
    /// `[d_model, vocab_size]`; none where the token embedding is used once more.
    head: Option<&'a [f32]>,
}

impl<'a> Model<'a> {
    /// Finds every weight.
    ///
    /// # Errors
    /// Which weight is missing or has another size than `config` says.
    pub fn new(config: GptConfig, weights: &'a Weights) -> Result<Self, String> {
        for (name, [rows, columns]) in config.tensors() {
            let found = weights.get(&name).map_or(0, Vec::len);
            if found != rows * columns {
                return Err(format!("The weight {name} has {found} numbers; {rows} × {columns} are needed."));
            }
        }
        // All of them are there: the loop above has looked.
        let get = |name: &str| weights.get(name).map_or(&[][..], Vec::as_slice);
        let norm = |name: &str| Norm { gain: get(&format!("{name}.gain")), bias: get(&format!("{name}.bias")) };
        let block = |layer: usize| {
            let get = |name: &str| get(&format!("blocks.{layer}.{name}"));
            let head = |index| Head {
                index,
                qkv_weight: get("attn.qkv.weight"),
                qkv_bias: get("attn.qkv.bias"),
                proj_weight: get("attn.proj.weight"),
            };
            Block {
                ln1: norm(&format!("blocks.{layer}.ln1")),
                heads: (0..config.n_heads).map(head).collect(),
                attn_bias: get("attn.proj.bias"),
                ln2: norm(&format!("blocks.{layer}.ln2")),
                mlp: Mlp {
                    up_weight: get("mlp.up.weight"),
                    up_bias: get("mlp.up.bias"),
                    down_weight: get("mlp.down.weight"),
                    down_bias: get("mlp.down.bias"),
                },
            }
        };
        Ok(Self {
            config,
            tok_emb: get("tok_emb"),
            pos_emb: get("pos_emb"),
            blocks: (0..config.n_layers).map(block).collect(),
            ln_f: norm("ln_f"),
            head: (!config.tied_head).then(|| get("head.weight")),
        })
    }

    /// One row of the token embedding; zeros for an id that the model does not have.
    pub fn token(&self, id: u32) -> Vec<f64> {
        row(self.tok_emb, id as usize, self.config.d_model)
    }

    /// One row of the position embedding.
    pub fn place(&self, position: usize) -> Vec<f64> {
        row(self.pos_emb, position, self.config.d_model)
    }

    /// One score per token of the vocabulary for a vector that is normalised already.
    pub fn scores(&self, normed: &[f64]) -> Vec<f64> {
        match self.head {
            None => self.tok_emb.chunks(self.config.d_model).map(|row| dot(row, normed)).collect(),
            Some(head) => times(normed, head, self.config.vocab_size, 0, self.config.vocab_size),
        }
    }

    /// The column of the unembedding that scores the token `id`, `[d_model]`.
    pub fn reader(&self, id: u32) -> Vec<f64> {
        match self.head {
            None => self.token(id),
            Some(head) => {
                head.iter().skip(id as usize).step_by(self.config.vocab_size).map(|w| f64::from(*w)).collect()
            }
        }
    }

    /// The logits that a vector of the stream leads to: last normalisation, then the unembedding.
    pub fn read(&self, stream: &[f64]) -> Vec<f64> {
        self.scores(&self.ln_f.apply(stream))
    }

    /// The scores that a direction of the stream adds to each token, up to the scale of the last normalisation.
    pub fn pushes(&self, direction: &[f64]) -> Vec<f64> {
        let centred = centred(direction);
        let scaled: Vec<f64> = centred.iter().zip(self.ln_f.gain).map(|(x, g)| x * f64::from(*g)).collect();
        self.scores(&scaled)
    }
}

impl Head<'_> {
    /// Queries, keys and values of one normalised token, `[d_head]` each.
    pub fn ask(&self, normed: &[f64], d_head: usize) -> [Vec<f64>; 3] {
        let d = normed.len();
        [0, 1, 2].map(|which| {
            let from = which * d + self.index * d_head;
            let mut y = times(normed, self.qkv_weight, 3 * d, from, d_head);
            y.iter_mut().zip(self.qkv_bias.iter().skip(from)).for_each(|(y, b)| *y += f64::from(*b));
            y
        })
    }

    /// What the head writes into the stream for what it has gathered, `[d_head]` to `[d_model]`.
    pub fn write(&self, mixed: &[f64], d_model: usize) -> Vec<f64> {
        let from = self.index * mixed.len() * d_model;
        times(mixed, self.proj_weight.get(from..).unwrap_or_default(), d_model, 0, d_model)
    }
}

impl Mlp<'_> {
    /// How strongly each neuron answers to one normalised token, after the GELU, `[d_ff]`.
    pub fn active(&self, normed: &[f64]) -> Vec<f64> {
        crate::reference::layers::linear(normed, self.up_weight, self.up_bias)
            .into_iter()
            .map(crate::reference::layers::gelu)
            .collect()
    }

    /// What the neurons write together, `[d_model]`.
    pub fn write(&self, active: &[f64]) -> Vec<f64> {
        crate::reference::layers::linear(active, self.down_weight, self.down_bias)
    }

    /// What one neuron writes for each unit of its activation, `[d_model]`.
    pub fn direction(&self, neuron: usize) -> Vec<f64> {
        row(self.down_weight, neuron, self.down_bias.len())
    }
}

fn row(matrix: &[f32], at: usize, columns: usize) -> Vec<f64> {
    let numbers = matrix.get(at * columns..(at + 1) * columns);
    numbers.map_or_else(|| vec![0.0; columns], |row| row.iter().map(|x| f64::from(*x)).collect())
}

fn dot(weights: &[f32], x: &[f64]) -> f64 {
    weights.iter().zip(x).map(|(w, x)| f64::from(*w) * x).sum()
}

/// `x` times `count` columns of a row-major matrix of `width` columns, beginning with the column `from`.
fn times(x: &[f64], matrix: &[f32], width: usize, from: usize, count: usize) -> Vec<f64> {
    let mut y = vec![0.0; count];
    for (x, row) in x.iter().zip(matrix.chunks(width)) {
        for (y, w) in y.iter_mut().zip(row.get(from..from + count).unwrap_or_default()) {
            *y += x * f64::from(*w);
        }
    }
    y
}

/// A vector less its mean, as a layer normalisation sees it.
pub fn centred(x: &[f64]) -> Vec<f64> {
    let mean = x.iter().sum::<f64>() / x.len().max(1) as f64;
    x.iter().map(|x| x - mean).collect()
}
