//! Scoring a compressed model: see [`engine_core::jobs::compress`].

use crate::{gpt::Gpt, learner::Learner, run::Context};
use engine_core::{
    compress::{Stored, stored},
    job::JobError,
    jobs::compress::{Score, ScoreCompression},
    model_file::ModelFile,
};

/// The largest model, in parameters: two of them are run.
const LARGEST: usize = 20_000_000;
/// Tokens that the losses are measured on.
const TOKENS: usize = 4_096;

pub(crate) async fn run(job: ScoreCompression, cx: Context<ScoreCompression>) -> Result<Score, JobError> {
    job.validate().map_err(JobError::Invalid)?;
    let learner = Learner::open(&job.original, &job.text, LARGEST, TOKENS)?;
    cx.checkpoint().await?;
    let original = learner.model();
    let made = match &job.made {
        None => learner.file.clone(),
        Some(file) => fitting(&learner.file, ModelFile::read(file).map_err(JobError::Invalid)?)?,
    };
    let Stored { weights, bytes } =
        stored(&made.config, made.weights, job.cut, job.format).map_err(JobError::Invalid)?;
    let compressed = Gpt::new(made.config, weights);
    cx.checkpoint().await?;

    let context = learner.file.config.context;
    let (inputs, targets) = &learner.measured;
    let mut score =
        Score { before: learner.file.config.parameters() * size_of::<f32>(), after: bytes, ..Score::default() };
    let (mut sums, mut differences) = ([0.0; 2], Vec::new());
    for (x, y) in inputs.chunks(context).zip(targets.chunks(context)) {
        let [a, b] = [&original, &compressed].map(|model| f64::from(model.loss(x, y)));
        cx.checkpoint().await?;
        sums = [sums[0] + a, sums[1] + b];
        differences.push(b - a);
        let windows = differences.len();
        (score.windows, score.tokens) = (windows, windows * context);
        [score.original, score.compressed] = sums.map(|sum| sum / windows as f64);
        score.error = standard_error(&differences);
        cx.update(&score);
    }
    Ok(score)
}

/// The model, if it reads the same tokens as the original.
fn fitting(original: &ModelFile, made: ModelFile) -> Result<ModelFile, JobError> {
    if made.tokenizer != original.tokenizer {
        return Err(JobError::Invalid(
            "The two models cut text into different tokens, so their losses cannot be compared. Choose a model that was made of the original."
                .into(),
        ));
    }
    if made.config.context != original.config.context {
        return Err(JobError::Invalid(format!(
            "The original reads {} tokens at once, the other one {}. Choose two that read as many.",
            original.config.context, made.config.context
        )));
    }
    Ok(made)
}

/// That of the mean; nothing is known from a single number.
fn standard_error(numbers: &[f64]) -> f64 {
    let n = numbers.len() as f64;
    let mean = numbers.iter().sum::<f64>() / n;
    let squares: f64 = numbers.iter().map(|x| (x - mean).powi(2)).sum();
    if numbers.len() < 2 { 0.0 } else { (squares / (n - 1.0) / n).sqrt() }
}
