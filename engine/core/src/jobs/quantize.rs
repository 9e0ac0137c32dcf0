//! Quantizing a model of the learner's, and measuring what that cost and what it saved.

use crate::{
    job::{Home, Job},
    quantize::{
        Scheme,
        errors::Errors,
        histogram::Histogram,
        scheme::{Bytes, ModelBytes},
    },
    sampling::Sampling,
};
use serde::{Deserialize, Serialize};

/// Bins of a histogram of weights.
pub const BINS: usize = 61;
/// The most tokens of the validation part on which the loss is measured.
pub const LOSS_TOKENS: usize = 4_096;
/// The most windows of text that the layers may be shown beforehand.
pub const MOST_WINDOWS: usize = 64;
/// The largest model, in parameters: its two forms must fit into a phone's memory.
pub const LARGEST: usize = 20_000_000;
/// The most inputs of a layer for GPTQ, whose work grows with their cube.
pub const GPTQ_INPUTS: usize = 1_536;

/// Quantizes a model, and compares it with what it was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QuantizeModel {
    /// The model's file: see [`crate::model_file`].
    pub file: Vec<u8>,
    /// The text it learned from. Its last tenth measures the loss; the rest is what layers are shown.
    pub text: String,
    /// How.
    pub plan: Plan,
    /// What both models write on from.
    pub prompt: String,
    /// How both choose each token.
    pub sampling: Sampling,
    /// How many tokens both write; 0 writes nothing.
    pub tokens: u32,
    /// So many milliseconds are spent on measuring speed, about; 0 measures nothing.
    pub speed_ms: f64,
    /// Whether the quantized model is handed over as a file.
    pub keep: bool,
}

/// How a model is quantized.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// What becomes of each matrix.
    pub scheme: Scheme,
    /// How its whole numbers are chosen.
    pub method: Method,
    /// How it is computed with.
    pub activations: Activations,
    /// What becomes of the table of tokens, and of the last layer.
    pub tokens: Tokens,
    /// How many windows of the text GPTQ and AWQ are shown, and the error of each layer is measured on.
    pub windows: usize,
}

impl Default for Plan {
    fn default() -> Self {
        let (method, activations, tokens) = (Method::Nearest, Activations::Int8, Tokens::Int8);
        Self { scheme: Scheme::INT8, method, activations, tokens, windows: 16 }
    }
}

/// How whole numbers are chosen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// The nearest one for each weight.
    #[default]
    Nearest,
    /// [`crate::quantize::gptq`].
    Gptq,
    /// [`crate::quantize::awq`].
    Awq,
}

impl Method {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Nearest, Self::Gptq, Self::Awq];

    /// As links write it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Nearest => "nearest",
            Self::Gptq => "gptq",
            Self::Awq => "awq",
        }
    }
}

/// What becomes of the table of tokens, and of the last layer, which is the same table in many models. Its numbers are
/// always rounded to nearest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tokens {
    /// It stays as it is.
    Float,
    /// Eight bits with a scale for each token, whatever the blocks have: [`Scheme::INT8`].
    #[default]
    Int8,
    /// The scheme of the blocks.
    Same,
}

impl Tokens {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Float, Self::Int8, Self::Same];

    /// As links write it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Float => "float",
            Self::Int8 => "int8",
            Self::Same => "same",
        }
    }

    /// The scheme of the table, where that of the blocks is `blocks`; none if it stays float.
    pub fn scheme(self, blocks: Scheme) -> Option<Scheme> {
        match self {
            Self::Float => None,
            Self::Int8 => Some(Scheme::INT8),
            Self::Same => Some(blocks),
        }
    }
}

/// How a quantized matrix is multiplied by what comes in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Activations {
    /// What comes in stays `f32`, and the weights are read back into floats before each product.
    Float,
    /// What comes in is rounded to eight bits, with a scale for each token, and the product is one of whole numbers.
    #[default]
    Int8,
}

impl Activations {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Float, Self::Int8];

    /// As links write it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Float => "float",
            Self::Int8 => "int8",
        }
    }
}

impl QuantizeModel {
    /// Whether this can be done, as far as the settings tell.
    ///
    /// # Errors
    /// A sentence that says what to change.
    pub fn validate(&self) -> Result<(), String> {
        let Plan { scheme, windows, .. } = self.plan;
        scheme.validate()?;
        self.sampling.validate()?;
        if !(1..=MOST_WINDOWS).contains(&windows) {
            return Err(format!(
                "{windows} windows of text cannot be shown to the layers; choose 1 to {MOST_WINDOWS}."
            ));
        }
        if self.tokens > 500 {
            return Err(format!("{} tokens are more than this lab writes; choose at most 500.", self.tokens));
        }
        if !(0.0..=60_000.0).contains(&self.speed_ms) {
            return Err("The time for measuring speed must be between 0 and 60,000 milliseconds.".into());
        }
        Ok(())
    }
}

