//! A trained GPT as one safetensors file: weights, with config and tokenizer in the metadata.
//!
//! A checkpoint is the same file with the optimizer's moments, the loss history and the training
//! settings added, so any reader of the model can open a checkpoint too.

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::string_slice))]
#![cfg_attr(not(test), deny(clippy::panic, clippy::unreachable, clippy::todo, clippy::arithmetic_side_effects))]
#![cfg_attr(not(test), deny(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_possible_wrap))]

use crate::{
    clip::why,
    config::{GptConfig, TrainConfig},
    tensor_file::{Array, CHOOSE, Precision, TensorFile},
    tokenizer::Tokenizer,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The metadata key of the model's description.
pub(crate) const MODEL_KEY: &str = "glassbox.model";

/// A model that can be run.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelFile {
    /// Sizes.
    pub config: GptConfig,
    /// Text to ids.
    pub tokenizer: Tokenizer,
    /// The parameters by name, shaped as [`GptConfig::tensors`] says.
    pub weights: BTreeMap<String, Vec<f32>>,
    /// What is needed to go on training, if this is a checkpoint.
    pub training: Option<TrainingState>,
}

/// Where training stands, beside the weights.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainingState {
    /// The settings.
    pub config: TrainConfig,
    /// Steps done.
    pub step: u32,
    /// The value of the text's [`crate::fingerprint::Fingerprint`], so that training goes on with the same one.
    pub text_crc: u32,
    /// AdamW's running mean of each gradient.
    pub mean: BTreeMap<String, Vec<f32>>,
    /// AdamW's running mean of each squared gradient.
    pub square: BTreeMap<String, Vec<f32>>,
    /// Training loss of every step.
    pub train_loss: Vec<f32>,
    /// Validation losses with the step each was measured after.
    pub val_loss: Vec<(u32, f32)>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Described {
    version: u32,
    config: GptConfig,
    tokenizer: Tokenizer,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    training: Option<TrainingDescribed>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TrainingDescribed {
    config: TrainConfig,
    step: u32,
    text_crc: u32,
    val_steps: Vec<u32>,
}

impl ModelFile {
    /// Reads a model or a checkpoint, and checks every size in it.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the file.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        Self::of(TensorFile::read(bytes)?)
    }

    /// The same from tensors and texts that came in another file, such as [`crate::export`] reads.
    pub(crate) fn of(mut file: TensorFile) -> Result<Self, String> {
        let described = file.metadata.get(MODEL_KEY).ok_or_else(|| {
            format!(
                "This file was not made by Glassbox: it does not say how the model is built, so it cannot be run here. \
                 {CHOOSE}"
            )
        })?;
        let Described { version, config, tokenizer, training } = serde_json::from_str(described)
            .map_err(|reason| format!("The model's description cannot be read: {}. {CHOOSE}", why(&reason)))?;
        if version != 1 {
            return Err(format!(
                "The file is of version {version}; this Glassbox reads version 1. Reload the page to get the newest."
            ));
        }
        let model = Self::assemble(config, tokenizer, &mut file)?;
        let training = training.map(|described| read_training(described, &mut file, &config)).transpose()?;
        Ok(Self { training, ..model })
    }

    /// A model of these sizes, whose weights are among the tensors of `file`; everything is checked.
    pub(crate) fn assemble(config: GptConfig, tokenizer: Tokenizer, file: &mut TensorFile) -> Result<Self, String> {
        let sound = config.validate().and_then(|()| tokenizer.validate());
        sound.map_err(|reason| format!("The model cannot be run: {reason} {CHOOSE}"))?;
        if tokenizer.vocab_size() != config.vocab_size {
            return Err(format!(
                "The tokenizer has {} tokens, but the model {}. {CHOOSE}",
                tokenizer.vocab_size(),
                config.vocab_size
            ));
        }
        let weights = take(file, &config, "")?;
        Ok(Self { config, tokenizer, weights, training: None })
    }

    /// The file's bytes.
    ///
    /// # Panics
    /// If a parameter of the model is missing.
    pub fn write(&self, precision: Precision) -> Vec<u8> {
        self.tensors().write(precision)
    }

    /// Everything as named tensors, with the model's description among the texts.
    #[expect(clippy::expect_used, reason = "what is written was made here, and is no file from outside")]
    pub(crate) fn tensors(&self) -> TensorFile {
        let training = self.training.as_ref().map(|state| TrainingDescribed {
            config: state.config,
            step: state.step,
            text_crc: state.text_crc,
            val_steps: state.val_loss.iter().map(|(step, _)| *step).collect(),
        });
        let described = Described { version: 1, config: self.config, tokenizer: self.tokenizer.clone(), training };
        let mut file = TensorFile::default();
        let json = serde_json::to_string(&described).expect("plain data");
        file.metadata.insert(MODEL_KEY.into(), json);
        put(&mut file, &self.config, "", &self.weights);
        if let Some(state) = &self.training {
            put(&mut file, &self.config, "adam.mean.", &state.mean);
            put(&mut file, &self.config, "adam.square.", &state.square);
            let mut row = |name: &str, data: Vec<f32>| {
                file.tensors.insert(name.into(), Array { shape: vec![data.len()], data });
            };
            row("history.train", state.train_loss.clone());
            row("history.val", state.val_loss.iter().map(|(_, loss)| *loss).collect());
        }
        file
    }

    /// The same model without what only training needs.
    #[must_use]
    pub fn without_training(mut self) -> Self {
        self.training = None;
        self
    }
}

