//! Opening a GGUF file that was written here.

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::string_slice))]
#![cfg_attr(not(test), deny(clippy::panic, clippy::unreachable, clippy::todo, clippy::arithmetic_side_effects))]
#![cfg_attr(not(test), deny(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_possible_wrap))]

use super::{EPSILON, names, tokens};
use crate::{
    config::GptConfig,
    gguf::{Header, Reading},
    model_file::ModelFile,
    reference::layers::LAYER_NORM_EPS,
    tensor_file::{Array, CHOOSE, TensorFile},
};

pub fn read(file: &[u8]) -> Result<ModelFile, String> {
    let Reading::Whole(header) = Header::read(file, file.len() as u64)? else {
        return Err("The file is cut short: its header does not end. Save it anew.".into());
    };
    let kind = header.text("general.architecture")?;
    if kind != "gpt2" || header.get(super::ACTIVATION).and_then(|value| value.text()) != Some("gelu_erf") {
        return Err(
            "This GGUF file was written by another program, for another kind of model than those of this lab. \
                    Choose one that you saved here."
                .into(),
        );
    }
    // Another one would make another model of the same weights.
    let epsilon = header.number(EPSILON)?;
    if !(0.999..1.001).contains(&(epsilon / LAYER_NORM_EPS)) {
        return Err(format!(
            "The file says {EPSILON} {epsilon}; only {LAYER_NORM_EPS} is computed here. Choose a file that you saved here."
        ));
    }
    let size = |key: &str| header.whole(&format!("gpt2.{key}")).map(|size| usize::try_from(size).unwrap_or(usize::MAX));
    let tokenizer = tokens::read(&header)?;
    let config = GptConfig {
        vocab_size: tokenizer.vocab_size(),
        n_layers: size("block_count")?,
        n_heads: size("attention.head_count")?,
        d_model: size("embedding_length")?,
        context: size("context_length")?,
        tied_head: header.tensor("output.weight").is_none(),
    };
    config.validate().map_err(|reason| format!("The model cannot be run: {reason} {CHOOSE}"))?;
    let mut tensors = TensorFile::default();
    for (ours, shape) in config.tensors() {
        let (theirs, turned) = names::name(&ours).ok_or_else(|| format!("GGUF has no name for {ours}."))?;
        let info = header
            .tensor(&theirs)
            .ok_or_else(|| format!("The file lacks the tensor {theirs}. Save it anew from the model."))?;
        let [rows, columns] = if turned { [shape[1], shape[0]] } else { shape };
        let wanted: &[u64] = &[rows as u64, columns as u64];
        // Vectors have one size in the file.
        if info.shape != wanted && !(rows == 1 && info.shape == [columns as u64]) {
            return Err(format!(
                "Tensor {theirs} has the shape {:?}; the model needs {wanted:?}. Save it anew.",
                info.shape
            ));
        }
        let part = usize::try_from(info.offset).ok().zip(usize::try_from(info.length).ok());
        let bytes = part.and_then(|(from, length)| file.get(from..)?.get(..length));
        let bytes =
            bytes.ok_or_else(|| format!("The file is cut short: tensor {theirs} does not end. Save it anew."))?;
        let mut data = vec![0.0; rows.saturating_mul(columns)];
        if turned {
            // Row by row, because a second copy of the largest matrix would be too much beside a small file.
            let mut row = vec![0.0; columns];
            for (number, bytes) in bytes.chunks_exact(bytes.len().checked_div(rows).unwrap_or(0).max(1)).enumerate() {
                info.kind.numbers(bytes, &mut row)?;
                data.iter_mut().skip(number).step_by(rows).zip(&row).for_each(|(ours, theirs)| *ours = *theirs);
            }
        } else {
            info.kind.numbers(bytes, &mut data)?;
        }
        tensors.tensors.insert(ours, Array { shape: shape.to_vec(), data });
    }
    if tensors.tensors.len() != header.tensors().count() {
        return Err("The file holds more tensors than this kind of model has. Choose one that you saved here.".into());
    }
    ModelFile::assemble(config, tokenizer, &mut tensors)
}
