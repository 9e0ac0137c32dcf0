//! Learning word vectors: see [`engine_core::jobs::embeddings`]. No tensors: a step touches a few rows only.

use crate::run::Context;
use engine_core::{
    job::JobError,
    jobs::embeddings::{Counted, LearnWords, Learning, Method, Moved},
    word_vectors::{
        glove::{Glove, Together},
        plane::Plane,
        skip_gram::SkipGram,
        text::{Counter, numbered, sentences},
    },
};

/// Sentences that are read between two checkpoints.
const SENTENCES: usize = 100;
/// Numbers that are touched between two checkpoints: about two milliseconds' worth.
const NUMBERS: usize = 400_000;
/// Pictures of the vectors in one run, evenly over its steps and not its time: the same question, the same answers.
const PICTURES: u64 = 60;
/// Points of the loss curve in one run.
const POINTS: u64 = 240;

pub(crate) async fn run(job: LearnWords, cx: Context<LearnWords>) -> Result<Moved, JobError> {
    job.validate().map_err(JobError::Invalid)?;
    let mut counter = Counter::default();
    for (at, sentence) in sentences(&job.text).enumerate() {
        if at % SENTENCES == 0 {
            cx.checkpoint().await?;
        }
        counter.add(sentence);
    }
    let (distinct, total) = (counter.distinct(), counter.total());
    let vocabulary = counter.vocabulary(job.vocabulary, job.min_count);
    if vocabulary.words.len() < 2 {
        return Err(JobError::Invalid(format!(
            "Of {distinct} different words none, or one alone, occurs at least {} times. Lower that number, or take a longer text.",
            job.min_count
        )));
    }
    let index = vocabulary.index();
    let (mut ids, mut together) = (Vec::new(), Together::default());
    for (at, sentence) in sentences(&job.text).enumerate() {
        if at % SENTENCES == 0 {
            cx.checkpoint().await?;
        }
        let sentence = numbered(sentence, &index);
        match job.method {
            Method::SkipGram => ids.push(sentence),
            Method::Glove => together.add(&sentence, job.window),
        }
    }
    let pairs = (job.method == Method::Glove).then(|| together.pairs());
    let words = vocabulary.words.len();
    let run = match job.method {
        Method::SkipGram => Run::SkipGram(SkipGram::new(job.settings(), &vocabulary.counts, ids)),
        Method::Glove => Run::Glove(Glove::new(job.settings(), words, together)),
    };
    cx.checkpoint().await?;
    let (words, counts) = (vocabulary.words, vocabulary.counts);
    cx.update(&Learning::Counted(Counted { words, counts, distinct, total, pairs }));
    learn(&job, run, &cx).await
}

async fn learn(job: &LearnWords, mut run: Run, cx: &Context<LearnWords>) -> Result<Moved, JobError> {
    if !run.can_learn() {
        return Err(JobError::Invalid(
            "No two kept words stand in one sentence, so there is nothing to learn from. Lower the least count.".into(),
        ));
    }
    let piece = (NUMBERS / (job.dim * 2 * (job.negatives + 1))).max(1) as u64;
    let (mut plane, mut losses) = (Plane::default(), Vec::new());
    // What is there before anything is learned is part of the film.
    let (mut pictured, mut pointed) = (0, 0);
    let mut sum = 0.0;
    cx.update(&Learning::Moved(picture(job, &run, &mut plane, Vec::new())));
    loop {
        let next_point = ((pointed + 1) * job.steps).div_ceil(POINTS);
        let count = piece.min(next_point - run.done());
        sum += run.learn(count) * count as f64;
        cx.checkpoint().await?;
        if run.done() < next_point {
            continue;
        }
        let last = (pointed * job.steps).div_ceil(POINTS);
        losses.push((run.done(), sum / (next_point - last) as f64));
        (sum, pointed) = (0.0, pointed + 1);
        if pointed == POINTS {
            return Ok(picture(job, &run, &mut plane, losses));
        }
        if pointed * PICTURES / POINTS > pictured {
            pictured += 1;
            cx.update(&Learning::Moved(picture(job, &run, &mut plane, std::mem::take(&mut losses))));
        }
    }
}

fn picture(job: &LearnWords, run: &Run, plane: &mut Plane, losses: Vec<(u64, f64)>) -> Moved {
    let vectors = run.vectors();
    let mapped = (job.mapped * job.dim).min(vectors.len());
    let flat = plane.flatten(&vectors[..mapped], job.dim);
    Moved { step: run.done(), passes: run.passes(), losses, map: flat.points, shown: flat.shown, vectors }
}

/// A run of either kind.
enum Run {
    SkipGram(SkipGram),
    Glove(Glove),
}

macro_rules! either {
    ($($name:ident($($argument:ident: $kind:ty)?) -> $answer:ty $(, $mutable:ident)?;)*) => {
        impl Run {
            $(fn $name(self: either!(@receiver $($mutable)?) $(, $argument: $kind)?) -> $answer {
                match self {
                    Self::SkipGram(run) => run.$name($($argument)?),
                    Self::Glove(run) => run.$name($($argument)?),
                }
            })*
        }
    };
    (@receiver) => { &Self };
    (@receiver mutable) => { &mut Self };
}

either! {
    can_learn() -> bool;
    done() -> u64;
    passes() -> u32;
    vectors() -> Vec<f32>;
    learn(pairs: u64) -> f64, mutable;
}
