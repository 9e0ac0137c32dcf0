//! The header of an encoder's file, and the sizes that its shapes tell.

use super::{
    Arithmetic, CONFIG_KEY, MOST_HEADER,
    config::{Declared, EncoderConfig},
};
use kernels::int8::tiles::LONGEST;
use safetensors::{Dtype, tensor::Metadata};
use std::collections::{BTreeMap, BTreeSet};

/// Most tensors that a file may name. MiniLM has 104.
const MOST_TENSORS: usize = 4000;
/// Most layers: twice those of the largest BERT.
const MOST_LAYERS: usize = 48;
/// Most pieces of a vocabulary.
const MOST_VOCAB: usize = 300_000;
/// Most positions.
const MOST_CONTEXT: usize = 8192;

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

/// The tensors of a file by name, and its metadata.
pub struct Header {
    tensors: BTreeMap<String, Info>,
    config: Option<String>,
}

impl Header {
    /// Reads the header and checks it against the file's size.
    pub fn read(head: &[u8], size: u64) -> Result<Self, String> {
        let Some((first, rest)) = head.split_first_chunk::<8>() else {
            return Err(format!(
                "The file has only {} bytes; a safetensors file starts with 8 bytes of header length. Choose the file \
                 of a sentence encoder.",
                head.len()
            ));
        };
        let length = u64::from_le_bytes(*first);
        if length > MOST_HEADER as u64 {
            return Err(
                "This is not a safetensors file of an encoder: its first 8 bytes do not give a sensible header \
                        length. A file that ends in .bin or .onnx cannot be read here; look for model.safetensors."
                    .into(),
            );
        }
        let Some(json) = usize::try_from(length).ok().and_then(|length| rest.get(..length)) else {
            return Err(format!(
                "The file is cut short: its header should have {length} bytes, but only {} are there. Fetch it anew.",
                rest.len()
            ));
        };
        let metadata: Metadata = serde_json::from_slice(json).map_err(|why| {
            format!("The file's header cannot be read: {why}. The file is damaged, or no safetensors file.")
        })?;
        let start = length.saturating_add(8);
        let wanted = start.saturating_add(metadata.data_len() as u64);
        if wanted != size {
            let what = if size < wanted { "cut short" } else { "longer than its header says" };
            return Err(format!(
                "The file is {what}: {wanted} bytes are named in it, and it has {size}. Fetch it anew."
            ));
        }
        let found = metadata.tensors();
        if found.len() > MOST_TENSORS {
            return Err(format!(
                "The file names {} tensors; at most {MOST_TENSORS} are read here. It is no sentence encoder.",
                found.len()
            ));
        }
        let mut tensors = BTreeMap::new();
        for (name, info) in found {
            if name.len() > 256 || name.chars().any(char::is_control) {
                return Err(
                    "A tensor's name is longer than 256 bytes or holds control characters: the file is damaged. Fetch \
                     it anew."
                        .into(),
                );
            }
            let (from, to) = info.data_offsets;
            let offset = start.saturating_add(from as u64);
            let length = to.saturating_sub(from);
            tensors.insert(name, Info { dtype: info.dtype, shape: info.shape.clone(), offset, length });
        }
        let config = metadata.metadata().as_ref().and_then(|said| said.get(CONFIG_KEY).cloned());
        Ok(Self { tensors, config })
    }

    /// A tensor by name.
    pub fn tensor(&self, name: &str) -> Option<&Info> {
        self.tensors.get(name)
    }

    /// The names of all tensors.
    pub fn names(&self) -> impl Iterator<Item = &String> {
        self.tensors.keys()
    }

    /// The sizes that the shapes tell, what `config.json` or the file itself says, and how matrices are kept.
    pub fn config(&self, text: Option<&str>) -> Result<(EncoderConfig, Arithmetic), String> {
        let words = "embeddings.word_embeddings.weight";
        let [vocab_size, d_model] = self.matrix(words)?;
        let kept = match self.tensor(words).map(|info| info.dtype) {
            Some(Dtype::I8) => Arithmetic::Whole,
            Some(Dtype::F32) => Arithmetic::Float,
            other => {
                let other = other.map_or_else(|| "no type".to_owned(), |dtype| format!("{dtype:?}"));
                return Err(format!(
                    "Tensor {words} holds numbers of the type {other}; only F32, and I8 with scales, can be read. Save \
                     the model in F32."
                ));
            }
        };
        let [context, _] = self.matrix("embeddings.position_embeddings.weight")?;
        let [sentence_types, _] = self.matrix("embeddings.token_type_embeddings.weight")?;
        let [d_ff, _] = self.matrix("encoder.layer.0.intermediate.dense.weight")?;
        let numbers = self.names().filter_map(|name| name.strip_prefix("encoder.layer.")?.split('.').next());
        let layers: BTreeSet<&str> = numbers.collect();
        let n_layers = layers.len();
        for (what, found, most) in [
            ("layers", n_layers, MOST_LAYERS),
            ("pieces in its vocabulary", vocab_size, MOST_VOCAB),
            ("positions", context, MOST_CONTEXT),
            ("numbers in a token's vector", d_model, LONGEST),
            ("numbers inside a feed-forward layer", d_ff, LONGEST),
            ("kinds of sentences", sentence_types, 16),
        ] {
            if !(1..=most).contains(&found) {
                return Err(format!(
                    "The model has {found} {what}; between 1 and {most} are possible here. Choose a smaller encoder, \
                     such as all-MiniLM-L6-v2."
                ));
            }
        }
        let text = self.config.as_deref().or(text).ok_or(
            "No file says how many heads the encoder has. Open config.json together with the model, or the file that \
             this course has made of it.",
        )?;
        let said = Declared::read(text)?;
        let n_heads = said.num_attention_heads;
        if d_model.checked_rem(n_heads) != Some(0) {
            return Err(format!(
                "{d_model} numbers cannot be shared out among {n_heads} heads. Open the config.json of this very model."
            ));
        }
        #[expect(clippy::cast_possible_truncation, reason = "between 0 and 1, and rounding is meant")]
        let eps = said.layer_norm_eps as f32;
        let config = EncoderConfig { vocab_size, context, sentence_types, d_model, d_ff, n_layers, n_heads, eps };
        Ok((config, kept))
    }

    fn matrix(&self, name: &str) -> Result<[usize; 2], String> {
        let info = self.tensor(name).ok_or_else(|| self.lacks(name))?;
        <[usize; 2]>::try_from(info.shape.as_slice()).map_err(|_| {
            format!(
                "Tensor {name} has the shape {:?}; a matrix of two sizes is needed there. Choose a BERT such as \
                 all-MiniLM-L6-v2.",
                info.shape
            )
        })
    }

    /// Says that a tensor is missing, and what kind of file it may be.
    pub fn lacks(&self, name: &str) -> String {
        let some: Vec<&str> = self.names().map(String::as_str).take(2).collect();
        let has = if some.is_empty() {
            "no tensor at all".to_owned()
        } else {
            format!("tensors such as {}", some.join(" and "))
        };
        format!(
            "The file lacks the tensor {name}, which every encoder of BERT's kind has. It holds {has}. Choose a model \
             in the layout of Hugging Face's BertModel, in a single file."
        )
    }
}
