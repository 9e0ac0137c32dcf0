//! Taking a model apart while it reads: the arithmetic is `engine_core::dissect`, this keeps the worker answering.

use crate::{
    generate::{Model as Opened, open},
    run::Context,
};
use engine_core::{
    config::GptConfig,
    dissect::{
        model::Model,
        pass::{Hook, Pass, Trace},
        report::Reading,
    },
    job::{Job, JobError},
    jobs::dissect::{Dissect, Dissection},
    tokenizer::Tokenizer,
};

/// The most tokens that are drawn.
const MOST_TOKENS: usize = 64;
/// Multiplications that a reading may take; about ten seconds of a small core.
const MOST_WORK: usize = 4_000_000_000;
/// Fewer tokens than this are not worth looking at, however large the model is.
const LEAST_TOKENS: usize = 8;

pub(crate) async fn run(job: Dissect, cx: Context<Dissect>) -> Result<Dissection, JobError> {
    let Opened { config, weights, tokenizer } = open(job.model, cx.sessions()).await?;
    let read = encode(&tokenizer, &config, &job.text)?;
    let model = Model::new(config, &weights).map_err(JobError::Invalid)?;
    let trace = trace(&model, &read.ids, &[], &cx).await?;
    let reading = Reading { model: &model, tokenizer: &tokenizer, ids: &read.ids, trace: &trace };
    let mut lens = Vec::new();
    for depth in 0..=config.n_layers {
        cx.checkpoint().await?;
        lens.push(reading.lens_row(depth));
    }
    let found = reading.at(job.position.unwrap_or(usize::MAX), lens);
    Ok(Dissection { left_off: read.left_off, unknown: read.unknown, ..found })
}

/// A text as far as it is read.
pub(crate) struct Read {
    pub(crate) ids: Vec<u32>,
    pub(crate) left_off: usize,
    pub(crate) unknown: String,
}

/// Cuts a text into the tokens that are read.
pub(crate) fn encode(tokenizer: &Tokenizer, config: &GptConfig, text: &str) -> Result<Read, JobError> {
    let encoded = tokenizer.encode(text);
    let unknown: String = encoded.unknown.into_iter().collect();
    if encoded.ids.is_empty() {
        return Err(JobError::Invalid(match unknown.as_str() {
            "" => "Type a few words for the model to read.".into(),
            _ => format!("This model knows none of these characters: {unknown}"),
        }));
    }
    let lens = (config.n_layers + 1) * config.vocab_size * config.d_model;
    let affordable = (MOST_WORK / (config.parameters() + lens)).max(LEAST_TOKENS);
    let mut ids = encoded.ids;
    let all = ids.len();
    ids.truncate(config.context.min(MOST_TOKENS).min(affordable));
    Ok(Read { left_off: all - ids.len(), ids, unknown })
}

/// Reads `ids` block after block and looks up in between.
pub(crate) async fn trace<J: Job>(
    model: &Model<'_>,
    ids: &[u32],
    hooks: &[Hook],
    cx: &Context<J>,
) -> Result<Trace, JobError> {
    let mut pass = Pass::begin(model, ids, hooks);
    loop {
        cx.checkpoint().await?;
        if !pass.step() {
            return Ok(pass.finish());
        }
    }
}
