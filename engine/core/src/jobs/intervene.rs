//! A model before and after something in it was changed.

use super::{ModelSource, TokenChance};
use crate::{
    dissect::{change::Change, pass::Part},
    job::Job,
};
use serde::{Deserialize, Serialize};

/// Reads a text with a model as it is and with the same model changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Intervene {
    /// Which model.
    pub model: ModelSource,
    /// What is read.
    pub text: String,
    /// What is changed, in this order.
    pub changes: Vec<Change>,
    /// The set of texts on which the loss is measured.
    pub texts: Vec<String>,
    /// The place whose prediction is compared; the last one if none.
    pub position: Option<usize>,
    /// So many tokens are written after the text, each time the likeliest.
    pub write: u32,
}

/// How one of the two models did.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Side {
    /// The likeliest next tokens at the place, best first.
    pub next: Vec<TokenChance>,
    /// Mean loss of the text, nats per token; none for a text of one token.
    pub loss: Option<f32>,
    /// The loss of each token of the text but the first.
    pub losses: Vec<f32>,
    /// Mean loss of each text of the set that has two tokens or more.
    pub set: Vec<f32>,
    /// Mean loss over all tokens of the set.
    pub set_loss: Option<f32>,
    /// What the model writes after the text.
    pub written: String,
}

/// What became of one token at the place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Moved {
    /// Visible form.
    pub token: String,
    /// Its probability before.
    pub before: f32,
    /// And after.
    pub after: f32,
    /// Its logit before, less the mean of all logits: a shift of all changes no probability.
    pub logit_before: f32,
    /// And after.
    pub logit_after: f32,
}

/// Both, side by side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Intervened {
    /// The tokens of the text, visible form.
    pub tokens: Vec<String>,
    /// The place that was compared.
    pub position: usize,
    /// Blocks of the model.
    pub n_layers: usize,
    /// Heads of each block.
    pub n_heads: usize,
    /// Every tensor with its shape.
    pub tensors: Vec<(String, [usize; 2])>,
    /// For each change that edits a weight, in order: what it was.
    pub was: Vec<f32>,
    /// As it is.
    pub before: Side,
    /// Changed.
    pub after: Side,
    /// Every token whose probability moved most, largest move first.
    pub moved: Vec<Moved>,
    /// The largest change of any logit at any place.
    pub largest: f64,
    /// Tokens of the text that were left off its end.
    pub left_off: usize,
    /// Characters the model does not know; they were left out.
    pub unknown: String,
}

impl Job for Intervene {
    const NAME: &'static str = "intervene";
    type Update = ();
    type Output = Intervened;
}

/// Zeroes every head and every MLP in turn, and measures what each is worth on the set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EachPart {
    /// Which model.
    pub model: ModelSource,
    /// The set of texts.
    pub texts: Vec<String>,
}

/// What one part is worth.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Worth {
    /// Which.
    pub part: Part,
    /// By how much the loss of the set rises without it, nats per token.
    pub rise: f32,
}

impl Job for EachPart {
    const NAME: &'static str = "each-part";
    /// Parts done, of how many.
    type Update = (usize, usize);
    /// Most important first.
    type Output = Vec<Worth>;
}
