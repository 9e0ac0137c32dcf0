//! Measuring a model: its answers, its heads, and what it writes.

use super::data::Data;
use crate::{
    generate::Writer,
    gpt::{self, Gpt, weights::floats},
};
use burn::tensor::{Device, Tensor};
use engine_core::{
    config::GptConfig,
    job::JobError,
    jobs::board::Look,
    reference::{gpt::Weights, softmax::softmax},
    rng::{Rng, Stream},
    sampling::Sampling,
    tasks::counting,
    tokenizer::Tokenizer,
};

/// Rows of repeated tokens that heads are tested on.
const REPEATS: usize = 8;
/// The most different tokens in one of them, and the fewest that make a test.
const MOST_DIFFERENT: usize = 12;
const FEWEST_DIFFERENT: usize = 4;
/// Tokens written on from a text.
const WRITTEN: usize = 60;

/// Loss, right answers and the shown chances. A whole answer is right if each of its tokens is the likeliest with the
/// right ones before it: then, and only then, does taking the likeliest token each time write that answer.
pub(super) async fn measure(
    model: &Gpt,
    data: &Data,
    micro: usize,
    between: &impl AsyncFn() -> Result<(), JobError>,
) -> Result<Look, JobError> {
    let vocab = model.config().vocab_size;
    let (mut loss, mut right, mut counted, mut exact) = (0.0, 0usize, 0usize, 0usize);
    let mut chances = Vec::new();
    let shown = data.shown_rows();
    for (piece, rows) in data.rows().chunks(micro).enumerate() {
        let inputs: Vec<u32> = rows.iter().flat_map(|row| row.inputs.iter().copied()).collect();
        let targets: Vec<u32> = rows.iter().flat_map(|row| row.targets.iter().copied()).collect();
        let device = Device::flex();
        let logits = model.logits(gpt::ids(&inputs, rows.len(), &device));
        let (places, wanted) = counting(&targets);
        let logits = floats(logits.select(0, gpt::places(&places, &device))).await?;
        let mut wrong = vec![false; rows.len()];
        for ((place, target), logits) in places.iter().zip(&wanted).zip(logits.chunks_exact(vocab)) {
            let logits: Vec<f64> = logits.iter().map(|x| f64::from(*x)).collect();
            let probabilities = softmax(&logits);
            let row = place / model.config().context;
            loss -= probabilities[*target as usize].max(f64::MIN_POSITIVE).ln();
            let best = probabilities.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).map(|best| best.0);
            let is_right = best == Some(*target as usize);
            right += usize::from(is_right);
            wrong[row] |= !is_right;
            if piece * micro + row < shown {
                chances.extend(probabilities.iter().map(|p| *p as f32));
            }
        }
        counted += wanted.len();
        exact += wrong.iter().filter(|wrong| !**wrong).count();
        between().await?;
    }
    let share = |part: usize, of: usize| part as f32 / of.max(1) as f32;
    Ok(Look {
        loss: (loss / counted.max(1) as f64) as f32,
        right: share(right, counted),
        exact: data.is_exact().then(|| share(exact, data.measured())),
        chances,
        ..Look::default()
    })
}

/// Each head's weights while it reads, and its induction score.
pub(super) async fn heads(model: &Gpt, data: &Data) -> Result<(Vec<f32>, Vec<f32>), JobError> {
    let reading = data.reading();
    let weights = attention(model, &reading, 1).await?;
    let rows = repeats(model.config());
    let Some(length) = rows.first().map(Vec::len) else { return Ok((weights, Vec::new())) };
    let all = attention(model, &rows.concat(), rows.len()).await?;
    Ok((weights, induction_scores(&all, model.config(), rows.len(), length)))
}

/// Every head's weights, block by block: `[layers, rows, heads, tokens, tokens]`.
async fn attention(model: &Gpt, ids: &[u32], rows: usize) -> Result<Vec<f32>, JobError> {
    let out = model.forward(gpt::ids(ids, rows, &Device::flex()), None);
    let every: Vec<Tensor<4>> = out.attended.into_iter().map(|attended| attended.weights).collect();
    floats(Tensor::cat(every, 0)).await
}

