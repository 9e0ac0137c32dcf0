//! Turning sentences into vectors with an encoder that is opened first: its header, then its numbers piece by piece, so
//! that no large file is ever in memory twice.

use crate::{
    encoder::{Arithmetic, Plan},
    job::{Home, Job},
};
use serde::{Deserialize, Serialize};

/// Texts that one job may bring.
pub const MOST_TEXTS: usize = 100_000;
/// Bytes that a text may have; an encoder reads the first few hundred tokens only.
pub const LONGEST_TEXT: usize = 1 << 20;

/// Reads a file's header and says what is in it. An encoder that was open before is forgotten.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OpenEncoder {
    /// The whole file's size in bytes.
    pub size: u64,
    /// Its beginning: the header and maybe more.
    pub head: Vec<u8>,
    /// The text of `config.json`, for a published file.
    pub config: Option<String>,
    /// The text of `vocab.txt`, for a published file.
    pub vocabulary: Option<String>,
    /// What to compute with. A file in whole numbers can be computed with in both.
    pub arithmetic: Arithmetic,
}

impl Job for OpenEncoder {
    const NAME: &'static str = "open-encoder";
    const HOME: Home = Home::Plain;
    type Update = ();
    /// The model, and which bytes to send.
    type Output = Plan;
}

/// Hands over one piece of the file that was opened, in the order of the plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FeedEncoder {
    /// Which piece of [`Plan::pieces`].
    pub piece: usize,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Job for FeedEncoder {
    const NAME: &'static str = "feed-encoder";
    const HOME: Home = Home::Plain;
    type Update = ();
    /// Whether this was the last piece, and the model can be run.
    type Output = bool;
}

/// Turns texts into vectors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Encode {
    /// What to read.
    pub texts: Vec<String>,
}

/// How far the work is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Texts that are done.
    pub done: usize,
    /// Texts in all.
    pub of: usize,
}

/// The texts' vectors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Vectors {
    /// Numbers in a vector.
    pub width: usize,
    /// `[texts, width]`, each vector of length one.
    pub numbers: Vec<f32>,
    /// Tokens that were read of each text, with the two around it: `[texts]`.
    pub tokens: Vec<usize>,
    /// Tokens at the end of each text that had no room: `[texts]`.
    pub left_off: Vec<usize>,
    /// What it took, in milliseconds.
    pub ms: f64,
}

impl Encode {
    /// Whether this can be carried out.
    ///
    /// # Errors
    /// A sentence that says what to change.
    pub fn validate(&self) -> Result<(), String> {
        if self.texts.is_empty() {
            return Err("There is no text to read. Write a sentence.".into());
        }
        if self.texts.len() > MOST_TEXTS {
            return Err(format!(
                "{} texts are too many at once; at most {MOST_TEXTS} are possible. Take a part of them.",
                self.texts.len()
            ));
        }
        match self.texts.iter().position(|text| text.len() > LONGEST_TEXT) {
            Some(at) => Err(format!(
                "Text {} has {} bytes; at most {LONGEST_TEXT} are read. Cut it into parts.",
                at + 1,
                self.texts[at].len()
            )),
            None => Ok(()),
        }
    }
}

impl Job for Encode {
    const NAME: &'static str = "encode";
    const HOME: Home = Home::Plain;
    type Update = Progress;
    type Output = Vectors;
}
