//! Continuing a text with a KV-cache, one token at a time.

use crate::{
    gpt::Decoder,
    run::{Context, Sessions},
    train::{Trainer, job::Session},
};
use engine_core::{
    config::GptConfig,
    job::JobError,
    jobs::{
        ModelSource, TokenChance,
        generate::{Continuation, Generate, Generated},
    },
    model_file::ModelFile,
    reference::{gpt::Weights, softmax::softmax},
    rng::{Rng, Stream},
    sampling::{self, Sampling},
    tokenizer::Tokenizer,
};

/// The most tokens one job may add.
const MOST_TOKENS: u32 = 2000;

pub(crate) async fn run(job: Generate, cx: Context<Generate>) -> Result<Continuation, JobError> {
    job.sampling.validate().map_err(JobError::Invalid)?;
    if job.tokens == 0 || job.tokens > MOST_TOKENS {
        return Err(JobError::Invalid(format!(
            "{} tokens were asked for; between 1 and {MOST_TOKENS} can be written.",
            job.tokens
        )));
    }
    let Model { config, weights, tokenizer } = open(job.model, cx.sessions()).await?;
    let encoded = tokenizer.encode(&job.prompt);
    let prompt = or_start(encoded.ids, &tokenizer);
    let mut writer = Writer::new(config, &weights, &prompt);
    let mut written = Vec::new();
    let mut first = 0.0;
    for n in 0..job.tokens {
        let pick = writer.next(&job.sampling);
        written.push(pick.id);
        cx.update(&Generated {
            text: tokenizer.decode(&written),
            token: tokenizer.show(pick.id),
            chances: chances(&tokenizer, &pick.logits, 12),
            probability: pick.probabilities[pick.id as usize],
            uniform: pick.uniform,
        });
        if n == 0 {
            first = cx.now();
        }
        cx.checkpoint().await?;
    }
    let seconds = ((cx.now() - first) / 1e3).max(1e-6);
    Ok(Continuation {
        text: tokenizer.decode(&written),
        tokens_per_s: f64::from(job.tokens - 1) / seconds,
        unknown: encoded.unknown.into_iter().collect(),
    })
}

/// The prompt, if there is one: else a start as after a line's end, or with the first token there is.
pub(crate) fn or_start(prompt: Vec<u32>, tokenizer: &Tokenizer) -> Vec<u32> {
    let found = [prompt, tokenizer.encode("\n").ids].into_iter().find(|ids| !ids.is_empty());
    found.unwrap_or_else(|| vec![0])
}

/// A model that is ready to be read from.
pub(crate) struct Model {
    pub(crate) config: GptConfig,
    pub(crate) weights: Weights,
    pub(crate) tokenizer: Tokenizer,
}

/// Opens a model from a file, or looks at one in training.
pub(crate) async fn open(source: ModelSource, sessions: &Sessions) -> Result<Model, JobError> {
    match source {
        ModelSource::File(bytes) => {
            let ModelFile { config, weights, tokenizer, .. } = ModelFile::read(&bytes).map_err(JobError::Invalid)?;
            Ok(Model { config, weights, tokenizer })
        }
        ModelSource::Session(id) => {
            let session = sessions.get::<Session>(id)?;
            let weights = Trainer::weights(&session.trainer).await?;
            let trainer = session.trainer.borrow();
            Ok(Model { config: trainer.config, weights, tokenizer: trainer.tokenizer.clone() })
        }
    }
}

/// The likeliest of `logits: [vocab]` as probabilities, best first.
pub(crate) fn chances(tokenizer: &Tokenizer, logits: &[f32], n: usize) -> Vec<TokenChance> {
    let logits: Vec<f64> = logits.iter().map(|&x| f64::from(x)).collect();
    let probabilities: Vec<f32> = softmax(&logits).into_iter().map(|p| p as f32).collect();
    let best = sampling::top(&probabilities, n).into_iter();
    best.map(|(id, probability)| TokenChance { token: tokenizer.show(id as u32), probability }).collect()
}

/// One chosen token and what it was chosen from.
pub(crate) struct Pick {
    pub(crate) id: u32,
    pub(crate) logits: Vec<f32>,
    /// What it was drawn from, after all filters.
    pub(crate) probabilities: Vec<f32>,
    pub(crate) uniform: f64,
}

/// Writes on from a prompt, on the CPU: one row at a time is too little work for a GPU. Each token but
/// the first costs one row, until the context is full; then the newer half of the text is read again,
/// because learned positions cannot slide.
pub(crate) struct Writer {
    decoder: Decoder,
    context: usize,
    text: Vec<u32>,
    /// Tokens at the end of `text` that the decoder has not read.
    unread: usize,
    written: u32,
}

impl Writer {
    /// # Panics
    /// If `prompt` is empty.
    pub(crate) fn new(config: GptConfig, weights: &Weights, prompt: &[u32]) -> Self {
        assert!(!prompt.is_empty(), "a model needs at least one token to go on from");
        let keep = prompt.len().min(config.context);
        let text = prompt[prompt.len() - keep..].to_vec();
        let decoder = Decoder::new(config, weights);
        Self { decoder, context: config.context, unread: text.len(), text, written: 0 }
    }

    pub(crate) fn next(&mut self, sampling: &Sampling) -> Pick {
        if self.decoder.tokens() + self.unread > self.context {
            self.decoder.clear();
            self.unread = (self.context / 2).max(1).min(self.text.len());
        }
        let logits = self.decoder.read(&self.text[self.text.len() - self.unread..]);
        let changed = sampling::penalised(&logits, &self.text, sampling.repetition_penalty);
        let probabilities = sampling::distribution(&changed, sampling);
        let uniform = Rng::new(sampling.seed, Stream::Token(self.written)).uniform();
        let id = sampling::draw(&probabilities, uniform);
        self.text.push(id as u32);
        self.unread = 1;
        self.written += 1;
        Pick { id: id as u32, logits, probabilities, uniform }
    }
}
