//! Timing training steps on this device.

use crate::{
    gpt,
    run::Context,
    train::{Corpus, Trainer},
};
use engine_core::{
    config::TrainConfig,
    job::JobError,
    jobs::probe::{Probe, Probed},
    rng::{Rng, Stream},
    tokenizer::{Bpe, Tokenizer},
};
use std::cell::RefCell;

pub(crate) async fn run(job: Probe, cx: Context<Probe>) -> Result<Probed, JobError> {
    job.config.validate().map_err(JobError::Invalid)?;
    let training = TrainConfig { batch: job.batch, ..TrainConfig::default() };
    training.validate().map_err(JobError::Invalid)?;

    let mut rng = Rng::new(training.seed, Stream::Init);
    let length = job.config.context * 4 + 8;
    let mut random = || (0..length).map(|_| rng.below(job.config.vocab_size) as u32).collect();
    let corpus = Corpus { train: random(), val: random() };
    let weights = gpt::init(&job.config, training.seed);
    // Steps do not touch the tokenizer: the ids above are drawn, not read.
    let tokenizer = Tokenizer::Bpe(Bpe::bytes_only());
    let trainer = Trainer::new(job.config, training, &weights, tokenizer, corpus, 0, cx.device());
    let cell = RefCell::new(trainer.settle().await?);

    // The first step pays for caches, and on a GPU for compiling shaders.
    Trainer::step(&cell, || cx.checkpoint()).await?;
    let begun = cx.now();
    let mut times = Vec::new();
    while times.is_empty() || ((times.len() as u32) < job.steps && cx.now() - begun < job.budget_ms) {
        let started = cx.now();
        Trainer::step(&cell, || cx.checkpoint()).await?;
        times.push(cx.now() - started);
    }
    times.sort_by(f64::total_cmp);
    let ms_per_step = times[times.len() / 2].max(1e-3);
    let tokens = (job.batch * job.config.context) as f64;
    Ok(Probed { ms_per_step, tokens_per_s: tokens / ms_per_step * 1e3, steps: times.len() as u32 })
}
