//! A model taken apart while it reads a text: the stream at one place, and the lens at all of them.

use super::{ModelSource, TokenChance};
use crate::{dissect::shares::Writer, job::Job};
use serde::{Deserialize, Serialize};

/// Runs a text through a model and looks at everything that is written at one place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Dissect {
    /// Which model.
    pub model: ModelSource,
    /// The learner's text.
    pub text: String,
    /// The place that is looked at, from zero; the last one if there is none or it lies behind the end.
    pub position: Option<usize>,
}

/// What was found. Vectors are as wide as the stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Dissection {
    /// The tokens, visible form.
    pub tokens: Vec<String>,
    /// The place that was looked at.
    pub position: usize,
    /// Blocks of the model.
    pub n_layers: usize,
    /// Heads of each block.
    pub n_heads: usize,
    /// Width of the stream.
    pub d_model: usize,
    /// Different tokens.
    pub vocab_size: usize,
    /// Before the first block and after each, at every place: `[n_layers + 1][tokens]`.
    pub lens: Vec<Vec<LensCell>>,
    /// The likeliest next tokens at the place, best first.
    pub next: Vec<TokenChance>,
    /// The stream at the place, before the first block and after each: `[n_layers + 1][d_model]`.
    pub streams: Vec<Vec<f32>>,
    /// Each block, at the place.
    pub blocks: Vec<BlockSeen>,
    /// The last normalisation, at the place.
    pub last_norm: NormSeen,
    /// Everything that was written at the place, in order.
    pub written: Vec<Wrote>,
    /// How far the sum of all that was written is from the stream, at most.
    pub off: f64,
    /// The likeliest token, whose score is divided among the parts.
    pub top: Scored,
    /// The token that really follows, if the text goes on.
    pub truth: Option<Scored>,
    /// Tokens of the text that were left off its end, because the model cannot see so many or it would take too long.
    pub left_off: usize,
    /// Characters the model does not know; they were left out.
    pub unknown: String,
}

/// One cell of the logit lens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LensCell {
    /// The likeliest token.
    pub top: u32,
    /// The same, visible form.
    pub token: String,
    /// Its probability.
    pub probability: f32,
    /// How many tokens are likelier than the one that really follows; none at the text's end.
    pub truth_rank: Option<u32>,
    /// The probability of the token that really follows.
    pub truth: Option<f32>,
}

/// A token whose score is divided among the parts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scored {
    /// Visible form.
    pub token: String,
    /// Its logit.
    pub logit: f32,
    /// What the last normalisation's bias adds to it.
    pub constant: f32,
}

/// What one part wrote at the place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Wrote {
    /// Which.
    pub writer: Writer,
    /// The length of the vector.
    pub length: f32,
    /// What it adds to the logit of the likeliest token.
    pub to_top: f32,
    /// What it adds to the logit of the token that really follows.
    pub to_truth: Option<f32>,
    /// The tokens whose scores it raises most.
    pub pushes: Vec<String>,
}

/// A layer normalisation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct NormSeen {
    /// Of the numbers that came in.
    pub mean: f32,
    /// Their standard deviation.
    pub deviation: f32,
    /// The smallest learned gain.
    pub least_gain: f32,
    /// The mean of all gains.
    pub mean_gain: f32,
    /// The largest.
    pub most_gain: f32,
}

/// What one block did at the place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BlockSeen {
    /// In front of attention.
    pub ln1: NormSeen,
    /// For each head, the place that it looked at most and how much it took from there.
    pub looks: Vec<(usize, f32)>,
    /// In front of the MLP.
    pub ln2: NormSeen,
    /// Neurons in all.
    pub d_ff: usize,
    /// Neurons whose activation is above zero.
    pub firing: usize,
    /// The most active neurons, most active first.
    pub neurons: Vec<Neuron>,
}

/// One neuron of an MLP.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Neuron {
    /// Its number, from zero.
    pub index: usize,
    /// How strongly it answered, after the GELU.
    pub activation: f32,
    /// The length of what it wrote.
    pub length: f32,
    /// The tokens whose scores it raises most when it fires, read through the unembedding.
    pub raises: Vec<String>,
    /// The tokens whose scores it lowers most.
    pub lowers: Vec<String>,
}

impl Dissection {
    /// At which row of the lens the prediction at `position` is settled: from there on the top token is the final one.
    pub fn settled(&self, position: usize) -> usize {
        let tops: Vec<u32> = self.lens.iter().filter_map(|row| row.get(position)).map(|cell| cell.top).collect();
        crate::dissect::lens::settled(&tops)
    }
}

impl Job for Dissect {
    const NAME: &'static str = "dissect";
    type Update = ();
    type Output = Dissection;
}
