//! Opening a GPT-2 file from the learner's own device: first its header, then its numbers piece by piece, so that no
//! large file is ever in memory twice; then running it.

use crate::{gpt2_file::Plan, job::Job};
use serde::{Deserialize, Serialize};

/// Reads a file's header and says what is in it. A model that was open before is forgotten.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct OpenGpt2 {
    /// The whole file's size in bytes.
    pub size: u64,
    /// Its beginning: the header and maybe more.
    pub head: Vec<u8>,
    /// The text of `config.json`, if it came along.
    pub config: Option<String>,
    /// The number of heads the learner gave, if any; counts less than `config`.
    pub n_heads: Option<usize>,
    /// The tokenizer's files, if they came along.
    pub tokenizer: TokenizerFiles,
}

/// The texts of the files that GPT-2 tokenizers are kept in.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TokenizerFiles {
    /// `vocab.json`; needs `merges.txt`.
    pub vocab: Option<String>,
    /// `merges.txt`; needs `vocab.json`.
    pub merges: Option<String>,
    /// `tokenizer.json`, which holds both.
    pub whole: Option<String>,
}

/// What was opened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Opened {
    /// The model, and which bytes to send.
    pub plan: Plan,
    /// How many tokens the tokenizer knows, if there is one.
    pub tokenizer: Option<usize>,
}

impl Job for OpenGpt2 {
    const NAME: &'static str = "open-gpt2";
    type Update = ();
    type Output = Opened;
}

/// Hands over one piece of the file that was opened, in the order of the plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FeedGpt2 {
    /// Which piece of [`Plan::pieces`].
    pub piece: usize,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Job for FeedGpt2 {
    const NAME: &'static str = "feed-gpt2";
    type Update = ();
    /// Whether this was the last piece, and the model can be run.
    type Output = bool;
}

/// Runs the model on a text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunGpt2 {
    /// What to read.
    pub input: Input,
    /// How many of the likeliest next tokens to answer.
    pub best: usize,
}

/// What a model reads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Input {
    /// A text; needs a tokenizer.
    Text(String),
    /// Token ids.
    Ids(Vec<u32>),
}

/// The model's expectation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NextToken {
    /// What the model read.
    pub ids: Vec<u32>,
    /// The same as a learner sees it; empty without a tokenizer.
    pub tokens: Vec<String>,
    /// How many tokens at the beginning were left off, because the model sees no more at once.
    pub left_off: usize,
    /// The likeliest next tokens, best first.
    pub chances: Vec<Candidate>,
    /// What it took, in milliseconds.
    pub ms: f64,
}

/// A token that may come next.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// Its id.
    pub id: u32,
    /// As a learner sees it; none without a tokenizer.
    pub token: Option<String>,
    /// As it stands in a text; none without a tokenizer.
    pub text: Option<String>,
    /// Its score.
    pub logit: f32,
    /// Its probability at temperature 1.
    pub probability: f32,
}

impl Job for RunGpt2 {
    const NAME: &'static str = "run-gpt2";
    type Update = ();
    type Output = NextToken;
}
