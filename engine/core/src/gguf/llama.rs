//! A Llama in a GGUF file: its sizes from the metadata, and its weights, each checked before it is read.

use super::{header::Header, tensors::Info};
use crate::{
    clip::clip,
    llama::{LIMITS, LlamaConfig},
};
use std::collections::BTreeMap;

/// A Llama that can be run, and where its weights lie.
#[derive(Debug, Clone, PartialEq)]
pub struct LlamaFile {
    /// Sizes of the model.
    pub config: LlamaConfig,
    /// Every weight in the order in which the model uses it.
    pub weights: Vec<(String, Info)>,
}

impl LlamaFile {
    /// Finds a Llama in what a file says about itself.
    ///
    /// # Errors
    /// A sentence that says what is wrong, where, and what to do.
    pub fn new(header: &Header) -> Result<Self, String> {
        let kind = header.text("general.architecture")?;
        if kind != "llama" {
            return Err(format!(
                "The file holds a model of the kind “{}”; only models of the kind “llama”, such as SmolLM2, are run here. \
                 Choose one of these.",
                clip(kind)
            ));
        }
        let config = config(header)?;
        config.validate().map_err(|why| format!("The model cannot be run here: {why} Choose another model."))?;
        let mut weights = Vec::new();
        for (name, shape) in config.weights() {
            let info = header.tensor(&name).ok_or_else(|| {
                format!("The file lacks the tensor {name}, which a Llama of its sizes has. Choose another file of it.")
            })?;
            if !shape.iter().map(|size| *size as u64).eq(info.shape.iter().copied()) {
                return Err(format!(
                    "Tensor {name} has the shape {:?}, and the file's sizes ask for {shape:?}. Choose another file of \
                     the model.",
                    info.shape
                ));
            }
            weights.push((name, info.clone()));
        }
        if weights.len() != header.tensors().count() {
            let known: std::collections::BTreeSet<&str> = weights.iter().map(|(name, _)| name.as_str()).collect();
            let other = header.tensors().map(|(name, _)| name).find(|name| !known.contains(name)).unwrap_or_default();
            return Err(format!(
                "The file holds the tensor {}, which a plain Llama does not have. Without it the model would compute \
                 something else, so it is not run. Choose a model such as SmolLM2.",
                clip(other)
            ));
        }
        Ok(Self { config, weights })
    }

    /// Reads every weight as numbers of 32 bits, for the slow reference; `bytes` fetches the bytes of one.
    ///
    /// Blocks of four bits take seven times their room that way, so whatever runs in a page has to keep the blocks.
    ///
    /// # Errors
    /// What `bytes` says, or a sentence that names the tensor and the number that is none.
    pub fn read(
        &self,
        mut bytes: impl FnMut(&Info) -> Result<Vec<u8>, String>,
    ) -> Result<BTreeMap<String, Vec<f32>>, String> {
        let mut all = BTreeMap::new();
        for (name, info) in &self.weights {
            let bytes = bytes(info)?;
            let came = bytes.len();
            let wanted = info.length;
            // Checked before the numbers get their room, which is a multiple of what came.
            let count = usize::try_from(info.numbers()).ok().filter(|_| came as u64 == wanted).ok_or_else(|| {
                format!("Tensor {name} has {wanted} bytes, but {came} came. The file has changed: choose it again.")
            })?;
            let mut numbers = vec![0.0; count];
            info.kind.numbers(&bytes, &mut numbers)?;
            if let Some((at, number)) = numbers.iter().enumerate().find(|(_, number)| !number.is_finite()) {
                return Err(format!(
                    "Tensor {name} holds {number} at position {at}; a model needs finite numbers. Fetch the file anew."
                ));
            }
            all.insert(name.clone(), numbers);
        }
        Ok(all)
    }
}

fn config(header: &Header) -> Result<LlamaConfig, String> {
    let size =
        |key: &str| header.whole(&format!("llama.{key}")).map(|size| usize::try_from(size).unwrap_or(usize::MAX));
    let or =
        |key: &str, other: usize| if header.get(&format!("llama.{key}")).is_some() { size(key) } else { Ok(other) };
    let d_model = size("embedding_length")?;
    let n_heads = size("attention.head_count")?;
    let n_kv_heads = or("attention.head_count_kv", n_heads)?;
    let usual = d_model.checked_div(n_heads).filter(|_| d_model.is_multiple_of(n_heads)).ok_or_else(|| {
        format!(
            "The model cannot be run here: a width of {d_model} cannot be cut into {n_heads} heads. Choose another file \
             of it."
        )
    })?;
    let d_head = or("attention.key_length", usual)?;
    let turned = or("rope.dimension_count", d_head)?;
    if turned != d_head || or("attention.value_length", d_head)? != d_head {
        return Err(format!(
            "The model cannot be run here: its heads are {d_head} wide, and of their keys {turned} numbers are turned by \
             the position; here both widths, and that of the values, must be the same. Choose a model such as SmolLM2."
        ));
    }
    if let Some(scaling) = header.get("llama.rope.scaling.type")
        && scaling.text() != Some("none")
    {
        return Err(format!(
            "The model cannot be run here: it stretches its positions ({}). Choose a model such as SmolLM2.",
            clip(scaling.text().unwrap_or_default())
        ));
    }
    let rows = header.tensor("token_embd.weight").and_then(|info| info.shape.first().copied());
    let rows = rows.and_then(|rows| usize::try_from(rows).ok()).unwrap_or(0);
    let rope_base = match header.get("llama.rope.freq_base") {
        Some(_) => header.number("llama.rope.freq_base")?,
        None => 10_000.0,
    };
    Ok(LlamaConfig {
        vocab_size: or("vocab_size", rows)?,
        n_layers: size("block_count")?,
        n_heads,
        n_kv_heads,
        d_model,
        d_head,
        d_ff: size("feed_forward_length")?,
        context: size("context_length")?.min(LIMITS.context),
        rope_base,
        rms_eps: header.number("llama.attention.layer_norm_rms_epsilon")?,
        tied_head: header.tensor("output.weight").is_none(),
    })
}
