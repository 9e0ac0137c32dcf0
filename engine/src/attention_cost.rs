//! Timing attention on this device: three ways to compute the same, against the length of the text.

use crate::{run::Context, self_test};
use engine_core::{
    job::JobError,
    jobs::{
        attention_cost::{AttentionReport, AttentionTiming, LeftOut, Method, TimeAttention, median},
        self_test::Check,
    },
    rng::{Rng, Stream},
};
use kernels::attention::{
    Shape, cached,
    fused::{self, Room, Seen},
    naive, whole,
};
use std::{hint::black_box, mem::size_of};

/// Between two checkpoints so many milliseconds pass, about.
const PIECE_MS: f64 = 6.0;
/// One round takes at least so long: short work is repeated, because a browser's clock is coarse.
const ROUND_MS: f64 = 4.0;
/// More often than this nothing is repeated within a round.
const MOST_REPEATS: usize = 1 << 20;
/// The largest relative error of a way that may be timed.
const TOLERANCE: f32 = 1e-5;
/// A text on which no tile fits, for the comparison with the definition.
const RAGGED: (usize, usize) = (77, 20);

pub(crate) async fn run(job: TimeAttention, cx: Context<TimeAttention>) -> Result<AttentionReport, JobError> {
    job.validate().map_err(JobError::Invalid)?;
    let mut report = AttentionReport { variant: kernels::VARIANT.into(), ..AttentionReport::default() };
    for method in Method::ALL {
        cx.checkpoint().await?;
        report.checks.push(check(method, job.seed)?);
    }
    for &tokens in &job.lengths {
        for method in Method::ALL {
            if report.left_out.iter().any(|left| left.method == method) {
                continue;
            }
            let last = report.of(method).last().copied();
            let forecast_ms = last.map_or(0.0, |last| last.ms * (tokens as f64 / last.tokens as f64).powi(2));
            if forecast_ms > job.limit_ms {
                report.left_out.push(LeftOut { method, tokens, forecast_ms });
            } else {
                let timing = measure(method, tokens, &job, &cx).await?;
                report.timings.push(timing);
            }
            cx.update(&report);
        }
    }
    Ok(report)
}

/// One way at one length: warmed up, then round after round.
async fn measure(
    method: Method,
    tokens: usize,
    job: &TimeAttention,
    cx: &Context<TimeAttention>,
) -> Result<AttentionTiming, JobError> {
    let mut work = Work::new(method, tokens, job.d_head, job.seed);
    let mut repeats = 1;
    // The first rounds pay for caches, and find how much work fills a round.
    while round(&mut work, repeats, cx).await? < ROUND_MS && repeats < MOST_REPEATS {
        repeats *= 2;
    }
    let mut rounds = Vec::with_capacity(job.rounds);
    for _ in 0..job.rounds {
        // A clock that stood still would make the exponent infinite.
        rounds.push((round(&mut work, repeats, cx).await? / repeats as f64).max(1e-6));
    }
    let ms = median(&rounds).unwrap_or_default();
    let range_ms =
        rounds.iter().fold((f64::INFINITY, 0.0), |(low, high): (f64, f64), ms| (low.min(*ms), high.max(*ms)));
    let (data_bytes, room_bytes) = work.bytes();
    Ok(AttentionTiming { method, tokens, ms, range_ms, rounds: rounds.len(), data_bytes, room_bytes })
}

/// Does the whole work `repeats` times, looking up in between; answers the milliseconds of the work alone.
async fn round(work: &mut Work, repeats: usize, cx: &Context<TimeAttention>) -> Result<f64, JobError> {
    let (units, mut spent, mut done) = (work.units() * repeats, 0.0, 0);
    while done < units {
        cx.checkpoint().await?;
        let started = cx.now();
        loop {
            work.unit(done % work.units());
            done += 1;
            if done == units || cx.now() - started >= PIECE_MS {
                break;
            }
        }
        spent += cx.now() - started;
    }
    Ok(spent)
}

/// The arrays of one measurement.
struct Work {
    method: Method,
    tokens: usize,
    d_head: usize,
    /// `[tokens, d_head]` each; while a token is written there is one query and one row of output.
    queries: Vec<f32>,
    keys: Vec<f32>,
    values: Vec<f32>,
    out: Vec<f32>,
    /// The whole matrix of scores, where the way needs one.
    matrix: Vec<f32>,
    room: Room,
}

/// Queries that make one unit of work.
const ROWS: usize = fused::QUERIES;

impl Work {
    fn new(method: Method, tokens: usize, d_head: usize, seed: u64) -> Self {
        let mut rng = Rng::new(seed, Stream::Init);
        let mut draw = |rows: usize| (0..rows * d_head).map(|_| rng.uniform() as f32 * 2.0 - 1.0).collect::<Vec<f32>>();
        let rows = if method == Method::Cached { 1 } else { tokens };
        let (queries, keys, values) = (draw(rows), draw(tokens), draw(tokens));
        let matrix = if method == Method::Whole { vec![0.0; tokens * tokens] } else { Vec::new() };
        Self {
            method,
            tokens,
            d_head,
            queries,
            keys,
            values,
            out: vec![0.0; rows * d_head],
            matrix,
            room: Room::default(),
        }
    }

