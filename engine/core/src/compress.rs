//! A whole model written down in few bytes: each matrix in a number format, and its zeros left out where that pays.

use crate::{
    config::GptConfig,
    prune::{self, cut::What},
    quantize::{Grid, Matrix, Scheme, Share, quantize},
    reference::gpt::Weights,
};
use half::f16;
use serde::{Deserialize, Serialize};

/// How the numbers of a matrix are written down. Biases, gains and shifts are few, and stay float32.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    /// Four bytes each.
    #[default]
    Float32,
    /// Two bytes each.
    Float16,
    /// A byte each, and a scale for each output.
    Int8,
    /// Half a byte each, and a scale and a zero point for so many of them; embeddings have a byte for each number, because
    /// every token is told apart by them twice, at the beginning and in the end.
    Int4(usize),
}

impl Format {
    /// Whether there is such a format.
    ///
    /// # Errors
    /// A sentence that says what to change.
    pub fn validate(self) -> Result<(), String> {
        self.scheme().map_or(Ok(()), |scheme| scheme.validate())
    }

    /// How the numbers of a layer become whole numbers, if they do.
    fn scheme(self) -> Option<Scheme> {
        match self {
            Self::Float32 | Self::Float16 => None,
            Self::Int8 => Some(Scheme::INT8),
            Self::Int4(size) => Some(Scheme { share: Share::Group(size), grid: Grid::Affine, ..Scheme::INT4 }),
        }
    }

    /// What embeddings are written in.
    fn of_embeddings(self) -> Self {
        if matches!(self, Self::Int4(_)) { Self::Int8 } else { self }
    }

    fn bits(self) -> usize {
        match self {
            Self::Float32 => 32,
            Self::Float16 => 16,
            Self::Int8 => 8,
            Self::Int4(_) => 4,
        }
    }
}

/// A model as it comes back from its few bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored {
    /// What the written numbers stand for.
    pub weights: Weights,
    /// What they take, with their scales, and a bit for each number of a matrix whose zeros were left out.
    pub bytes: usize,
}

/// Writes a model down, after cutting this share of the smallest weights of all blocks.
///
/// # Errors
/// A sentence, if the format is impossible or a weight is not finite.
///
/// # Panics
/// If a weight is missing.
pub fn stored(config: &GptConfig, mut weights: Weights, cut: f64, format: Format) -> Result<Stored, String> {
    if cut > 0.0 {
        prune::cut::cut(config, &mut weights, What::Global, cut);
    }
    let mut bytes = 0;
    for (name, [rows, columns]) in config.tensors() {
        let tensor = weights.get_mut(&name).expect("a model has all its tensors");
        let is_matrix = name.ends_with(".weight") || name.ends_with("_emb");
        if !is_matrix {
            bytes += size_of_val(tensor.as_slice());
            continue;
        }
        // An embedding's rows are what is read together; a layer's columns are.
        let turned = name.ends_with(".weight");
        let format = if turned { format } else { format.of_embeddings() };
        let (numbers, scales) =
            write(tensor, [rows, columns], turned, format).map_err(|why| format!("{name}: {why}"))?;
        *tensor = numbers;
        let kept = tensor.iter().filter(|x| **x != 0.0).count();
        bytes += scales + packed(tensor.len(), kept, format.bits());
    }
    Ok(Stored { weights, bytes })
}

// ANCHOR: packed
/// Bytes of `numbers` numbers of so many bits, of which `kept` are not zero: all of them written down, or a bit for each
/// that says whether it is there, and those that are. Whichever is less.
pub fn packed(numbers: usize, kept: usize, bits: usize) -> usize {
    let bytes = |count: usize| (count * bits).div_ceil(8);
    bytes(numbers).min(bytes(kept) + numbers.div_ceil(8))
}
// ANCHOR_END: packed

