//! Timing matrix products on this device: the kernels against each other and against the ceiling.

use crate::{device, gpt::weights::floats, run::Context, self_test};
use burn::tensor::{Device, Tensor, TensorData};
use engine_core::{
    job::JobError,
    jobs::{
        matmul::{Kernel, LeftOut, MatmulReport, TimeMatmul, Timing, flops},
        self_test::Check,
    },
    rng::{Rng, Stream},
};
use kernels::{matmul, matmul::Shape, peak};
use std::hint::black_box;

/// A piece of work between two checkpoints takes so many ticks of the clock, which browsers make coarse: that tells
/// its time to a few percent …
const TICKS: f64 = 40.0;
/// … but at least and at most so long. Short pieces are seldom interrupted, and a cancellation waits for one.
const PIECE_MS: (f64, f64) = (4.0, 40.0);
/// Everything is timed so often at least; what counts is the fastest time.
const FEWEST_PASSES: u32 = 3;
/// Rows that one piece multiplies at least, so that a kernel works as it does on the whole.
const FEWEST_ROWS: usize = 16;
/// A product that cannot be split must not keep a cancellation waiting for longer.
const UNDIVIDED_MS: f64 = 90.0;
/// What a kernel is taken for before anything is known of it, in operations per millisecond.
const UNKNOWN_PACE: f64 = 1e5;
/// Products in one piece at most; a GPU is sent so many before it is asked for an answer.
const MOST_PRODUCTS: usize = 256;
/// A shape on which no tile and no block fits, for the comparison with the naive kernel.
const RAGGED: Shape = Shape { m: 37, k: 71, n: 43, layout: matmul::Layout::Nn };

pub(crate) async fn run(job: TimeMatmul, cx: Context<TimeMatmul>) -> Result<MatmulReport, JobError> {
    job.validate().map_err(JobError::Invalid)?;
    if job.kernels.contains(&Kernel::Gpu) && !device::is_gpu(cx.device()) {
        return Err(JobError::Invalid("No GPU is in use here. Choose WebGPU at the top of the page first.".into()));
    }
    let mut report =
        MatmulReport { variant: kernels::VARIANT.into(), fuses: kernels::fuses(), ..MatmulReport::default() };
    for &kernel in job.kernels.iter().filter(|kernel| **kernel != Kernel::Naive) {
        cx.checkpoint().await?;
        report.checks.push(check(kernel, &cx).await?);
    }
    let uses_cpu = job.kernels.iter().any(|kernel| *kernel != Kernel::Gpu);
    let piece_ms = (tick(&cx) * TICKS).clamp(PIECE_MS.0, PIECE_MS.1);
    let mut ceiling = Ceiling { gflops: 0.0, rounds: 1 << 14, piece_ms };
    for &size in &job.sizes {
        let factors = Factors::new(size, job.seed);
        if uses_cpu {
            report.ceiling_gflops = Some(ceiling.measure(&cx).await?);
        }
        for &kernel in &job.kernels {
            if report.left_out.iter().any(|left| left.kernel == kernel) {
                continue;
            }
            let last = report.timings.iter().rfind(|timing| timing.kernel == kernel);
            let forecast = last.map(|last| flops(size) / (last.gflops * 1e6));
            let bench = Bench { kernel, size, factors: &factors, piece_ms, job: &job, cx: &cx };
            match bench.measure(forecast).await? {
                Ok(timing) => report.timings.push(timing),
                Err(forecast_ms) => report.left_out.push(LeftOut { kernel, size, forecast_ms }),
            }
            cx.update(&report);
        }
    }
    Ok(report)
}

