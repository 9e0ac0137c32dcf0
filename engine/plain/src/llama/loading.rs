//! Taking a file's stretches, one by one, straight to where the model keeps them.

use super::{Matrix, Model, model::Layer};
use engine_core::{
    gguf::{Kind, LlamaFile},
    llama::LlamaConfig,
};
use std::collections::BTreeMap;

/// A stretch is at most so long, unless a single row is longer: three copies of it are in memory on its way.
const MOST_PART: u64 = 2 << 20;

/// A stretch of the file: some rows of one tensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Where it begins in the file.
    pub offset: u64,
    /// Its bytes.
    pub length: u64,
    /// Which of the model's tensors.
    tensor: usize,
}

/// A model on its way into memory.
#[derive(Debug)]
pub struct Loading {
    config: LlamaConfig,
    names: Vec<String>,
    /// In the order of the file, so that it is read from front to back.
    parts: Vec<Part>,
    /// By name: a vector such as a gain is a matrix of one row.
    tensors: BTreeMap<String, Matrix>,
    shapes: Vec<(Kind, [u64; 2])>,
    fed: usize,
}

impl Loading {
    /// Plans which stretches are needed, in which order.
    pub fn new(file: &LlamaFile) -> Self {
        let (mut names, mut parts, mut shapes) = (Vec::new(), Vec::new(), Vec::new());
        for (tensor, (name, info)) in file.weights.iter().enumerate() {
            let columns = info.shape.last().copied().unwrap_or(1);
            let rows = info.numbers() / columns;
            let row = info.length / rows;
            let each = (MOST_PART / row).max(1) * row;
            let mut at = 0;
            while at < info.length {
                let length = each.min(info.length - at);
                parts.push(Part { offset: info.offset + at, length, tensor });
                at += length;
            }
            names.push(name.clone());
            shapes.push((info.kind, [rows, columns]));
        }
        parts.sort_by_key(|part| part.offset);
        Self { config: file.config, names, parts, tensors: BTreeMap::new(), shapes, fed: 0 }
    }

    /// The stretches in the order in which [`Self::feed`] takes them.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Bytes that the weights will take in memory.
    pub fn memory(&self) -> u64 {
        let each = |(kind, [rows, columns]): &(Kind, [u64; 2])| Matrix::memory(*kind, rows.saturating_mul(*columns));
        self.shapes.iter().map(each).fold(0, u64::saturating_add)
    }

    /// Takes the bytes of one stretch; true once it was the last.
    ///
    /// # Errors
    /// A sentence: a stretch out of order or of the wrong length, a number that is none, or too little memory.
    pub fn feed(&mut self, part: usize, bytes: &[u8]) -> Result<bool, String> {
        let Some(wanted) = self.parts.get(self.fed).filter(|_| part == self.fed) else {
            return Err(format!("Piece {part} came when piece {} was waited for. Open the file again.", self.fed));
        };
        let name = &self.names[wanted.tensor];
        if bytes.len() as u64 != wanted.length {
            return Err(format!(
                "The file ended within the tensor {name}: {} bytes were wanted and {} came. Was it changed meanwhile? \
                 Open it again.",
                wanted.length,
                bytes.len()
            ));
        }
        if !self.tensors.contains_key(name) {
            let (kind, shape) = self.shapes[wanted.tensor];
            // Larger sizes than the machine can count do not fit into its memory either.
            let [rows, columns] = shape.map(|size| usize::try_from(size).unwrap_or(usize::MAX >> 20));
            self.tensors.insert(name.clone(), Matrix::with_room(kind, rows, columns)?);
        }
        let matrix = self.tensors.get_mut(name).expect("it was put there above");
        matrix.feed(bytes).map_err(|odd| {
            format!("Tensor {name} {odd}; a model needs finite numbers. The file is damaged: fetch it anew.")
        })?;
        self.fed += 1;
        Ok(self.fed == self.parts.len())
    }

    /// The finished model.
    ///
    /// # Errors
    /// A sentence, while stretches are missing.
    pub fn finish(mut self) -> Result<Model, String> {
        if self.fed < self.parts.len() {
            return Err(format!("Only {} of {} pieces have been read.", self.fed, self.parts.len()));
        }
        let mut take = |name: &str| {
            let found = self.tensors.remove(&format!("{name}.weight"));
            found.ok_or_else(|| format!("The tensor {name} is missing. Open the file again."))
        };
        let embedding = take("token_embd")?;
        let mut layers = Vec::with_capacity(self.config.n_layers);
        for layer in 0..self.config.n_layers {
            let mut take = |name: &str| take(&format!("blk.{layer}.{name}"));
            layers.push(Layer {
                attn_norm: vector(take("attn_norm")?, self.config.d_model),
                qkv: [take("attn_q")?, take("attn_k")?, take("attn_v")?],
                output: take("attn_output")?,
                ffn_norm: vector(take("ffn_norm")?, self.config.d_model),
                gate: take("ffn_gate")?,
                up: take("ffn_up")?,
                down: take("ffn_down")?,
            });
        }
        let norm = vector(take("output_norm")?, self.config.d_model);
        let head = if self.config.tied_head { None } else { Some(take("output")?) };
        Ok(Model { config: self.config, embedding, layers, norm, head })
    }
}

/// A vector, which came as a matrix of one row.
fn vector(matrix: Matrix, length: usize) -> Vec<f32> {
    let mut out = vec![0.0; length];
    matrix.row(0, &mut out);
    out
}
