//! What quantizing cost, on text that was not learned from, and what it saved in time.

use super::{Pieces, known::Known};
use crate::gpt::{Decoder, Gpt};
use engine_core::{
    job::JobError,
    jobs::quantize::{Losses, Speed},
    writer::Reads,
};

/// The losses of both on the same windows.
pub(super) async fn losses(known: &Known, now: &Gpt, pieces: &mut Pieces<'_>) -> Result<Losses, JobError> {
    let starts = known.windows();
    let mut after = Vec::new();
    for (at, start) in starts.iter().enumerate() {
        let (inputs, targets) = known.window(*start);
        if known.losses.borrow().len() == at {
            let loss = f64::from(known.model.loss(inputs, targets));
            known.losses.borrow_mut().push(loss);
            pieces.look_up().await?;
        }
        after.push(f64::from(now.loss(inputs, targets)));
        pieces.look_up().await?;
    }
    let before = known.losses.borrow();
    let mean = |numbers: &[f64]| numbers.iter().sum::<f64>() / numbers.len() as f64;
    let apart: Vec<f64> = after.iter().zip(before.iter()).map(|(after, before)| after - before).collect();
    let middle = mean(&apart);
    let spread: f64 = apart.iter().map(|apart| (apart - middle).powi(2)).sum();
    let windows = apart.len() as f64;
    // One window alone says nothing about its own chance.
    let error = if apart.len() > 1 { (spread / (windows - 1.0) / windows).sqrt() } else { f64::NAN };
    let tokens = starts.len() * known.model.config().context;
    Ok(Losses { before: mean(&before), after: mean(&after), error, tokens })
}

/// Each is measured so often, at least and at most.
const ROUNDS: [usize; 2] = [5, 31];
/// A clock of a browser is too coarse for less, in milliseconds.
const LEAST_MS: f64 = 8.0;
/// Tokens that are written one after another, at most.
const WRITTEN: usize = 32;

/// Times both models, turn by turn, for `budget_ms` milliseconds or so.
pub(super) async fn speed(
    known: &Known,
    now: &Gpt,
    budget_ms: f64,
    pieces: &mut Pieces<'_>,
) -> Result<Speed, JobError> {
    let (ids, _) = known.window(0);
    let written = &ids[..ids.len().min(WRITTEN)];
    let models = [&known.model, now];
    let read = |model: &Gpt| drop(model.logits(ids, ids.len()));
    let write = |model: &Gpt| {
        let mut decoder = Decoder::new(model);
        written.iter().for_each(|id| drop(decoder.read(&[*id])));
    };
    let works: [&dyn Fn(&Gpt); 2] = [&read, &write];
    // Once before anything counts: it fills the caches, and says how often a measurement must repeat its work.
    let mut repeats = [1; 2];
    for (work, repeats) in works.iter().zip(&mut repeats) {
        for model in models {
            let began = pieces.now();
            work(model);
            let ms = (pieces.now() - began).max(0.05);
            *repeats = (*repeats).max((LEAST_MS / ms).ceil() as usize);
            pieces.pause().await?;
        }
    }
    let mut times: [[Vec<f64>; 2]; 2] = Default::default();
    let began = pieces.now();
    let mut rounds = 0;
    while rounds < ROUNDS[0] || (rounds < ROUNDS[1] && pieces.now() - began < budget_ms) {
        for (work, (times, repeats)) in works.iter().zip(times.iter_mut().zip(repeats)) {
            // Whoever goes first changes from round to round.
            for turn in [rounds % 2, 1 - rounds % 2] {
                let began = pieces.now();
                (0..repeats).for_each(|_| work(models[turn]));
                times[turn].push((pieces.now() - began) / repeats as f64);
                pieces.pause().await?;
            }
        }
        rounds += 1;
    }
    let [reading, writing] = times;
    let rate = |tokens: usize, times: [Vec<f64>; 2]| times.map(|times| tokens as f64 / median(times).max(1e-6) * 1e3);
    Ok(Speed {
        reading: rate(ids.len(), reading),
        writing: rate(written.len(), writing),
        rounds,
        window: ids.len(),
        variant: kernels::VARIANT.into(),
    })
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}
