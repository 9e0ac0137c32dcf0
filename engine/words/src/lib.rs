//! Published vocabularies: GPT-2's, cl100k, o200k and BERT's, each through the crate `tokenizers` of Hugging Face.
//!
//! The files are ours: see `xtask/data/make_vocabularies.py`. They say what each token spells and which merge makes it.

mod bert;
mod byte_pairs;

use engine_core::{jobs::tokenize::Which, subwords::Token};

/// A vocabulary that is ready to cut texts.
pub struct Vocabulary(Kind);

enum Kind {
    BytePairs(Box<byte_pairs::BytePairs>),
    Bert(Box<bert::Bert>),
}

impl Vocabulary {
    /// Reads the file of a vocabulary.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn read(which: Which, file: &[u8]) -> Result<Self, String> {
        let byte_pairs =
            |special| byte_pairs::BytePairs::read(file, special).map(|model| Kind::BytePairs(Box::new(model)));
        let kind = match which {
            Which::Gpt2 => byte_pairs(byte_pairs::GPT2)?,
            Which::Cl100k => byte_pairs(byte_pairs::CL100K)?,
            Which::O200k => byte_pairs(byte_pairs::O200K)?,
            Which::Bert => Kind::Bert(Box::new(bert::Bert::read(file)?)),
            _ => return Err(format!("There is no published vocabulary called {}.", which.name())),
        };
        Ok(Self(kind))
    }

    /// How many tokens it has, those for special purposes left out of GPT's.
    pub fn size(&self) -> usize {
        match &self.0 {
            Kind::BytePairs(model) => model.size(),
            Kind::Bert(model) => model.size(),
        }
    }

    /// Cuts a text. Nothing that stands in it is taken for a special token, and none is added.
    ///
    /// # Errors
    /// What `tokenizers` says; a text alone is no reason for it.
    pub fn encode(&self, text: &str) -> Result<Vec<Token>, String> {
        match &self.0 {
            Kind::BytePairs(model) => model.encode(text),
            Kind::Bert(model) => model.encode(text),
        }
        .map_err(|error| format!("The text could not be cut into tokens: {error}."))
    }
}

/// What the crate calls an error.
type Fallible<T> = tokenizers::Result<T>;
