//! The logit lens: the stream read half-way, as if the blocks above were not there (nostalgebraist 2020).

use super::{model::Model, pass::Trace};
use crate::reference::softmax::softmax;

/// What the model would say at one place after one block.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Said {
    /// The likeliest token.
    pub top: u32,
    /// Its probability.
    pub probability: f64,
    /// How many tokens are likelier than the one that really follows; none at the end of the text.
    pub truth_rank: Option<usize>,
    /// The probability of the token that really follows.
    pub truth: Option<f64>,
}

// ANCHOR: lens
/// What the model would say at each place before its first block and after each: `[n_layers + 1][tokens]`.
///
/// The last row is the model's own prediction.
pub fn lens(model: &Model<'_>, trace: &Trace, ids: &[u32]) -> Vec<Vec<Said>> {
    trace.streams.iter().map(|stream| row(model, stream, ids)).collect()
}

/// One row of it, from the stream after one block.
pub fn row(model: &Model<'_>, stream: &[Vec<f64>], ids: &[u32]) -> Vec<Said> {
    let places = stream.iter().enumerate();
    places.map(|(position, x)| said(&model.read(x), ids.get(position + 1).copied())).collect()
}
// ANCHOR_END: lens

/// Reads one row of logits; `truth` is the token that really follows.
pub fn said(logits: &[f64], truth: Option<u32>) -> Said {
    let probabilities = softmax(logits);
    let top =
        (0..probabilities.len()).reduce(|best, at| if probabilities[at] > probabilities[best] { at } else { best });
    let top = top.unwrap_or_default();
    let truth = truth.and_then(|id| probabilities.get(id as usize).copied());
    Said {
        top: top as u32,
        probability: probabilities.get(top).copied().unwrap_or_default(),
        truth_rank: truth.map(|truth| probabilities.iter().filter(|p| **p > truth).count()),
        truth,
    }
}

/// The first of the rows from which on the top token is the one that the model says in the end.
///
/// ```
/// use engine_core::dissect::lens::settled;
/// assert_eq!(settled(&[7, 3, 5, 5]), 2);
/// ```
pub fn settled(tops: &[u32]) -> usize {
    let last = tops.last();
    tops.iter().rposition(|top| Some(top) != last).map_or(0, |other| other + 1)
}
