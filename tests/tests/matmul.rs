//! Timing matrix products, as the page asks for it.

use engine::run::{Host, Sessions};
use engine_core::{
    job::{Job, JobError},
    jobs::{
        matmul::{Kernel, MatmulReport, TimeMatmul, flops},
        packed::TimePacked,
    },
    wire,
};
use std::{rc::Rc, time::Instant};
use tests::Engine;

const ON_CPU: [Kernel; 4] = [Kernel::Naive, Kernel::Blocked, Kernel::Packed, Kernel::Flex];

fn job(sizes: &[usize]) -> TimeMatmul {
    TimeMatmul { sizes: sizes.to_vec(), kernels: ON_CPU.to_vec(), seed: 1, budget_ms: 1.0, limit_ms: 60_000.0 }
}

#[test]
fn every_kernel_is_checked_and_timed_at_every_size() {
    let (report, updates) = Engine::default().run(&job(&[16, 33])).unwrap();
    let names: Vec<&str> = report.checks.iter().map(|check| check.name.as_str()).collect();
    assert_eq!(
        names,
        ["blocked loops", "packed SIMD", "Burn Flex"],
        "all but the naive one, which they are held against"
    );
    assert!(report.checks.iter().all(|check| check.passed()), "{:?}", report.checks);
    let cells: Vec<_> = report.timings.iter().map(|timing| (timing.size, timing.kernel)).collect();
    let wanted: Vec<_> = [16, 33].into_iter().flat_map(|size| ON_CPU.map(|kernel| (size, kernel))).collect();
    assert_eq!(cells, wanted);
    for timing in &report.timings {
        assert!(timing.ms > 0.0 && timing.products > 0, "{timing:?}");
        assert!((timing.gflops * timing.ms * 1e6 / flops(timing.size) - 1.0).abs() < 1e-9, "{timing:?}");
        assert_eq!(timing.round_trip_ms, None);
    }
    assert!(report.ceiling_gflops.is_some_and(|gflops| gflops > 0.0));
    assert_eq!((report.variant.as_str(), report.fuses), ("portable", false));
    assert!(report.left_out.is_empty());

    let grown: Vec<usize> = updates.iter().map(|so_far: &MatmulReport| so_far.timings.len()).collect();
    assert_eq!(grown, (1..=8).collect::<Vec<_>>(), "each cell is told as it is done");
    assert_eq!(updates.last(), Some(&report));
}

#[test]
fn a_kernel_that_takes_too_long_is_left_out_from_there_on() {
    let impatient = TimeMatmul { limit_ms: 0.0, ..job(&[24, 32]) };
    let (report, _) = Engine::default().run(&impatient).unwrap();
    let left: Vec<_> = report.left_out.iter().map(|left| (left.kernel, left.size)).collect();
    assert_eq!(left, [(Kernel::Naive, 24), (Kernel::Blocked, 24), (Kernel::Packed, 24)]);
    assert!(report.left_out.iter().all(|left| left.forecast_ms > 0.0));
    assert!(report.timings.iter().all(|timing| timing.kernel == Kernel::Flex));
    assert_eq!(report.ratio(Kernel::Flex, 24), None, "there is nothing to compare with");
}

#[test]
fn a_gpu_alone_needs_a_gpu() {
    let gpu = TimeMatmul { kernels: vec![Kernel::Gpu], ..job(&[16]) };
    let why = Engine::default().run(&gpu).err();
    assert!(matches!(&why, Some(JobError::Invalid(why)) if why.contains("No GPU is in use")), "{why:?}");
    let packed = TimePacked { shapes: vec![[4, 32, 4]], seed: 1, budget_ms: 1.0 };
    assert_eq!(Engine::default().run(&packed).err(), why, "whole numbers neither");
}

#[test]
fn nonsense_gets_a_sentence_and_a_cancel_ends_it() {
    let engine = Engine::default();
    let why = engine.run(&job(&[16, 5_000])).err();
    assert!(matches!(&why, Some(JobError::Invalid(why)) if why.contains("5000 × 5000")), "{why:?}");
    engine.cancelled.set(true);
    assert_eq!(engine.run(&job(&[16])).err(), Some(JobError::Cancelled));
}

/// Runs a job by a clock of one's own.
fn by_clock(job: &TimeMatmul, now: impl Fn() -> f64 + 'static) -> Result<MatmulReport, JobError> {
    let host = Host {
        device: pollster::block_on(engine::device::open()).unwrap().device,
        sessions: Sessions::default(),
        send_update: Rc::new(|_| {}),
        yield_now: Rc::new(|| Box::pin(std::future::ready(()))),
        now: Rc::new(now),
        cancelled: Rc::default(),
    };
    let output = pollster::block_on(engine::registry().run(TimeMatmul::NAME, &wire::encode(job), host))?;
    Ok(wire::decode(&output).unwrap())
}

#[test]
fn a_clock_that_stands_still_is_named() {
    let why = by_clock(&job(&[16]), || 7.0).err();
    assert!(matches!(&why, Some(JobError::Invalid(why)) if why.contains("clock is too coarse")), "{why:?}");
}

#[test]
fn a_coarse_clock_invents_no_speed() {
    let started = Instant::now();
    let coarse = move || (started.elapsed().as_secs_f64() * 1e3).floor();
    let report = by_clock(&job(&[8, 16]), coarse).unwrap();
    for timing in report.timings {
        let real = timing.ms * f64::from(timing.products);
        assert!(real >= 20.0, "{} products of {real} ms in all by a clock of 1 ms: {timing:?}", timing.products);
        assert!(timing.gflops < 1_000.0, "{timing:?}");
    }
}