    /// Pieces that the work falls into.
    fn units(&self) -> usize {
        let blocks = self.tokens.div_ceil(ROWS);
        match self.method {
            Method::Whole => 3 * blocks,
            Method::Fused => blocks,
            Method::Cached => 1,
        }
    }

    /// Does one piece.
    fn unit(&mut self, unit: usize) {
        let Self { tokens, d_head, .. } = *self;
        let blocks = tokens.div_ceil(ROWS);
        let first = unit % blocks * ROWS;
        let end = (first + ROWS).min(tokens);
        let (in_data, in_matrix) = (first * d_head..end * d_head, first * tokens..end * tokens);
        match (self.method, unit / blocks) {
            (Method::Whole, 0) => {
                whole::scores(d_head, black_box(&self.queries[in_data]), &self.keys, &mut self.matrix[in_matrix]);
            }
            (Method::Whole, 1) => whole::weights(d_head, first, tokens, &mut self.matrix[in_matrix]),
            (Method::Whole, _) => whole::mix(d_head, &self.matrix[in_matrix], &self.values, &mut self.out[in_data]),
            (Method::Fused, _) => {
                let seen = Seen { d_head, keys: &self.keys, values: &self.values };
                fused::rows(
                    seen,
                    first,
                    black_box(&self.queries[in_data.clone()]),
                    &mut self.out[in_data],
                    &mut self.room,
                );
            }
            (Method::Cached, _) => cached::attend(black_box(&self.queries), &self.keys, &self.values, 1, &mut self.out),
        }
        black_box(&self.out);
    }

    /// Bytes of the data, and of what is needed besides: counted from the arrays that are there.
    fn bytes(&self) -> (usize, usize) {
        let numbers = self.queries.len() + self.keys.len() + self.values.len() + self.out.len();
        let room = match self.method {
            Method::Whole => self.matrix.len() * size_of::<f32>(),
            Method::Fused => size_of::<Room>(),
            // One weight for each token, made anew for each one that is written.
            Method::Cached => self.tokens * size_of::<f32>(),
        };
        (numbers * size_of::<f32>(), room)
    }
}

/// One way against the definition in double precision.
fn check(method: Method, seed: u64) -> Result<Check, JobError> {
    let (tokens, d_head) = RAGGED;
    let mut work = Work::new(method, tokens, d_head, seed);
    // Not zeros: a way that adds to what it finds would go unnoticed.
    work.out.fill(f32::NAN);
    for unit in 0..work.units() {
        work.unit(unit);
    }
    let row = |part: &[f32], i: usize| part[i * d_head..(i + 1) * d_head].to_vec();
    // While a token is written there is no query but the last; the others change nothing of its row.
    let query = |i: usize| if method == Method::Cached { work.queries.clone() } else { row(&work.queries, i) };
    let qkv: Vec<f32> =
        (0..tokens).flat_map(|i| [query(i), row(&work.keys, i), row(&work.values, i)].concat()).collect();
    let (mixed, _) = naive::forward(Shape { batch: 1, tokens, n_heads: 1, d_head }, &qkv);
    let expected = if method == Method::Cached { row(&mixed, tokens - 1) } else { mixed };
    let expected: Vec<f64> = expected.into_iter().map(f64::from).collect();
    let error = self_test::relative(&work.out, &expected);
    let check = Check { name: method.key().into(), error, tolerance: TOLERANCE };
    if check.passed() {
        return Ok(check);
    }
    Err(JobError::Device(format!(
        "Attention computed as “{}” is wrong here: off by {error:.1e} where {TOLERANCE:.0e} is allowed, so it was not timed. \
         Reload the page; if it happens again, choose another device at the top of the page.",
        method.key()
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_computes_what_the_definition_says() {
        for method in Method::ALL {
            let check = check(method, 3).unwrap_or_else(|error| panic!("{method:?}: {error}"));
            assert!(check.error > 0.0, "{method:?}: single precision cannot be exact, so nothing was compared");
        }
    }

    #[test]
    fn bytes_are_those_of_the_arrays() {
        let bytes = |method| Work::new(method, 100, 8, 1).bytes();
        assert_eq!(bytes(Method::Whole), (4 * 4 * 800, 4 * 100 * 100));
        assert_eq!(bytes(Method::Fused), (4 * 4 * 800, 4 * (32 * 64 + 32 + 32)));
        assert_eq!(bytes(Method::Cached), (4 * (2 * 800 + 2 * 8), 4 * 100));
    }
}
