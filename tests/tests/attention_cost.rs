//! Timing attention, as the page asks for it.

use engine_core::{
    job::JobError,
    jobs::attention_cost::{AttentionReport, Method, TimeAttention},
};
use tests::Engine;

fn job(lengths: &[usize]) -> TimeAttention {
    TimeAttention { lengths: lengths.to_vec(), d_head: 16, seed: 1, rounds: 3, limit_ms: 60_000.0 }
}

#[test]
fn every_way_is_checked_and_timed_at_every_length() {
    let (report, updates) = Engine::default().run(&job(&[33, 64])).unwrap();
    let names: Vec<&str> = report.checks.iter().map(|check| check.name.as_str()).collect();
    assert_eq!(names, ["whole", "fused", "cached"]);
    assert!(report.checks.iter().all(|check| check.passed()), "{:?}", report.checks);
    let cells: Vec<_> = report.timings.iter().map(|timing| (timing.tokens, timing.method)).collect();
    let wanted: Vec<_> = [33, 64].into_iter().flat_map(|tokens| Method::ALL.map(|method| (tokens, method))).collect();
    assert_eq!(cells, wanted);
    for timing in &report.timings {
        let (low, high) = timing.range_ms;
        assert!(timing.ms > 0.0 && low <= timing.ms && timing.ms <= high && timing.rounds == 3, "{timing:?}");
    }
    let grown: Vec<usize> = updates.iter().map(|so_far: &AttentionReport| so_far.timings.len()).collect();
    assert_eq!(grown, (1..=6).collect::<Vec<_>>(), "each cell is told as it is done");
    assert_eq!(updates.last(), Some(&report));
}

#[test]
fn memory_grows_with_the_square_only_where_there_is_a_matrix() {
    let (report, _) = Engine::default().run(&job(&[512, 1024, 2048])).unwrap();
    let exponent = |method| report.memory_exponent(method).unwrap();
    assert!((1.9..2.01).contains(&exponent(Method::Whole)), "{}", exponent(Method::Whole));
    assert!((0.9..1.01).contains(&exponent(Method::Fused)), "{}", exponent(Method::Fused));
    assert!((0.9..1.01).contains(&exponent(Method::Cached)), "{}", exponent(Method::Cached));
    assert!(Method::ALL.into_iter().all(|method| report.time_exponent(method).is_some()));
}

/// A busy machine slows some rounds, and a core down to half its speed while its twin works. Eight times the length
/// and the quickest rounds still tell a square from a straight line.
#[test]
fn time_grows_with_the_square_where_every_pair_is_compared() {
    let (report, _) = Engine::default().run(&job(&[256, 2048])).unwrap();
    let quickest = |method, tokens| {
        let timing = report.timings.iter().find(|timing| (timing.method, timing.tokens) == (method, tokens));
        timing.unwrap().range_ms.0
    };
    let time = |method| (quickest(method, 2048) / quickest(method, 256)).ln() / 8f64.ln();
    assert!(time(Method::Whole) > 1.5 && time(Method::Fused) > 1.5 && time(Method::Cached) < 1.5, "{report:?}");
}

#[test]
fn what_takes_too_long_is_left_out_from_there_on() {
    let impatient = TimeAttention { limit_ms: 0.0, ..job(&[24, 32, 48]) };
    let (report, _) = Engine::default().run(&impatient).unwrap();
    let left: Vec<_> = report.left_out.iter().map(|left| (left.method, left.tokens)).collect();
    assert_eq!(left, Method::ALL.map(|method| (method, 32)));
    assert_eq!(report.timings.len(), 3);
}

#[test]
fn it_stops_when_nobody_waits_and_refuses_in_a_sentence() {
    let engine = Engine::default();
    engine.cancelled.set(true);
    assert!(matches!(engine.run(&job(&[32, 64])), Err(JobError::Cancelled)));
    let why = Engine::default().run(&job(&[64])).err();
    assert!(matches!(&why, Some(JobError::Invalid(why)) if why.contains("two lengths")), "{why:?}");
}