fn read_training(
    described: TrainingDescribed,
    file: &mut TensorFile,
    config: &GptConfig,
) -> Result<TrainingState, String> {
    described.config.validate().map_err(|reason| format!("The training cannot go on: {reason} {CHOOSE}"))?;
    let row = |file: &mut TensorFile, name: &str| {
        file.tensors
            .remove(name)
            .map(|a| a.data)
            .ok_or_else(|| format!("The checkpoint lacks the tensor {name}. {CHOOSE}"))
    };
    let train_loss = row(file, "history.train")?;
    let val = row(file, "history.val")?;
    if val.len() != described.val_steps.len() || u32::try_from(train_loss.len()) != Ok(described.step) {
        return Err(format!("The checkpoint's loss history does not fit its number of steps. {CHOOSE}"));
    }
    Ok(TrainingState {
        config: described.config,
        step: described.step,
        text_crc: described.text_crc,
        mean: take(file, config, "adam.mean.")?,
        square: take(file, config, "adam.square.")?,
        train_loss,
        val_loss: described.val_steps.into_iter().zip(val).collect(),
    })
}

fn take(file: &mut TensorFile, config: &GptConfig, prefix: &str) -> Result<BTreeMap<String, Vec<f32>>, String> {
    let mut found = BTreeMap::new();
    for (name, shape) in config.tensors() {
        let key = format!("{prefix}{name}");
        let array = file.tensors.remove(&key).ok_or_else(|| format!("The file lacks the tensor {key}. {CHOOSE}"))?;
        if array.shape != shape {
            return Err(format!("Tensor {key} has the shape {:?}; the model needs {shape:?}. {CHOOSE}", array.shape));
        }
        if let Some((at, number)) = array.data.iter().enumerate().find(|(_, number)| !number.is_finite()) {
            return Err(format!(
                "Tensor {key} holds {number} at position {at}; a model of such numbers cannot run. {CHOOSE}"
            ));
        }
        found.insert(name, array.data);
    }
    Ok(found)
}

#[expect(clippy::expect_used, reason = "what is written was made here, and is no file from outside")]
fn put(file: &mut TensorFile, config: &GptConfig, prefix: &str, values: &BTreeMap<String, Vec<f32>>) {
    for (name, shape) in config.tensors() {
        let data = values.get(&name).cloned().expect("a model has all of its parameters");
        file.tensors.insert(format!("{prefix}{name}"), Array { shape: shape.to_vec(), data });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokenizer::Chars;

    fn model() -> ModelFile {
        let config = GptConfig { vocab_size: 3, n_layers: 1, n_heads: 1, d_model: 4, context: 4, tied_head: false };
        let weights: BTreeMap<String, Vec<f32>> =
            config.tensors().into_iter().map(|(name, [r, c])| (name, vec![0.5; r * c])).collect();
        let training = TrainingState {
            config: TrainConfig::default(),
            step: 2,
            text_crc: 7,
            mean: weights.clone(),
            square: weights.clone(),
            train_loss: vec![1.0, 0.9],
            val_loss: vec![(2, 0.95)],
        };
        ModelFile { config, tokenizer: Tokenizer::Chars(Chars::from_text("abc")), weights, training: Some(training) }
    }

    #[test]
    fn a_checkpoint_comes_back_whole() {
        let bytes = model().write(Precision::F32);
        assert_eq!(ModelFile::read(&bytes).unwrap(), model());
        let exported = model().without_training().write(Precision::F32);
        assert_eq!(ModelFile::read(&exported).unwrap().training, None);
        assert!(exported.len() < bytes.len() / 2);
    }
}