/// The numbers as they come back, in their own order, and the bytes of their scales and zero points.
fn write(
    tensor: &[f32],
    [rows, columns]: [usize; 2],
    turned: bool,
    format: Format,
) -> Result<(Vec<f32>, usize), String> {
    let Some(scheme) = format.scheme() else {
        let as_half = |x: &f32| f16::from_f32(*x).to_f32();
        return Ok((if format == Format::Float16 { tensor.iter().map(as_half).collect() } else { tensor.to_vec() }, 0));
    };
    if !turned {
        let quantized = quantize(Matrix { columns, data: tensor }, scheme)?;
        return Ok((quantized.values(), quantized.bytes().scales));
    }
    let outputs_first = Matrix { columns, data: tensor }.transposed();
    let quantized = quantize(Matrix { columns: rows, data: &outputs_first }, scheme)?;
    let bytes = quantized.bytes();
    Ok((Matrix { columns: rows, data: &quantized.values() }.transposed(), bytes.scales + bytes.zeros))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: GptConfig =
        GptConfig { vocab_size: 10, n_layers: 1, n_heads: 2, d_model: 8, context: 4, tied_head: false };

    fn weights() -> Weights {
        let tensor = |(name, [rows, columns]): (String, [usize; 2])| {
            (name, (0..rows * columns).map(|i| ((i * 37 % 101) as f32 - 50.5) / 31.0).collect())
        };
        CONFIG.tensors().into_iter().map(tensor).collect()
    }

    /// Numbers of all matrices, and of all the rest.
    fn counts() -> (usize, usize) {
        let (matrices, rest): (Vec<_>, Vec<_>) = CONFIG.tensors().into_iter().partition(|(_, [rows, _])| *rows > 1);
        let sum = |all: Vec<(String, [usize; 2])>| all.iter().map(|(_, [r, c])| r * c).sum();
        (sum(matrices), sum(rest))
    }

    #[test]
    fn every_byte_is_counted() {
        let bytes = |cut, format| stored(&CONFIG, weights(), cut, format).unwrap().bytes;
        let (matrices, rest) = counts();
        assert_eq!(bytes(0.0, Format::Float32), 4 * CONFIG.parameters());
        assert_eq!(bytes(0.0, Format::Float16), 2 * matrices + 4 * rest);
        // A scale for each row of an embedding, and for each output of a layer.
        let scales = 10 + 4 + (24 + 8 + 32 + 8) + 10;
        assert_eq!(bytes(0.0, Format::Int8), matrices + 4 * scales + 4 * rest);
        // Groups of four: two for each output of a layer with eight inputs, eight where there are 32. Embeddings, 14
        // rows of eight, have a byte each.
        let groups = 2 * (24 + 8 + 32 + 10) + 8 * 8;
        let layers = (matrices - 14 * 8) / 2 + 5 * groups;
        assert_eq!(bytes(0.0, Format::Int4(4)), layers + 14 * 8 + 4 * 14 + 4 * rest);
        let blocks: usize = prune::matrices(&CONFIG).iter().map(|(_, [r, c])| r * c).sum();
        let half = bytes(0.5, Format::Float32);
        assert_eq!(half, 4 * (CONFIG.parameters() - blocks) + 4 * blocks / 2 + blocks / 8);
        assert!(bytes(0.05, Format::Int8) <= bytes(0.0, Format::Int8), "a map of the zeros is written only if it pays");
    }

    #[test]
    fn numbers_come_back_as_near_as_their_format_is() {
        for (format, most) in
            [(Format::Float32, 0.0), (Format::Float16, 1e-3), (Format::Int8, 0.01), (Format::Int4(4), 0.15)]
        {
            let back = stored(&CONFIG, weights(), 0.0, format).unwrap().weights;
            for (name, tensor) in weights() {
                let off = tensor.iter().zip(&back[&name]).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
                assert!(off <= most, "{format:?}, {name}: {off}");
            }
        }
    }

    #[test]
    fn what_is_cut_stays_nothing_in_every_format() {
        for format in [Format::Float32, Format::Int8, Format::Int4(4)] {
            let back = stored(&CONFIG, weights(), 0.75, format).unwrap().weights;
            let zeros: usize =
                prune::matrices(&CONFIG).iter().map(|(name, _)| back[name].iter().filter(|x| **x == 0.0).count()).sum();
            assert!(zeros >= 576, "{format:?}: {zeros} of 768");
        }
    }

    #[test]
    fn numbers_that_are_none_are_named_with_their_tensor() {
        let mut weights = weights();
        weights.get_mut("blocks.0.mlp.up.weight").unwrap()[3] = f32::NAN;
        let why = stored(&CONFIG, weights, 0.0, Format::Int8).unwrap_err();
        assert!(why.starts_with("blocks.0.mlp.up.weight: ") && why.contains("NaN"), "{why}");
    }
}
