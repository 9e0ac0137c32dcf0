//! Opening, checking and slimming model files. Files from outside are only ever read here.

use crate::{config::GptConfig, job::Job};
use serde::{Deserialize, Serialize};

/// Reads a model file and says what is in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReadModel {
    /// A safetensors file's bytes.
    pub file: Vec<u8>,
}

/// What a model file holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelCard {
    /// Sizes.
    pub config: GptConfig,
    /// Numbers adjusted by training.
    pub parameters: usize,
    /// Such as "65 characters".
    pub tokenizer: String,
    /// Steps trained, where the file says.
    pub step: Option<u32>,
    /// The newest validation loss, where the file says.
    pub val_loss: Option<f32>,
}

impl Job for ReadModel {
    const NAME: &'static str = "read-model";
    type Update = ();
    type Output = ModelCard;
}

/// Takes out of a checkpoint what only training needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExportModel {
    /// A checkpoint's bytes.
    pub checkpoint: Vec<u8>,
}

impl Job for ExportModel {
    const NAME: &'static str = "export-model";
    type Update = ();
    /// The safetensors bytes.
    type Output = Vec<u8>;
}
