//! Taking a file's numbers, piece by piece, into the model's own.

use super::{MOST_PIECE, Piece, header, header::Header};
use crate::{
    config::GptConfig,
    reference::gpt::Weights,
    tensor_file::{header::width, numbers},
};
use safetensors::Dtype;
use std::collections::{BTreeMap, BTreeSet};

/// A model on its way into memory.
pub struct Loading {
    config: GptConfig,
    parts: Vec<Part>,
    weights: Weights,
    fed: usize,
}

/// A piece, and where its numbers go.
struct Part {
    /// In the file.
    name: String,
    /// In our model.
    ours: String,
    shape: [usize; 2],
    dtype: Dtype,
    /// The first of its numbers within the tensor.
    first: usize,
    piece: Piece,
    /// Whether the file keeps it the other way round: `[columns, rows]`.
    turned: bool,
}

/// GPT-2's name of a tensor of ours, and whether the file keeps it the other way round.
fn theirs(ours: &str) -> Option<(String, bool)> {
    let whole = [
        ("tok_emb", "wte.weight"),
        ("pos_emb", "wpe.weight"),
        ("ln_f.gain", "ln_f.weight"),
        ("ln_f.bias", "ln_f.bias"),
        ("head.weight", "lm_head.weight"),
    ];
    if let Some((_, name)) = whole.into_iter().find(|(own, _)| *own == ours) {
        // Linear layers of the library are `[out, in]`; the “Conv1D” of the blocks are `[in, out]`, as ours.
        return Some((name.to_owned(), ours == "head.weight"));
    }
    let (layer, name) = ours.strip_prefix("blocks.")?.split_once('.')?;
    let (part, kind) = name.rsplit_once('.')?;
    let part = match part {
        "ln1" => "ln_1",
        "attn.qkv" => "attn.c_attn",
        "attn.proj" => "attn.c_proj",
        "ln2" => "ln_2",
        "mlp.up" => "mlp.c_fc",
        "mlp.down" => "mlp.c_proj",
        _ => return None,
    };
    let kind = if kind == "gain" { "weight" } else { kind };
    Some((format!("h.{layer}.{part}.{kind}"), false))
}

