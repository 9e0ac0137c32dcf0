//! Measuring a model: its answers, its heads, and what it writes.

use super::data::Data;
use crate::{
    generate,
    gpt::{self, Gpt, weights::floats},
    inspect,
};
use burn::tensor::Device;
use engine_core::{
    config::GptConfig,
    job::JobError,
    jobs::board::Look,
    reference::{gpt::Weights, softmax::softmax},
    sampling::Sampling,
    tasks::counting,
    tokenizer::Tokenizer,
};

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
    let weights = inspect::attention(model, &data.reading(), 1).await?;
    let scored = inspect::scores(model).await?.scores;
    Ok((weights, scored.iter().map(|head| head.induction).collect()))
}

/// Writes on from a prompt.
pub(super) async fn write(
    config: &GptConfig,
    weights: &Weights,
    tokenizer: &Tokenizer,
    prompt: &[u32],
    between: &impl AsyncFn() -> Result<(), JobError>,
) -> Result<String, JobError> {
    let mut writer = generate::writer(*config, weights, prompt);
    let mut written = prompt.to_vec();
    for _ in 0..WRITTEN {
        written.push(writer.next(&Sampling::default()).id);
        between().await?;
    }
    Ok(tokenizer.decode(&written))
}
