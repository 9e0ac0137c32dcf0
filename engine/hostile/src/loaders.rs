//! The loaders under one roof: each takes bytes, goes as far with them as it can, and answers in a sentence.

use crate::files;
use engine_core::{
    adapter_file::AdapterFile,
    encoder, export,
    gguf::{Header, LlamaFile, Reading},
    gpt2_file::{MOST_HEADER, Plan},
    job::Job,
    jobs::gpt2::OpenGpt2,
    model_file::ModelFile,
    tensor_file::TensorFile,
    tokenizer::{Gpt2Tokenizer, chat::ChatMl},
    wire::{FromWorker, ToWorker, decode},
    word_vectors::published,
};

/// Blocks of four bits become numbers of 32, so weights are only read from small files here.
const SMALL: usize = 1 << 20;
const TEXT: &str = "Any text, 42 of them: größer <|endoftext|>";

/// A loader of files from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Loader {
    /// Any safetensors file.
    Safetensors,
    /// A model or checkpoint of our own.
    Checkpoint,
    /// `config.json`, a zero byte, and the safetensors file of a GPT-2.
    Gpt2,
    /// `vocab.json`, a zero byte, and `merges.txt`.
    Gpt2Vocabulary,
    /// `tokenizer.json`.
    TokenizerJson,
    /// A model in the format of llama.cpp, with its tokenizer and its frame for chats.
    Gguf,
    /// Published word vectors.
    WordVectors,
    /// `config.json`, a zero byte, and the safetensors file of a sentence encoder.
    Encoder,
    /// A learner's model in one of the formats it can be saved in.
    Exported,
    /// A LoRA adapter for a small model.
    Adapter,
    /// A message between page and worker, after a byte that says who sent it.
    Message,
}

impl Loader {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Safetensors,
        Self::Checkpoint,
        Self::Gpt2,
        Self::Gpt2Vocabulary,
        Self::TokenizerJson,
        Self::Gguf,
        Self::WordVectors,
        Self::Encoder,
        Self::Exported,
        Self::Adapter,
        Self::Message,
    ];

    /// The name of its fuzz target and of the folder of its corpus.
    pub fn name(self) -> &'static str {
        match self {
            Self::Safetensors => "safetensors",
            Self::Checkpoint => "checkpoint",
            Self::Gpt2 => "gpt2",
            Self::Gpt2Vocabulary => "gpt2_vocabulary",
            Self::TokenizerJson => "tokenizer_json",
            Self::Gguf => "gguf",
            Self::WordVectors => "word_vectors",
            Self::Encoder => "encoder",
            Self::Exported => "exported",
            Self::Adapter => "adapter",
            Self::Message => "message",
        }
    }

    /// Small files that it takes, by name.
    pub fn sound(self) -> Vec<(&'static str, Vec<u8>)> {
        files::sound(self)
    }

    /// Reads a file, uses what came of it, and forgets it.
    ///
    /// # Errors
    /// The sentence that a learner sees.
    pub fn open(self, file: &[u8]) -> Result<(), String> {
        match self {
            Self::Safetensors => TensorFile::read(file).map(drop),
            Self::Checkpoint => checkpoint(file),
            Self::Gpt2 => gpt2(file),
            Self::Gpt2Vocabulary => {
                let (vocab, merges) = two(file);
                Gpt2Tokenizer::from_files(&text(vocab), &text(merges)).map(|it| used(&it))
            }
            Self::TokenizerJson => Gpt2Tokenizer::from_whole(&text(file)).map(|it| used(&it)),
            Self::Gguf => gguf(file),
            Self::WordVectors => published::read(file)
                .map(drop)
                .map_err(|why| format!("The file of the published vectors cannot be read: {why}. Reload the page.")),
            Self::Encoder => encoder(file),
            Self::Exported => export::read(file).map(drop),
            Self::Adapter => AdapterFile::read(file, &files::ADAPTED).map(drop),
            Self::Message => message(file),
        }
    }
}

fn checkpoint(file: &[u8]) -> Result<(), String> {
    let model = ModelFile::read(file)?;
    let encoded = model.tokenizer.encode(TEXT);
    model.tokenizer.decode(&encoded.ids);
    Ok(())
}

fn gpt2(file: &[u8]) -> Result<(), String> {
    let (config, model) = two(file);
    let config = (!config.is_empty()).then(|| text(config));
    let head = model.get(..MOST_HEADER + 8).unwrap_or(model);
    let (plan, mut loading) = Plan::new(head, model.len() as u64, config.as_deref(), None)?;
    for (number, piece) in plan.pieces.iter().enumerate() {
        loading.feed(number, stretch(model, piece.offset, piece.length))?;
    }
    loading.finish().map(drop)
}

fn encoder(file: &[u8]) -> Result<(), String> {
    let (config, model) = two(file);
    let config = (!config.is_empty()).then(|| text(config));
    let head = model.get(..encoder::MOST_HEADER + 8).unwrap_or(model);
    let (plan, mut loading) = encoder::Plan::new(head, model.len() as u64, config.as_deref())?;
    for (number, piece) in plan.pieces.iter().enumerate() {
        loading.feed(number, stretch(model, piece.offset, piece.length))?;
    }
    loading.finish().map(drop)
}

/// A stretch of a file, or what there is of it.
fn stretch(file: &[u8], from: u64, length: usize) -> &[u8] {
    let rest = usize::try_from(from).ok().and_then(|from| file.get(from..)).unwrap_or_default();
    rest.get(..length).unwrap_or(rest)
}

fn gguf(file: &[u8]) -> Result<(), String> {
    let header = match Header::read(file, file.len() as u64)? {
        Reading::Whole(header) => header,
        Reading::More(bytes) => return Err(format!("The whole file is there, and {bytes} bytes were wanted.")),
    };
    // Both are read whatever came of the other.
    let tokenizer = Gpt2Tokenizer::from_gguf(&header);
    let model = LlamaFile::new(&header)?;
    let tokenizer = tokenizer?;
    used(&tokenizer);
    let chat = ChatMl::from_gguf(&header, &tokenizer)?;
    chat.encode(&tokenizer, &[]);
    if file.len() > SMALL {
        return Ok(());
    }
    model.read(|info| Ok(stretch(file, info.offset, usize::try_from(info.length).unwrap_or(0)).to_vec())).map(drop)
}

fn message(file: &[u8]) -> Result<(), String> {
    match file.split_first() {
        Some((0, message)) => match decode(message)? {
            ToWorker::Start { job, body, .. } if job == OpenGpt2::NAME => decode::<OpenGpt2>(&body).map(drop),
            _ => Ok(()),
        },
        Some((_, message)) => decode::<FromWorker>(message).map(drop),
        None => decode::<ToWorker>(file).map(drop),
    }
}

fn used(tokenizer: &Gpt2Tokenizer) {
    tokenizer.decode(&tokenizer.encode(TEXT));
}

/// The two files, before and after the first zero byte; without one, the first is empty.
fn two(file: &[u8]) -> (&[u8], &[u8]) {
    match file.iter().position(|byte| *byte == 0) {
        Some(at) => {
            file.split_at_checked(at).map_or((file, file), |(first, rest)| (first, rest.get(1..).unwrap_or(rest)))
        }
        None => (&[], file),
    }
}

/// As a browser reads a text file: what is no character becomes a sign for that.
fn text(file: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(file)
}
