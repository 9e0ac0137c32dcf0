//! Looking inside a model while it reads.

use crate::{
    generate::{Model, chances, open},
    gpt::{self, Attended, Forward, Gpt, Ops, weights::floats},
    run::Context,
};
use burn::tensor::{Device, Tensor};
use engine_core::{
    config::GptConfig,
    head_scores::{head_scores, repeats},
    job::JobError,
    jobs::inspect::{Inspect, Inspection, MOST_ROWS, ScoreHeads, ScoredHeads},
    reference::gpt::Weights,
    tokenizer::Tokenizer,
};

/// The most tokens that are read; of a model with many heads fewer, so that their maps have room.
const MOST_TOKENS: usize = 512;
/// The most numbers in the maps of all heads together.
const MOST_WEIGHTS: usize = 12_000_000;

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
    let room = (MOST_WEIGHTS / (config.n_layers * config.n_heads)).isqrt().max(MOST_ROWS);
    let keep = encoded.ids.len().min(config.context).min(MOST_TOKENS).min(room);
    let ids = &encoded.ids[..keep];
    let group = keep.div_ceil(MOST_ROWS);

    cx.checkpoint().await?;
    let out = look(config, &weights, ids);
    let mut all_weights = Vec::new();
    for attended in &out.attended {
        all_weights.extend(grouped(floats(attended.weights.clone()).await?, keep, group));
        cx.checkpoint().await?;
    }
    let rows = keep.div_ceil(group);

    let logits = floats(out.logits).await?;
    // After a group comes what the model expects after its last token.
    let lasts = (0..rows).map(|row| ((row + 1) * group).min(keep) - 1);
    let next = lasts.map(|at| chances(&tokenizer, &logits[at * config.vocab_size..][..config.vocab_size], 8)).collect();
    let whole = Inspection {
        tokens: ids.chunks(group).map(|ids| named(&tokenizer, ids)).collect(),
        group,
        n_layers: config.n_layers,
        n_heads: config.n_heads,
        d_head: config.d_head(),
        layer: job.layer,
        head: job.head,
        all_weights,
        next,
        left_off: encoded.ids.len() - keep,
        unknown,
        ..Inspection::default()
    };
    if group > 1 {
        return Ok(whole);
    }
    let attended = &out.attended[job.layer];
    let weight = |part: &str| weights[&format!("blocks.{}.attn.proj.{part}", job.layer)].clone();
    let side_by_side = attended.mixed.clone().swap_dims(1, 2);
    Ok(Inspection {
        queries: head(&attended.queries, job.head).await?,
        keys: head(&attended.keys, job.head).await?,
        values: floats(attended.values.clone()).await?,
        scores: head(&attended.scores, job.head).await?,
        mixed: floats(side_by_side).await?,
        projection: weight("weight"),
        projection_bias: weight("bias"),
        projected: floats(attended.projected.clone()).await?,
        ..whole
    })
}

/// What a row of the maps is called: its token, or the first and last of its group.
fn named(tokenizer: &Tokenizer, ids: &[u32]) -> String {
    match ids {
        [first, .., last] => format!("{} … {}", tokenizer.show(*first), tokenizer.show(*last)),
        _ => ids.iter().map(|&id| tokenizer.show(id)).collect(),
    }
}

/// Maps of `[tokens, tokens]`, one after the other, with `group` neighbours as one row (their mean) and one column
/// (their sum).
fn grouped(maps: Vec<f32>, tokens: usize, group: usize) -> Vec<f32> {
    if group == 1 {
        return maps;
    }
    let rows = tokens.div_ceil(group);
    let mut small = Vec::with_capacity(maps.len() / (group * group));
    for map in maps.chunks_exact(tokens * tokens) {
        for rows_of in map.chunks(group * tokens) {
            let count = (rows_of.len() / tokens) as f32;
            let sum = |column: usize| -> f32 {
                let columns = column * group..((column + 1) * group).min(tokens);
                rows_of.chunks_exact(tokens).map(|row| row[columns.clone()].iter().sum::<f32>()).sum()
            };
            small.extend((0..rows).map(|column| sum(column) / count));
        }
    }
    small
}

pub(crate) async fn score(job: ScoreHeads, cx: Context<ScoreHeads>) -> Result<ScoredHeads, JobError> {
    let Model { config, weights, .. } = open(job.model, cx.sessions()).await?;
    cx.checkpoint().await?;
    let params = gpt::to_device(&config, &weights, &Device::flex());
    scores(&Gpt::new(config, &params, Ops::Kernels)).await
}

/// What kind each head is, by the test of repeated tokens.
pub(crate) async fn scores(model: &Gpt) -> Result<ScoredHeads, JobError> {
    let rows = repeats(model.config());
    let Some(tokens) = rows.first().map(Vec::len) else { return Ok(ScoredHeads::default()) };
    let all = attention(model, &rows.concat(), rows.len()).await?;
    Ok(ScoredHeads { rows: rows.len(), tokens, scores: head_scores(&all, model.config(), rows.len(), tokens) })
}

/// Every head's weights, block by block: `[layers, rows, heads, tokens, tokens]`.
pub(crate) async fn attention(model: &Gpt, ids: &[u32], rows: usize) -> Result<Vec<f32>, JobError> {
    let out = model.forward(gpt::ids(ids, rows, &Device::flex()), None);
    let every: Vec<Tensor<4>> = out.attended.into_iter().map(|attended| attended.weights).collect();
    floats(Tensor::cat(every, 0)).await
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grouped_rows_still_add_up_to_one() {
        // Five tokens, each looking at itself and all before it alike; two make a group, the last stands alone.
        let map: Vec<f32> = (0..25).map(|at| if at % 5 <= at / 5 { 1.0 / (at / 5 + 1) as f32 } else { 0.0 }).collect();
        let small = grouped(map.clone(), 5, 2);
        assert_eq!(small.len(), 9);
        for row in small.chunks_exact(3) {
            assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-6, "{row:?}");
        }
        // Rows 3 and 4 look at the first two tokens by 2/3 and 2/4.
        assert!((small[3] - (2.0 / 3.0 + 0.5) / 2.0).abs() < 1e-6);
        assert_eq!(grouped(map.clone(), 5, 1), map);
    }
}