/// Rows of different random tokens, each row twice; none if there are too few tokens or places.
fn repeats(config: &GptConfig) -> Vec<Vec<u32>> {
    let length = (config.context / 2).min(config.vocab_size).min(MOST_DIFFERENT);
    if length < FEWEST_DIFFERENT {
        return Vec::new();
    }
    let mut rng = Rng::new(0, Stream::Repeats);
    let mut row = || {
        let mut left: Vec<u32> = (0..config.vocab_size as u32).collect();
        let once: Vec<u32> = (0..length).map(|_| left.swap_remove(rng.below(left.len()))).collect();
        [&once[..], &once[..]].concat()
    };
    (0..REPEATS).map(|_| row()).collect()
}

/// The mean attention that each head gives, from a token that came before, to the token after its earlier place.
fn induction_scores(all: &[f32], config: &GptConfig, rows: usize, length: usize) -> Vec<f32> {
    let GptConfig { n_layers, n_heads, .. } = *config;
    let once = length / 2;
    let score = |layer: usize, head: usize| {
        let mut sum = 0.0;
        for row in 0..rows {
            let map = &all[((layer * rows + row) * n_heads + head) * length * length..][..length * length];
            sum += (once..length).map(|at| map[at * length + at - once + 1]).sum::<f32>();
        }
        sum / (rows * once) as f32
    };
    (0..n_layers).flat_map(|layer| (0..n_heads).map(move |head| (layer, head))).map(|(l, h)| score(l, h)).collect()
}

/// Writes on from a prompt.
pub(super) async fn write(
    config: &GptConfig,
    weights: &Weights,
    tokenizer: &Tokenizer,
    prompt: &[u32],
    between: &impl AsyncFn() -> Result<(), JobError>,
) -> Result<String, JobError> {
    let mut writer = Writer::new(*config, weights, prompt);
    let mut written = prompt.to_vec();
    for _ in 0..WRITTEN {
        written.push(writer.next(&Sampling::default()).id);
        between().await?;
    }
    Ok(tokenizer.decode(&written))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: GptConfig =
        GptConfig { vocab_size: 9, n_layers: 2, n_heads: 2, d_model: 8, context: 10, tied_head: true };

    #[test]
    fn a_head_that_looks_behind_the_earlier_place_scores_one() {
        let rows = repeats(&CONFIG);
        let length = rows[0].len();
        assert_eq!((rows.len(), length), (REPEATS, 10));
        assert!(rows.iter().all(|row| row[..5] == row[5..]));
        let mut all = vec![0.0; 2 * rows.len() * 2 * length * length];
        // Layer 1, head 1 attends as an induction head should; the others give every token the same.
        for (map, weights) in all.chunks_mut(length * length).enumerate() {
            let (layer, head) = (map / (2 * rows.len()), map % 2);
            for at in 0..length {
                for to in 0..=at {
                    weights[at * length + to] = 1.0 / (at + 1) as f32;
                }
                if (layer, head) == (1, 1) {
                    weights[at * length..][..length].fill(0.0);
                    weights[at * length + at.saturating_sub(4)] = 1.0;
                }
            }
        }
        let scores = induction_scores(&all, &CONFIG, rows.len(), length);
        assert_eq!(scores.len(), 4);
        assert!((scores[3] - 1.0).abs() < 1e-6, "{scores:?}");
        let even = (5..10).map(|at| 1.0 / (at + 1) as f32).sum::<f32>() / 5.0;
        assert!(scores[..3].iter().all(|score| (score - even).abs() < 1e-6), "{scores:?}");
    }

    #[test]
    fn too_few_tokens_make_no_test() {
        assert!(repeats(&GptConfig { vocab_size: 3, ..CONFIG }).is_empty());
        assert!(repeats(&GptConfig { context: 7, ..CONFIG }).is_empty());
    }
}
