//! A score divided among the parts of a model: they add up to it, because the stream is a sum.

use super::{
    model::{Model, centred},
    pass::{Part, Trace},
};
use crate::reference::layers::LAYER_NORM_EPS;
use serde::{Deserialize, Serialize};

/// Who wrote something into the stream at one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Writer {
    /// The row of the token embedding.
    Token,
    /// The row of the position embedding.
    Place,
    /// A head or an MLP.
    Part(Part),
    /// What attention of a block adds whatever its heads do.
    AttentionBias(usize),
}

/// Everything that was written at `position`, in order: the vectors add up to the stream.
pub fn written(trace: &Trace, position: usize) -> Vec<(Writer, &[f64])> {
    let mut all = Vec::new();
    fn at(rows: &[Vec<f64>], position: usize) -> Option<&[f64]> {
        rows.get(position).map(Vec::as_slice)
    }
    all.extend(at(&trace.token, position).map(|row| (Writer::Token, row)));
    all.extend(at(&trace.place, position).map(|row| (Writer::Place, row)));
    for (layer, block) in trace.blocks.iter().enumerate() {
        for (head, rows) in block.heads.iter().enumerate() {
            all.extend(at(rows, position).map(|row| (Writer::Part(Part::Head { layer, head }), row)));
        }
        all.extend(at(&block.attn_bias, position).map(|row| (Writer::AttentionBias(layer), row)));
        all.extend(at(&block.mlp, position).map(|row| (Writer::Part(Part::Mlp { layer }), row)));
    }
    all
}

/// A score and what each part has to do with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Shared {
    /// Who wrote, how long the vector is, and how much it adds to the score.
    pub parts: Vec<(Writer, f64, f64)>,
    /// What the bias of the last normalisation adds, whatever was written.
    pub constant: f64,
    /// All of them together: the model's logit.
    pub total: f64,
}

/// Divides the logit of the token `id` after `position` among all that was written there.
///
/// The last normalisation divides by the spread of the whole stream. With that one number held fixed, everything from
/// the stream to the logit is linear, and so each part has its share.
pub fn shares(model: &Model<'_>, trace: &Trace, position: usize, id: u32) -> Shared {
    let stream = trace.last().get(position).map_or(&[][..], Vec::as_slice);
    let flat = centred(stream);
    let variance = flat.iter().map(|x| x * x).sum::<f64>() / flat.len().max(1) as f64;
    let spread = (variance + LAYER_NORM_EPS).sqrt();
    let reader = model.reader(id);
    let constant = model.ln_f.bias.iter().zip(&reader).map(|(b, r)| f64::from(*b) * r).sum::<f64>();
    let share = |wrote: &[f64]| -> f64 {
        let normed = centred(wrote).into_iter().zip(model.ln_f.gain).map(|(x, g)| x / spread * f64::from(*g));
        normed.zip(&reader).map(|(x, r)| x * r).sum()
    };
    let parts: Vec<(Writer, f64, f64)> =
        written(trace, position).into_iter().map(|(writer, wrote)| (writer, length(wrote), share(wrote))).collect();
    let total = constant + parts.iter().map(|part| part.2).sum::<f64>();
    Shared { parts, constant, total }
}

/// The Euclidean length of a vector.
pub fn length(x: &[f64]) -> f64 {
    x.iter().map(|x| x * x).sum::<f64>().sqrt()
}
