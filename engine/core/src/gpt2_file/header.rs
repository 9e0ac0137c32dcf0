//! The header of a safetensors file, and the sizes that its shapes tell.

use super::MOST_HEADER;
use crate::config::{GptConfig, LIMITS};
use safetensors::{Dtype, tensor::Metadata};
use std::collections::BTreeMap;

/// Most tensors that a file may name. GPT-2 XL has 580.
const MOST_TENSORS: usize = 20_000;

/// One tensor of the file.
#[derive(Debug, Clone)]
pub struct Info {
    /// The type of its numbers.
    pub dtype: Dtype,
    /// Sizes, outermost first.
    pub shape: Vec<usize>,
    /// Where its bytes begin, from the start of the file.
    pub offset: u64,
    /// How many bytes.
    pub length: usize,
}

/// The tensors of a file by name.
pub struct Header {
    tensors: BTreeMap<String, Info>,
}

impl Header {
    /// Reads the header and checks it against the file's size.
    pub fn read(head: &[u8], size: u64) -> Result<Self, String> {
        let Some(length) = head.first_chunk::<8>().map(|bytes| u64::from_le_bytes(*bytes)) else {
            return Err(format!(
                "The file has only {} bytes; a safetensors file starts with 8 bytes of header length. Choose the file \
                 model.safetensors of a GPT-2.",
                head.len()
            ));
        };
        if length > MOST_HEADER as u64 {
            return Err("This is not a safetensors file: its first 8 bytes do not give a sensible header length. A \
                        pytorch_model.bin cannot be read here; look for model.safetensors beside it."
                .into());
        }
        let Some(json) = usize::try_from(length).ok().and_then(|length| head.get(8..8 + length)) else {
            return Err(format!(
                "The file is cut short: its header should have {length} bytes, but only {} are there. Fetch it anew.",
                head.len() - 8
            ));
        };
        let metadata: Metadata = serde_json::from_slice(json).map_err(|why| {
            format!("The file's header cannot be read: {why}. The file is damaged, or no safetensors file.")
        })?;
        let start = 8 + length;
        let wanted = start + metadata.data_len() as u64;
        if wanted != size {
            let what = if size < wanted { "cut short" } else { "longer than its header says" };
            return Err(format!(
                "The file is {what}: {wanted} bytes are named in it, and it has {size}. Fetch it anew."
            ));
        }
        let found = metadata.tensors();
        if found.len() > MOST_TENSORS {
            return Err(format!("The file names {} tensors; at most {MOST_TENSORS} are allowed.", found.len()));
        }
        let mut tensors = BTreeMap::new();
        for (name, info) in found {
            if name.len() > 256 || name.chars().any(char::is_control) {
                return Err("A tensor's name is longer than 256 bytes or holds control characters.".into());
            }
            let (from, to) = info.data_offsets;
            let info =
                Info { dtype: info.dtype, shape: info.shape.clone(), offset: start + from as u64, length: to - from };
            tensors.insert(name, info);
        }
        Ok(Self { tensors })
    }

    /// Every tensor by name.
    pub fn tensors(&self) -> impl Iterator<Item = (&String, &Info)> {
        self.tensors.iter()
    }

    /// The tensor that GPT-2 calls `name`, with the name it has here: files of a whole language model say
    /// `transformer.` in front.
    pub fn find(&self, name: &str) -> Result<Option<(&String, &Info)>, String> {
        let long = format!("transformer.{name}");
        match (self.tensors.get_key_value(name), self.tensors.get_key_value(&long)) {
            (Some(_), Some(_)) => Err(format!(
                "The file holds both {name} and {long}; one of them is too many, and which cannot be told."
            )),
            (found, None) | (None, found) => Ok(found),
        }
    }

    /// The sizes that the shapes tell; the number of heads is none of them, and stays 1.
    pub fn sizes(&self) -> Result<GptConfig, String> {
        let [vocab_size, d_model] = self.matrix("wte.weight")?;
        let [context, _] = self.matrix("wpe.weight")?;
        let [_, d_ff] = self.matrix("h.0.mlp.c_fc.weight")?;
        if Some(d_ff) != d_model.checked_mul(4) {
            return Err(format!(
                "h.0.mlp.c_fc.weight is {d_ff} wide, and the width of the model is {d_model}. Only MLPs four times as \
                 wide as the model, as in every published GPT-2, can be run here."
            ));
        }
        let mut n_layers = 0;
        for name in self.tensors.keys() {
            let bare = name.strip_prefix("transformer.").unwrap_or(name);
            let number = bare.strip_prefix("h.").and_then(|rest| rest.split('.').next());
            let Some(number) = number else {
                if !["wte.weight", "wpe.weight", "ln_f.weight", "ln_f.bias", "lm_head.weight"].contains(&bare) {
                    return Err(unknown(name));
                }
                continue;
            };
            let layer: usize = number.parse().ok().filter(|layer| *layer < 1000).ok_or_else(|| unknown(name))?;
            n_layers = n_layers.max(layer + 1);
        }
        if n_layers > LIMITS.n_layers {
            return Err(format!(
                "The model has {n_layers} blocks; at most {} can be run here. GPT-2 small has 12, medium 24.",
                LIMITS.n_layers
            ));
        }
        let tied_head = self.find("lm_head.weight")?.is_none();
        Ok(GptConfig { vocab_size, n_layers, n_heads: 1, d_model, context, tied_head })
    }

    fn matrix(&self, name: &str) -> Result<[usize; 2], String> {
        let Some((_, info)) = self.find(name)? else { return Err(self.lacks(name)) };
        <[usize; 2]>::try_from(info.shape.as_slice()).map_err(|_| {
            format!("Tensor {name} has the shape {:?}; a matrix of two sizes is needed there.", info.shape)
        })
    }

    /// Says that a tensor is missing, and what kind of file it may be.
    pub fn lacks(&self, name: &str) -> String {
        let some: Vec<&str> = self.tensors.keys().map(String::as_str).take(2).collect();
        let has = if some.is_empty() {
            "no tensor at all".to_owned()
        } else {
            format!("tensors such as {}", some.join(" and "))
        };
        format!(
            "The file lacks the tensor {name}, which every GPT-2 has. It holds {has}. Choose a model in the layout of \
             Hugging Face's GPT-2, in a single file."
        )
    }
}

/// Says that a tensor belongs to some other kind of model.
pub fn unknown(name: &str) -> String {
    format!(
        "The file holds the tensor {name}, which GPT-2 does not have. Without it the model would compute something \
         else, so it is not run. Choose a plain GPT-2 language model."
    )
}
