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
    sampling,
    tokenizer::Tokenizer,
    writer::{Writer, or_start},
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
    let mut writer = self::writer(config, &weights, &prompt);
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

/// Writes on from a prompt, on the CPU: one row at a time is too little work for a GPU.
///
/// # Panics
/// If `prompt` is empty.
pub(crate) fn writer(config: GptConfig, weights: &Weights, prompt: &[u32]) -> Writer<Decoder> {
    Writer::new(Decoder::new(config, weights), prompt)
}