impl Loading {
    /// Checks every tensor of a model of these sizes.
    pub(super) fn new(header: &Header, config: GptConfig) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut known = BTreeSet::new();
        for (ours, shape) in config.tensors() {
            let Some((name, turned)) = theirs(&ours) else { continue };
            let Some((file_name, info)) = header.find(&name)? else { return Err(header.lacks(&name)) };
            known.insert(file_name.clone());
            let [rows, columns] = shape;
            // A vector such as a bias has one size there.
            let is_vector = rows == 1 && info.shape.len() == 1;
            let wanted = if turned { vec![columns, rows] } else { vec![rows, columns] };
            if !(info.shape == wanted || is_vector && info.shape == [columns]) {
                let wanted = if rows == 1 { vec![columns] } else { wanted };
                let swapped = info.shape.len() == 2 && info.shape.iter().eq(wanted.iter().rev());
                let hint = if swapped {
                    " It is turned over: GPT-2 of Hugging Face keeps these matrices as [in, out], not as torch.nn.Linear does."
                } else {
                    ""
                };
                return Err(format!(
                    "Tensor {file_name} has the shape {:?}; with the other sizes of this file it must be {wanted:?}.{hint} \
                     Choose another file of the model.",
                    info.shape
                ));
            }
            let Some(width) = width(info.dtype) else {
                return Err(format!(
                    "Tensor {file_name} holds numbers of the type {:?}; only F32, F16 and BF16 can be read. Save the \
                     model in one of these.",
                    info.dtype
                ));
            };
            let pieces = (0..info.length).step_by(MOST_PIECE);
            for from in pieces {
                let length = MOST_PIECE.min(info.length.saturating_sub(from));
                let piece = Piece { offset: info.offset.saturating_add(from as u64), length };
                // A piece's length is a multiple of every width.
                let first = from.checked_div(width).unwrap_or(0);
                let (ours, name) = (ours.clone(), file_name.clone());
                parts.push(Part { name, ours, shape, dtype: info.dtype, first, piece, turned });
            }
        }
        let passed = |name: &str| {
            let bare = name.strip_prefix("transformer.").unwrap_or(name);
            // Causal masks of old files, and an output layer that is the embedding anyway.
            bare.ends_with(".attn.bias") || bare.ends_with(".attn.masked_bias") || bare == "lm_head.weight"
        };
        if let Some((name, _)) = header.tensors().find(|(name, _)| !known.contains(*name) && !passed(name)) {
            return Err(header::unknown(name));
        }
        // In the order of the file, so that it is read from front to back.
        parts.sort_by_key(|part| part.piece.offset);
        Ok(Self { config, parts, weights: BTreeMap::new(), fed: 0 })
    }

    pub(super) fn names(&self) -> BTreeSet<String> {
        self.parts.iter().map(|part| part.name.clone()).collect()
    }

    pub(super) fn types(&self) -> Vec<String> {
        self.parts.iter().map(|part| format!("{:?}", part.dtype)).collect()
    }

    pub(super) fn pieces(&self) -> Vec<Piece> {
        self.parts.iter().map(|part| part.piece).collect()
    }

    /// Sizes of the model.
    pub fn config(&self) -> GptConfig {
        self.config
    }

    /// Takes the bytes of one piece; true once it was the last.
    ///
    /// # Errors
    /// A sentence: a piece out of order or of the wrong length, a number that is none, or too little memory.
    pub fn feed(&mut self, piece: usize, bytes: &[u8]) -> Result<bool, String> {
        let part = self.parts.get(self.fed).filter(|_| piece == self.fed);
        let Some(part) = part else {
            return Err(format!("Piece {piece} came when piece {} was waited for. Open the file again.", self.fed));
        };
        let Part { name, ours, shape: [rows, columns], dtype, first, piece, turned } = part;
        if bytes.len() != piece.length {
            return Err(format!(
                "The file ended within the tensor {name}: {} bytes were wanted and {} came. Was it changed meanwhile?",
                piece.length,
                bytes.len()
            ));
        }
        // Both were checked against the limits of a model that can be run here.
        let all = rows.saturating_mul(*columns);
        let held = self.weights.entry(ours.clone()).or_default();
        if held.is_empty() {
            held.try_reserve_exact(all).map_err(|_| {
                format!(
                    "There is not enough memory for the tensor {name}: close other tabs, or choose a smaller model."
                )
            })?;
            held.resize(all, 0.0);
        }
        for (at, number) in (*first..).zip(numbers(*dtype, bytes)) {
            if !number.is_finite() {
                return Err(format!(
                    "Tensor {name} holds {number} at position {at}; a model of such numbers cannot run. The file is damaged \
                     or its training went wrong: fetch it anew, or choose another model."
                ));
            }
            let to = if *turned { turned_over(at, *rows, *columns) } else { Some(at) };
            if let Some(slot) = to.and_then(|to| held.get_mut(to)) {
                *slot = number;
            }
        }
        self.fed = self.fed.saturating_add(1);
        Ok(self.fed == self.parts.len())
    }

    /// The finished numbers.
    ///
    /// # Errors
    /// A sentence, while pieces are missing.
    pub fn finish(self) -> Result<(GptConfig, Weights), String> {
        if self.fed < self.parts.len() {
            return Err(format!(
                "Only {} of {} pieces have been read. Open the file again.",
                self.fed,
                self.parts.len()
            ));
        }
        Ok((self.config, self.weights))
    }
}

/// Where the number at `at` of `[columns, rows]` stands in `[rows, columns]`.
fn turned_over(at: usize, rows: usize, columns: usize) -> Option<usize> {
    at.checked_rem(rows)?.checked_mul(columns)?.checked_add(at.checked_div(rows)?)
}
