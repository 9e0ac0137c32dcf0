//! The header of an encoder's file, and the sizes that its shapes tell.

use super::{
    Arithmetic, CONFIG_KEY, MOST_HEADER,
    config::{Declared, EncoderConfig},
};
use crate::tensor_file::header::{Header as File, Info};
use kernels::int8::tiles::LONGEST;
use safetensors::Dtype;
use std::collections::BTreeSet;

/// Most tensors that a file may name. MiniLM has 104.
const MOST_TENSORS: usize = 4000;
/// Most layers: twice those of the largest BERT.
const MOST_LAYERS: usize = 48;
/// Most pieces of a vocabulary.
const MOST_VOCAB: usize = 300_000;
/// Most positions.
const MOST_CONTEXT: usize = 8192;

/// What to do about a file of the wrong kind.
const CHOOSE: &str = "Choose the file model.safetensors of a sentence encoder; one that ends in .bin or .onnx cannot be \
                      read here.";
/// What to do about a model of the wrong kind.
const LAYOUT: &str = "Choose a model in the layout of Hugging Face's BertModel, in a single file.";

/// The tensors of a file by name, and its metadata.
pub struct Header(File);

impl Header {
    /// Reads the header and checks it against the file's size.
    pub fn read(head: &[u8], size: u64) -> Result<Self, String> {
        // What holds for every safetensors file leaves more room than an encoder needs.
        let file = File::read_short(head, size, MOST_HEADER, CHOOSE)?;
        if file.tensors.len() > MOST_TENSORS {
            return Err(format!(
                "The file names {} tensors; at most {MOST_TENSORS} are read here, so it is no sentence encoder. {CHOOSE}",
                file.tensors.len()
            ));
        }
        Ok(Self(file))
    }

    /// A tensor by name.
    pub fn tensor(&self, name: &str) -> Option<&Info> {
        self.0.tensors.get(name)
    }

    /// The names of all tensors.
    pub fn names(&self) -> impl Iterator<Item = &String> {
        self.0.tensors.keys()
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
        let text = self.0.texts.get(CONFIG_KEY).map(String::as_str).or(text).ok_or(
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
        info.two_sizes(name, "Choose a BERT such as all-MiniLM-L6-v2.")
    }

    /// Says that a tensor is missing, and what kind of file it may be.
    pub fn lacks(&self, name: &str) -> String {
        self.0.lacks(name, "encoder of BERT's kind", LAYOUT)
    }
}
