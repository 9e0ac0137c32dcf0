//! How long some works take, measured in turns so that a busy machine slows all of them alike.

use crate::run::Context;
use engine_core::job::{Job, JobError};

/// A browser's clock may tick no oftener than this: shorter works are repeated between two looks at it.
const LEAST_MS: f64 = 1.0;
const MOST_REPEATS: u32 = 4_096;
const LEAST_ROUNDS: usize = 9;
const MOST_ROUNDS: usize = 401;

/// The median of how long each work takes once, in milliseconds, and how often all were measured within about
/// `budget_ms`.
///
/// # Errors
/// If nobody wants the result any more.
pub(crate) async fn medians<J: Job, const N: usize>(
    cx: &Context<J>,
    budget_ms: f64,
    mut works: [&mut dyn FnMut(); N],
) -> Result<([f64; N], usize), JobError> {
    let once = |work: &mut dyn FnMut(), repeats: u32| {
        let began = cx.now();
        (0..repeats).for_each(|_| work());
        cx.now() - began
    };
    let mut repeats = [1; N];
    for (work, repeats) in works.iter_mut().zip(&mut repeats) {
        while once(work, *repeats) < LEAST_MS && *repeats < MOST_REPEATS {
            *repeats *= 2;
            cx.checkpoint().await?;
        }
    }
    let began = cx.now();
    let mut taken: [Vec<f64>; N] = std::array::from_fn(|_| Vec::new());
    while taken[N - 1].len() < LEAST_ROUNDS || (cx.now() - began < budget_ms && taken[N - 1].len() < MOST_ROUNDS) {
        for ((work, repeats), taken) in works.iter_mut().zip(repeats).zip(&mut taken) {
            taken.push(once(work, repeats) / f64::from(repeats));
            cx.checkpoint().await?;
        }
    }
    let rounds = taken[0].len();
    let median = |mut taken: Vec<f64>| {
        taken.sort_by(f64::total_cmp);
        taken[taken.len() / 2]
    };
    Ok((taken.map(median), rounds))
}
