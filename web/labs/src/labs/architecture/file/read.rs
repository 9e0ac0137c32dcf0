//! The learner's files: which is which, and reading them a stretch at a time. Nothing here leaves the device.

use engine_core::{
    gpt2_file::{MOST_HEADER, Piece},
    jobs::gpt2::{OpenGpt2, TokenizerFiles},
};
use crate::{address, large_file::stretch};
use gloo::net::http::Request;
use js_sys::{Array, Uint8Array};
use kit::t;
use web_sys::{Blob, FileList};

/// Texts such as `vocab.json` are never longer.
const MOST_TEXT: f64 = 16_777_216.0;

/// What a file is, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Model,
    Config,
    Vocab,
    Merges,
    Tokenizer,
    /// Lies beside a model and is not needed.
    Beside,
}

fn kind(name: &str) -> Option<Kind> {
    let name = name.to_ascii_lowercase();
    let beside = ["tokenizer_config.json", "generation_config.json", "special_tokens_map.json", "readme.md"];
    if beside.contains(&name.as_str()) {
        return Some(Kind::Beside);
    }
    let endings = [
        (".safetensors", Kind::Model),
        ("tokenizer.json", Kind::Tokenizer),
        ("vocab.json", Kind::Vocab),
        ("merges.txt", Kind::Merges),
        ("config.json", Kind::Config),
    ];
    endings.into_iter().find(|(ending, _)| name.ends_with(ending)).map(|(_, kind)| kind)
}

/// A file and its name.
pub type Named = (String, Blob);

/// The files that the learner chose or dropped.
pub fn chosen(list: &FileList) -> Vec<Named> {
    (0..list.length()).filter_map(|at| list.get(at)).map(|file| (file.name(), file.into())).collect()
}

/// The model that is shipped for practice: random numbers, written by the reference library.
///
/// # Errors
/// A sentence, where it cannot be fetched.
pub async fn practice() -> Result<Vec<Named>, String> {
    let mut files = Vec::new();
    for name in ["model.safetensors", "config.json", "vocab.json", "merges.txt"] {
        let lost = |_| t!("architecture.file_no_practice").to_owned();
        let at = address::absolute(&format!("models/random-gpt2/{name}"));
        let response = Request::get(&at).send().await.map_err(lost)?;
        if !response.ok() {
            return Err(t!("architecture.file_no_practice").into());
        }
        let bytes = response.binary().await.map_err(lost)?;
        let parts = Array::of1(&Uint8Array::from(bytes.as_slice()));
        let blob = Blob::new_with_u8_array_sequence(&parts).map_err(|_| t!("architecture.file_no_practice"))?;
        files.push((name.to_owned(), blob));
    }
    Ok(files)
}

/// The files that are open.
#[derive(Clone, Default)]
pub struct Files {
    model: Option<Named>,
    config: Option<String>,
    tokenizer: TokenizerFiles,
}

impl Files {
    /// Adds files; a new model takes the place of everything that was open.
    ///
    /// # Errors
    /// A sentence that says which file cannot be used, and what can.
    pub async fn add(self, files: Vec<Named>) -> Result<Self, String> {
        let models = files.iter().filter(|(name, _)| kind(name) == Some(Kind::Model)).count();
        if models > 1 {
            return Err(t!("architecture.file_several").into());
        }
        let mut all = if models == 1 { Self::default() } else { self };
        for file in files {
            match kind(&file.0) {
                Some(Kind::Model) => all.model = Some(file),
                Some(Kind::Config) => all.config = Some(text(&file).await?),
                Some(Kind::Vocab) => all.tokenizer.vocab = Some(text(&file).await?),
                Some(Kind::Merges) => all.tokenizer.merges = Some(text(&file).await?),
                Some(Kind::Tokenizer) => all.tokenizer.whole = Some(text(&file).await?),
                Some(Kind::Beside) => {}
                None => return Err(t!("architecture.file_unknown", name = file.0)),
            }
        }
        if all.model.is_none() {
            return Err(t!("architecture.file_no_model").into());
        }
        Ok(all)
    }

    /// The model's name and size in bytes.
    pub fn model(&self) -> (String, f64) {
        self.model.as_ref().map_or_else(|| (String::new(), 0.0), |(name, blob)| (name.clone(), blob.size()))
    }

    /// The question that opens the model: only its beginning is read.
    ///
    /// # Errors
    /// A sentence, where the browser cannot read the file.
    pub async fn ask(&self, n_heads: Option<usize>) -> Result<OpenGpt2, String> {
        let Some(file) = &self.model else { return Err(t!("architecture.file_no_model").into()) };
        let size = file.1.size();
        let head = stretch(&file.0, &file.1, 0, (size as u64).min(MOST_HEADER as u64 + 8)).await?;
        let (config, tokenizer) = (self.config.clone(), self.tokenizer.clone());
        Ok(OpenGpt2 { size: size as u64, head, config, n_heads, tokenizer })
    }

    /// A stretch of the model.
    ///
    /// # Errors
    /// A sentence, where the browser cannot read the file.
    pub async fn piece(&self, piece: Piece) -> Result<Vec<u8>, String> {
        let Some(file) = &self.model else { return Err(t!("architecture.file_no_model").into()) };
        stretch(&file.0, &file.1, piece.offset, piece.offset + piece.length as u64).await
    }
}

async fn text(file: &Named) -> Result<String, String> {
    let (name, size) = (&file.0, file.1.size());
    if size > MOST_TEXT {
        return Err(t!("architecture.file_long_text", name = name));
    }
    let bytes = stretch(name, &file.1, 0, size as u64).await?;
    String::from_utf8(bytes).map_err(|_| t!("architecture.file_no_text", name = name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_their_names() {
        let known = [
            ("model.safetensors", Kind::Model),
            ("My Model.SafeTensors", Kind::Model),
            ("config.json", Kind::Config),
            ("tokenizer_config.json", Kind::Beside),
            ("tokenizer.json", Kind::Tokenizer),
            ("gpt2-vocab.json", Kind::Vocab),
            ("merges.txt", Kind::Merges),
        ];
        for (name, wanted) in known {
            assert_eq!(kind(name), Some(wanted), "{name}");
        }
        assert!(["pytorch_model.bin", "model.gguf", ""].iter().all(|name| kind(name).is_none()));
    }
}