/// One kernel against the naive one on a ragged shape.
async fn check(kernel: Kernel, cx: &Context<TimeMatmul>) -> Result<Check, JobError> {
    let Shape { m, k, n, .. } = RAGGED;
    // Lopsided on purpose: a transposed or shifted result cannot look right.
    let fill = |count: usize, by: usize| (0..count).map(|i| (i * by % 17) as f32 / 4.0 - 1.5).collect::<Vec<_>>();
    let (a, b) = (fill(m * k, 5), fill(k * n, 7));
    let mut expected = vec![0.0; m * n];
    matmul::naive::matmul(RAGGED, &a, &b, &mut expected);
    let found = match tensor_device(kernel, cx) {
        Some(device) => floats(tensor(&a, [m, k], &device).matmul(tensor(&b, [k, n], &device))).await?,
        None => {
            // Not zeros: a kernel that adds to what it finds would go unnoticed.
            let mut out = vec![f32::NAN; m * n];
            product(kernel, RAGGED, &a, &b, &mut out);
            out
        }
    };
    judge(kernel, &found, &expected)
}

/// Whether `found` may be trusted, as a check that passed or an error.
fn judge(kernel: Kernel, found: &[f32], expected: &[f32]) -> Result<Check, JobError> {
    let expected: Vec<f64> = expected.iter().map(|x| f64::from(*x)).collect();
    let tolerance = if kernel == Kernel::Gpu { 1e-4 } else { 1e-5 };
    let check = Check { name: kernel.label().into(), error: self_test::relative(found, &expected), tolerance };
    if check.passed() {
        return Ok(check);
    }
    Err(JobError::Device(format!(
        "“{}” multiplies wrongly here: off by {:.1e} where {tolerance:.0e} is allowed, so it was not timed. \
         Reload the page; if it happens again, choose another device at the top of the page.",
        check.name, check.error
    )))
}

/// Where a kernel that runs on tensors has them; none for those on plain slices.
fn tensor_device(kernel: Kernel, cx: &Context<TimeMatmul>) -> Option<Device> {
    match kernel {
        Kernel::Flex => Some(Device::flex()),
        Kernel::Gpu => Some(cx.device().clone()),
        Kernel::Naive | Kernel::Blocked | Kernel::Packed => None,
    }
}

fn tensor(values: &[f32], shape: [usize; 2], device: &Device) -> Tensor<2> {
    Tensor::from_data(TensorData::new(values.to_vec(), shape), device)
}

/// `out = a · b` by one of the kernels on plain slices.
fn product(kernel: Kernel, shape: Shape, a: &[f32], b: &[f32], out: &mut [f32]) {
    let multiply = match kernel {
        Kernel::Naive => matmul::naive::matmul,
        Kernel::Blocked => matmul::blocked::matmul,
        Kernel::Packed | Kernel::Flex | Kernel::Gpu => matmul::matmul,
    };
    multiply(shape, black_box(a), black_box(b), out);
    black_box(out);
}

/// What is multiplied: `a · b`, both `[size, size]`.
struct Factors {
    /// Positive, each row summing to one: `a · (a · (a · b))` neither grows nor vanishes, so products can be chained.
    a: Vec<f32>,
    /// Between 0 and 1.
    b: Vec<f32>,
}

impl Factors {
    fn new(size: usize, seed: u64) -> Self {
        let mut rng = Rng::new(seed, Stream::Init);
        let mut draw = || (0..size * size).map(|_| rng.uniform() as f32).collect::<Vec<_>>();
        let (mut a, b) = (draw(), draw());
        for row in a.chunks_exact_mut(size) {
            let sum: f32 = row.iter().sum();
            row.iter_mut().for_each(|x| *x /= sum);
        }
        Self { a, b }
    }
}

/// The smallest step of the clock seen in a few attempts, in milliseconds.
fn tick(cx: &Context<TimeMatmul>) -> f64 {
    let step = |_| {
        let start = cx.now();
        // A clock that stands still for a million readings has no steps to wait for.
        (0..1_000_000).map(|_| cx.now() - start).find(|step| *step > 0.0).unwrap_or(0.0)
    };
    (0..5).map(step).fold(f64::INFINITY, f64::min)
}

/// The fastest that multiply-adds on registers have been seen.
struct Ceiling {
    gflops: f64,
    rounds: usize,
    piece_ms: f64,
}

