//! Looking inside a model while it reads.

use crate::{
    generate::{Model, chances, open},
    gpt::{self, Attended, Forward, Gpt, Ops, weights::floats},
    run::Context,
};
use burn::tensor::{Device, Tensor};
use engine_core::{
    config::GptConfig,
    job::JobError,
    jobs::inspect::{Inspect, Inspection},
    reference::gpt::Weights,
};

/// The most tokens that are drawn.
const MOST_TOKENS: usize = 128;

pub(crate) async fn run(job: Inspect, cx: Context<Inspect>) -> Result<Inspection, JobError> {
    let Model { config, weights, tokenizer } = open(job.model, cx.sessions()).await?;
    if job.layer >= config.n_layers || job.head >= config.n_heads {
        return Err(JobError::Invalid(format!(
            "Layer {} head {} does not exist: this model has {} layers of {} heads.",
            job.layer + 1,
            job.head + 1,
            config.n_layers,
            config.n_heads
        )));
    }
    let encoded = tokenizer.encode(&job.text);
    let unknown: String = encoded.unknown.into_iter().collect();
    if encoded.ids.is_empty() {
        return Err(JobError::Invalid(match unknown.as_str() {
            "" => "Type a few words for the model to read.".into(),
            _ => format!("This model knows none of these characters: {unknown}"),
        }));
    }
    let keep = encoded.ids.len().min(config.context).min(MOST_TOKENS);
    let ids = &encoded.ids[..keep];

    cx.checkpoint().await?;
    let out = look(config, &weights, ids);
    let every: Vec<Tensor<4>> = out.attended.iter().map(|a| a.weights.clone()).collect();
    let all_weights = floats(Tensor::cat(every, 0)).await?;
    cx.checkpoint().await?;

    let chosen = &out.attended[job.layer];
    let logits = floats(out.logits).await?;
    let next = logits.chunks(config.vocab_size).map(|row| chances(&tokenizer, row, 8)).collect();
    Ok(Inspection {
        tokens: ids.iter().map(|&id| tokenizer.show(id)).collect(),
        n_layers: config.n_layers,
        n_heads: config.n_heads,
        d_head: config.d_head(),
        all_weights,
        queries: head(&chosen.queries, job.head).await?,
        keys: head(&chosen.keys, job.head).await?,
        values: head(&chosen.values, job.head).await?,
        scores: head(&chosen.scores, job.head).await?,
        weights: head(&chosen.weights, job.head).await?,
        mixed: head(&chosen.mixed, job.head).await?,
        next,
        left_off: encoded.ids.len() - keep,
        unknown,
    })
}

/// One head of `[1, heads, rows, columns]`, row-major.
async fn head(all: &Tensor<4>, head: usize) -> Result<Vec<f32>, JobError> {
    floats(all.clone().narrow(1, head, 1)).await
}

/// A glimpse for the training lab.
pub(crate) struct Glimpse {
    /// Attention weights of the last block's first head, `[tokens, tokens]`.
    pub(crate) weights: Vec<f32>,
    /// Logits after the last token, `[vocab]`.
    pub(crate) next: Vec<f32>,
}

/// Lets the model read `reading` and looks at the last block's first head.
pub(crate) async fn last_head(config: GptConfig, weights: &Weights, reading: &[u32]) -> Result<Glimpse, JobError> {
    let out = look(config, weights, reading);
    let [_, tokens, _] = out.logits.dims();
    let last: &Attended = out.attended.last().expect("a model has at least one block");
    let weights = head(&last.weights, 0).await?;
    let next = floats(out.logits.narrow(1, tokens - 1, 1)).await?;
    Ok(Glimpse { weights, next })
}

/// Lets the model read one text, on the CPU: a single text is too little work for a GPU.
fn look(config: GptConfig, weights: &Weights, reading: &[u32]) -> Forward {
    let device = Device::flex();
    let params = gpt::to_device(&config, weights, &device);
    Gpt::new(config, &params, Ops::Kernels).forward(gpt::ids(reading, 1, &device), None)
}
