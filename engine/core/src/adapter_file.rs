//! A LoRA adapter as a safetensors file, its tensors named as the library PEFT names them.

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::string_slice))]
#![cfg_attr(not(test), deny(clippy::panic, clippy::unreachable, clippy::todo, clippy::arithmetic_side_effects))]
#![cfg_attr(not(test), deny(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_possible_wrap))]

use crate::{
    clip::why,
    config::GptConfig,
    tensor_file::{Array, Precision, TensorFile},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The metadata key of the adapter's description.
const ADAPTER_KEY: &str = "glassbox.adapter";
/// What PEFT puts before the name of a matrix.
const PREFIX: &str = "base_model.model.";
/// What to do about a file that is no adapter.
const CHOOSE: &str = "Choose a file that was saved in this lab.";
/// What to do about an adapter of another model.
const OF_THIS: &str = "Choose one that was trained on this model.";
/// The largest rank that is read.
pub const MAX_RANK: usize = 256;

/// Two thin matrices for each matrix that is adapted: `W + alpha / rank · (B · A)ᵀ`.
#[derive(Debug, Clone, PartialEq)]
pub struct AdapterFile {
    /// Rows of `A` and columns of `B`.
    pub rank: usize,
    /// How much the product counts, before it is divided by the rank.
    pub alpha: f32,
    /// The [`Fingerprint`](crate::fingerprint::Fingerprint) of the weights that it was trained on.
    pub base: u32,
    /// By the name of a matrix without its last part, such as `blocks.0.attn.qkv`: `A`, `[rank, inputs]`, then `B`,
    /// `[outputs, rank]`, in one row.
    pub pairs: BTreeMap<String, Vec<f32>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Described {
    version: u32,
    r: usize,
    lora_alpha: f32,
    base: u32,
}

impl AdapterFile {
    /// Reads an adapter for a model of these sizes, and checks every size in it.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the file.
    pub fn read(bytes: &[u8], config: &GptConfig) -> Result<Self, String> {
        let mut file = TensorFile::read(bytes)?;
        let described = file.metadata.get(ADAPTER_KEY).ok_or_else(|| {
            format!("This safetensors file is no adapter of Glassbox: it does not say its rank and alpha. {CHOOSE}")
        })?;
        let Described { version, r: rank, lora_alpha: alpha, base } = serde_json::from_str(described)
            .map_err(|reason| format!("The adapter's description cannot be read: {}. {CHOOSE}", why(&reason)))?;
        if version != 1 {
            return Err(format!(
                "The adapter is of version {version}; this Glassbox reads version 1. Reload the page to get the newest."
            ));
        }
        if rank == 0 || rank > MAX_RANK || !alpha.is_finite() {
            return Err(format!(
                "The adapter's rank is {rank} and its alpha {alpha}; the rank must be 1 to {MAX_RANK}. {CHOOSE}"
            ));
        }
        let mut pairs = BTreeMap::new();
        for (name, [inputs, outputs]) in config.tensors() {
            let Some(module) = name.strip_suffix(".weight") else { continue };
            let mut take = |part: &str, shape: [usize; 2]| -> Result<Option<Vec<f32>>, String> {
                let key = format!("{PREFIX}{module}.lora_{part}.weight");
                let Some(array) = file.tensors.remove(&key) else { return Ok(None) };
                if array.shape != shape {
                    return Err(format!(
                        "Tensor {key} has the shape {:?}; this model needs {shape:?}: the adapter belongs to another model. {OF_THIS}",
                        array.shape
                    ));
                }
                if array.data.iter().any(|x| !x.is_finite()) {
                    return Err(format!(
                        "Tensor {key} holds a number that is not finite. Train the adapter again, or open another."
                    ));
                }
                Ok(Some(array.data))
            };
            match (take("A", [rank, inputs])?, take("B", [outputs, rank])?) {
                (Some(a), Some(b)) => drop(pairs.insert(module.to_owned(), [a, b].concat())),
                (None, None) => {}
                _ => return Err(format!("The adapter has only one of the two matrices for {module}. {CHOOSE}")),
            }
        }
        match file.tensors.keys().next() {
            Some(other) => Err(format!("The adapter changes {other}, which this model does not have. {OF_THIS}")),
            None if pairs.is_empty() => Err(format!("The adapter holds no matrices at all. {CHOOSE}")),
            None => Ok(Self { rank, alpha, base, pairs }),
        }
    }

    /// The file's bytes.
    ///
    /// # Panics
    /// If a pair does not have whole rows of the rank.
    #[expect(
        clippy::expect_used,
        clippy::arithmetic_side_effects,
        reason = "what is written was made here, and is no file from outside"
    )]
    pub fn write(&self, config: &GptConfig) -> Vec<u8> {
        let Self { rank, alpha, base, .. } = *self;
        let mut file = TensorFile::default();
        let described = Described { version: 1, r: rank, lora_alpha: alpha, base };
        file.metadata.insert(ADAPTER_KEY.into(), serde_json::to_string(&described).expect("plain data"));
        for (name, [inputs, outputs]) in config.tensors() {
            let Some(pair) = name.strip_suffix(".weight").and_then(|module| self.pairs.get(module)) else { continue };
            let module = name.trim_end_matches(".weight");
            let (a, b) = pair.split_at(rank * inputs);
            for (part, shape, data) in [("A", [rank, inputs], a), ("B", [outputs, rank], b)] {
                assert_eq!(data.len(), shape[0] * shape[1], "{module}");
                let array = Array { shape: shape.to_vec(), data: data.to_vec() };
                file.tensors.insert(format!("{PREFIX}{module}.lora_{part}.weight"), array);
            }
        }
        file.write(Precision::F32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: GptConfig =
        GptConfig { vocab_size: 5, n_layers: 1, n_heads: 1, d_model: 4, context: 3, tied_head: true };

    fn adapter() -> AdapterFile {
        let pair = (0..2 * (4 + 12)).map(|x| x as f32).collect();
        AdapterFile { rank: 2, alpha: 8.0, base: 7, pairs: [("blocks.0.attn.qkv".to_owned(), pair)].into() }
    }

    #[test]
    fn what_is_written_is_read_and_named_as_peft_does() {
        let bytes = adapter().write(&CONFIG);
        assert_eq!(AdapterFile::read(&bytes, &CONFIG), Ok(adapter()));
        let file = TensorFile::read(&bytes).unwrap();
        let names: Vec<&String> = file.tensors.keys().collect();
        let prefix = "base_model.model.blocks.0.attn.qkv.lora_";
        assert_eq!(names, [&format!("{prefix}A.weight"), &format!("{prefix}B.weight")]);
        assert_eq!(file.tensors[&format!("{prefix}B.weight")].shape, [12, 2]);
    }

    #[test]
    fn adapters_that_do_not_fit_are_refused_in_a_sentence() {
        let refuse = |change: &dyn Fn(&mut TensorFile)| {
            let mut file = TensorFile::read(&adapter().write(&CONFIG)).unwrap();
            change(&mut file);
            AdapterFile::read(&file.write(Precision::F32), &CONFIG).unwrap_err()
        };
        let key = "base_model.model.blocks.0.attn.qkv.lora_A.weight";
        assert!(refuse(&|f| f.metadata.clear()).contains("no adapter of Glassbox"));
        assert!(refuse(&|f| drop(f.tensors.remove(key))).contains("only one of the two"));
        assert!(refuse(&|f| f.tensors.clear()).contains("no matrices"));
        assert!(refuse(&|f| f.tensors.get_mut(key).unwrap().data[0] = f32::NAN).contains("not finite"));
        assert!(refuse(&|f| f.tensors.get_mut(key).unwrap().shape = vec![4, 2]).contains("another model"));
        let strange = Array { shape: vec![1], data: vec![0.0] };
        assert!(refuse(&|f| drop(f.tensors.insert("x".into(), strange.clone()))).contains("changes x"));
        let huge = |f: &mut TensorFile| {
            let text = f.metadata[ADAPTER_KEY].replace("\"r\":2", "\"r\":99999999999");
            f.metadata.insert(ADAPTER_KEY.into(), text);
        };
        assert!(refuse(&huge).contains("1 to 256"));
        for end in 0..200 {
            assert!(AdapterFile::read(&adapter().write(&CONFIG)[..end], &CONFIG).is_err());
        }
    }
}