impl Ceiling {
    /// Tries each number of sums once more, and answers the best so far in GFLOP/s. A core changes its
    /// clock while it works, so this is asked again between the products.
    async fn measure(&mut self, cx: &Context<TimeMatmul>) -> Result<f64, JobError> {
        for chains in peak::CHAINS {
            loop {
                cx.checkpoint().await?;
                let started = cx.now();
                black_box(peak::spin(chains, black_box(self.rounds)));
                let ms = cx.now() - started;
                if ms < self.piece_ms / 2.0 {
                    self.rounds *= 2;
                    continue;
                }
                self.gflops = self.gflops.max(peak::flops(chains, self.rounds) / (ms * 1e6));
                break;
            }
        }
        Ok(self.gflops)
    }
}

/// One kernel at one size.
struct Bench<'a> {
    kernel: Kernel,
    size: usize,
    factors: &'a Factors,
    piece_ms: f64,
    job: &'a TimeMatmul,
    cx: &'a Context<TimeMatmul>,
}

impl Bench<'_> {
    /// Times it, or answers the forecast that is too long, both in milliseconds per product.
    async fn measure(&self, forecast_ms: Option<f64>) -> Result<Result<Timing, f64>, JobError> {
        match tensor_device(self.kernel, self.cx) {
            None => self.on_slices(forecast_ms).await,
            Some(_) if forecast_ms.is_some_and(|ms| ms > UNDIVIDED_MS) => Ok(Err(forecast_ms.unwrap_or_default())),
            Some(device) => self.on_tensors(&device).await.map(Ok),
        }
    }

    async fn on_slices(&self, forecast_ms: Option<f64>) -> Result<Result<Timing, f64>, JobError> {
        let Self { size, piece_ms, job, cx, .. } = *self;
        let mut out = vec![0.0; size * size];
        let mut forecast = forecast_ms.unwrap_or(flops(size) / UNKNOWN_PACE);
        // Warms the caches, and finds how much work fills a piece.
        loop {
            cx.checkpoint().await?;
            let piece = Piece::lasting(piece_ms, forecast, size);
            let ms = self.stretch(piece, 0, &mut out);
            let per_product = ms / piece.products(size);
            if ms >= piece_ms / 2.0 {
                forecast = per_product;
                break;
            }
            // A coarse clock may say "no time at all": then eight times the work is tried.
            forecast = per_product.max(forecast / 8.0);
        }
        if forecast > job.limit_ms {
            return Ok(Err(forecast));
        }
        let piece = Piece::lasting(piece_ms, forecast, size);
        // The fastest time of each piece: whatever else the machine does can only make it slower.
        let mut fastest = vec![f64::INFINITY; size.div_ceil(piece.rows)];
        let (begun, mut passes) = (cx.now(), 0);
        while passes < FEWEST_PASSES || cx.now() - begun < job.budget_ms {
            for (first, best) in (0..size).step_by(piece.rows).zip(&mut fastest) {
                cx.checkpoint().await?;
                *best = best.min(self.stretch(piece, first, &mut out));
            }
            passes += 1;
        }
        let ms = fastest.iter().sum::<f64>() / piece.repeats as f64;
        Ok(Ok(self.timing(ms, passes * piece.repeats as u32, None)))
    }

    /// Multiplies `piece.rows` rows from row `first` on, `piece.repeats` times; answers the milliseconds.
    fn stretch(&self, piece: Piece, first: usize, out: &mut [f32]) -> f64 {
        let size = self.size;
        let rows = piece.rows.min(size - first);
        let within = first * size..(first + rows) * size;
        let started = self.cx.now();
        for _ in 0..piece.repeats {
            let (a, out) = (&self.factors.a[within.clone()], &mut out[within.clone()]);
            product(self.kernel, Shape::nn(rows, size, size), a, &self.factors.b, out);
        }
        self.cx.now() - started
    }

    async fn on_tensors(&self, device: &Device) -> Result<Timing, JobError> {
        let Self { size, job, cx, .. } = *self;
        let a = tensor(&self.factors.a, [size, size], device);
        let b = tensor(&self.factors.b, [size, size], device);
        let chain = async |products: usize| {
            cx.checkpoint().await?;
            let started = cx.now();
            let end = (0..products).fold(b.clone(), |x, _| a.clone().matmul(x));
            // One number is enough to know that all of them are done.
            floats(end.slice([0..1, 0..1])).await?;
            Ok::<f64, JobError>(cx.now() - started)
        };
        // The first product pays for caches, and on a GPU for compiling the shader.
        chain(1).await?;
        let alone = chain(1).await?;
        let (mut products, mut ms) = (1, alone);
        while ms < self.piece_ms && products < MOST_PRODUCTS {
            products = (products * 4).min(MOST_PRODUCTS);
            ms = chain(products).await?;
        }
        let (begun, mut passes, mut fastest) = (cx.now(), 0, ms);
        while passes < FEWEST_PASSES || cx.now() - begun < job.budget_ms {
            fastest = fastest.min(chain(products).await?);
            passes += 1;
        }
        let round_trip_ms = (self.kernel == Kernel::Gpu).then_some(alone);
        Ok(self.timing(fastest / products as f64, passes * products as u32, round_trip_ms))
    }

    fn timing(&self, ms: f64, products: u32, round_trip_ms: Option<f64>) -> Timing {
        let Self { kernel, size, .. } = *self;
        // A clock that stood still would make the pace infinite.
        let ms = ms.max(1e-6);
        Timing { kernel, size, ms, gflops: flops(size) / (ms * 1e6), products, round_trip_ms }
    }
}