/// What became of one matrix.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Layer {
    /// As in the file, such as `blocks.0.mlp.up.weight`.
    pub name: String,
    /// `[outputs, inputs]`.
    pub shape: [usize; 2],
    /// How far its weights are from what they were.
    pub weights: Errors,
    /// How far its outputs are off on the shown text, with float inputs: the length of the differences over that of the
    /// outputs. None for the table of tokens, out of which rows are only taken.
    pub outputs: Option<f64>,
    /// What it takes now; as `f32` it took four bytes for each weight.
    pub bytes: Bytes,
    /// The weights before and after, in the same bins.
    pub histograms: [Histogram; 2],
    /// With AWQ, the strength it chose.
    pub strength: Option<f64>,
}

/// A loss before and after.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Losses {
    /// As the model was, nats per token.
    pub before: f64,
    /// As it is now, nats per token.
    pub after: f64,
    /// The standard error of the difference, from one window to another: both read the same text.
    pub error: f64,
    /// Tokens that were predicted.
    pub tokens: usize,
}

/// How fast both are on this device.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Speed {
    /// Tokens per second when a whole window is read at once: as it was, and now. Medians.
    pub reading: [f64; 2],
    /// Tokens per second when one token is written after another. Medians.
    pub writing: [f64; 2],
    /// How often each was measured; they took turns.
    pub rounds: usize,
    /// Tokens of a window.
    pub window: usize,
    /// What the kernels were built for.
    pub variant: String,
}

/// What is known so far.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The matrices that are done, in the model's order.
    pub layers: Vec<Layer>,
    /// How many there are in all.
    pub matrices: usize,
    /// What the whole model takes, once all are done.
    pub bytes: Option<ModelBytes>,
    /// The loss on the validation part.
    pub losses: Option<Losses>,
    /// What the model wrote, as it was and now.
    pub written: Option<[String; 2]>,
    /// Characters of the prompt that the model does not know; they were left out.
    pub unknown: String,
    /// How fast it is.
    pub speed: Option<Speed>,
    /// The quantized model as a file, if it was asked for.
    pub file: Option<Vec<u8>>,
}

impl Job for QuantizeModel {
    const NAME: &'static str = "quantize-model";
    const HOME: Home = Home::Plain;
    type Update = Report;
    type Output = Report;
}

/// What to change where GPTQ would take too long.
///
/// # Errors
/// A sentence, if a layer has more inputs than [`GPTQ_INPUTS`].
pub fn gptq_fits(inputs: usize) -> Result<(), String> {
    if inputs <= GPTQ_INPUTS {
        return Ok(());
    }
    Err(format!(
        "A layer of this model has {inputs} inputs; GPTQ takes at most {GPTQ_INPUTS} here. Choose AWQ, or round to nearest."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantize::{Calibration, Grid, Share, Width};

    #[test]
    fn impossible_requests_get_a_sentence() {
        let job = QuantizeModel {
            file: vec![],
            text: String::new(),
            plan: Plan::default(),
            prompt: String::new(),
            sampling: Sampling::default(),
            tokens: 100,
            speed_ms: 500.0,
            keep: false,
        };
        assert_eq!(job.validate(), Ok(()));
        let says = |change: fn(&mut QuantizeModel), word: &str| {
            let mut job = job.clone();
            change(&mut job);
            let why = job.validate().unwrap_err();
            assert!(why.contains(word) && why.ends_with('.'), "{why}");
        };
        says(|job| job.plan.windows = 0, "1 to 64");
        says(|job| job.plan.scheme.share = Share::Group(0), "at least 1");
        says(|job| job.plan.scheme.calibration = Calibration::Percentile(30.0), "30th percentile");
        says(|job| job.tokens = 501, "at most 500");
        says(|job| job.speed_ms = f64::NAN, "measuring speed");
        says(|job| job.sampling.top_p = 0.0, "top_p");
        assert!(gptq_fits(GPTQ_INPUTS).is_ok() && gptq_fits(GPTQ_INPUTS + 1).unwrap_err().contains("AWQ"));
    }

    #[test]
    fn keys_are_the_names_that_links_write() {
        let same = |written: serde_json::Result<String>, keys: &[&str]| {
            assert_eq!(written.unwrap(), format!("{keys:?}").replace(", ", ","));
        };
        same(serde_json::to_string(&Method::ALL), &Method::ALL.map(Method::key));
        same(serde_json::to_string(&Activations::ALL), &Activations::ALL.map(Activations::key));
        same(serde_json::to_string(&Tokens::ALL), &Tokens::ALL.map(Tokens::key));
        same(serde_json::to_string(&Width::ALL), &Width::ALL.map(Width::key));
        same(serde_json::to_string(&Grid::ALL), &Grid::ALL.map(Grid::key));
    }
}
