//! Timing matrix products on this device: the kernels against each other and against the ceiling.

mod timing;

use crate::{device, gpt::weights::floats, run::Context, self_test};
use burn::tensor::{Device, Tensor, TensorData};
use engine_core::{
    job::JobError,
    jobs::{
        matmul::{Kernel, LeftOut, MatmulReport, TimeMatmul, flops},
        self_test::Check,
    },
    rng::{Rng, Stream},
};
use kernels::{matmul, matmul::Shape};
use std::hint::black_box;
use timing::{Bench, Ceiling};

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
    let piece_ms = timing::piece_ms(&cx)?;
    let mut ceiling = Ceiling::new(piece_ms);
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

#[cfg(test)]
mod tests {
    use super::*;

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
        for _ in 0..timing::MOST_PRODUCTS {
            matmul::naive::matmul(Shape::nn(24, 24, 24), &a, &x, &mut next);
            std::mem::swap(&mut x, &mut next);
        }
        assert!(x.iter().all(|x| (0.2..0.8).contains(x)), "{x:?}");
    }
}