/// What is done between two checkpoints: some rows of a product once, or a whole product several times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece {
    rows: usize,
    repeats: usize,
}

impl Piece {
    /// A piece of about `ms` milliseconds where a whole product takes `product_ms`.
    fn lasting(ms: f64, product_ms: f64, size: usize) -> Self {
        let products = ms / product_ms.max(1e-9);
        if products >= 1.0 {
            return Self { rows: size, repeats: products.min(1e7) as usize };
        }
        let rows = (products * size as f64) as usize;
        Self { rows: rows.next_multiple_of(FEWEST_ROWS).clamp(FEWEST_ROWS.min(size), size), repeats: 1 }
    }

    fn products(self, size: usize) -> f64 {
        self.rows as f64 / size as f64 * self.repeats as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_split_long_products_and_repeat_short_ones() {
        assert_eq!(Piece::lasting(16.0, 1.5, 64), Piece { rows: 64, repeats: 10 });
        assert_eq!(Piece::lasting(16.0, 160.0, 512), Piece { rows: 64, repeats: 1 });
        assert_eq!(Piece::lasting(16.0, 1e6, 512), Piece { rows: 16, repeats: 1 });
        assert_eq!(Piece::lasting(16.0, 1e6, 7), Piece { rows: 7, repeats: 1 });
        assert_eq!(Piece { rows: 128, repeats: 1 }.products(512), 0.25);
    }

    #[test]
    fn a_wrong_product_is_an_error_not_a_timing() {
        let right = [1.0, -2.0, 4.0];
        assert!(judge(Kernel::Packed, &right, &right).is_ok());
        for wrong in [[1.0, -2.0, 4.001], [1.0, f32::NAN, 4.0], [-2.0, 1.0, 4.0]] {
            let Err(JobError::Device(why)) = judge(Kernel::Packed, &wrong, &right) else { panic!("{wrong:?} passed") };
            assert!(why.contains("“packed SIMD” multiplies wrongly"), "{why}");
        }
        assert!(judge(Kernel::Gpu, &[1.0, -2.0], &right).is_err(), "a missing number");
    }

    #[test]
    fn chained_products_neither_grow_nor_vanish() {
        let Factors { a, b } = Factors::new(24, 3);
        let (mut x, mut next) = (b, vec![0.0; 24 * 24]);
        for _ in 0..MOST_PRODUCTS {
            matmul::naive::matmul(Shape::nn(24, 24, 24), &a, &x, &mut next);
            std::mem::swap(&mut x, &mut next);
        }
        assert!(x.iter().all(|x| (0.2..0.8).contains(x)), "{x:?}");
    }
}
