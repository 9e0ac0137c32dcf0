//! Timing products of whole numbers on the GPU: see [`engine_core::jobs::packed`].

use crate::run::Context;
use engine_core::{
    job::JobError,
    jobs::packed::{PackedReport, TimePacked},
};

#[cfg(not(feature = "gpu"))]
pub(crate) async fn run(job: TimePacked, _: Context<TimePacked>) -> Result<PackedReport, JobError> {
    job.validate().map_err(JobError::Invalid)?;
    Err(no_gpu())
}

fn no_gpu() -> JobError {
    JobError::Invalid("No GPU is in use here. Choose WebGPU at the top of the page first.".into())
}

#[cfg(feature = "gpu")]
pub(crate) use gpu::run;

#[cfg(feature = "gpu")]
mod gpu {
    use super::{Context, JobError, PackedReport, TimePacked, no_gpu};
    use crate::{device, self_test::relative};
    use engine_core::{
        jobs::packed::{Kept, PackedTiming},
        quantize::{Matrix, Quantized, Scheme, quantize},
        rng::{Rng, Stream},
    };
    use engine_gpu::{Gpu, GpuMatmul, Layout, PackedMatmul, PackedShape};
    use kernels::{
        int8,
        matmul::{self, Shape},
    };
    use std::sync::Arc;

    /// Products that are submitted together at most.
    const MOST_PRODUCTS: usize = 256;
    /// A submission takes so long at least, because a browser's clock is coarse.
    const PIECE_MS: f64 = 20.0;
    /// Everything is timed so often at least; what counts is the fastest time.
    const FEWEST: u32 = 3;
    /// What a device may be off by.
    const TOLERANCE: f32 = 1e-5;

    pub(crate) async fn run(job: TimePacked, cx: Context<TimePacked>) -> Result<PackedReport, JobError> {
        job.validate().map_err(JobError::Invalid)?;
        let gpu = device::shared().ok_or_else(no_gpu)?;
        let mut report = PackedReport::default();
        for &shape in &job.shapes {
            let numbers = Numbers::new(shape, job.seed);
            for kept in Kept::ALL {
                cx.checkpoint().await?;
                let product = Product::new(&gpu, shape, kept, &numbers).await.map_err(JobError::Device)?;
                report.built_in |= matches!(&product, Product::Whole(it) if it.built_in());
                let (ms, products) = time(&product, &job, &cx).await?;
                let found = product.result().await.map_err(JobError::Device)?;
                let error = relative(&found, &numbers.expected(kept));
                if !(error <= TOLERANCE) {
                    return Err(JobError::Device(format!(
                        "This GPU multiplies wrongly ({kept:?}, {shape:?}): off by {error:.1e} where {TOLERANCE:.0e} is allowed."
                    )));
                }
                report.timings.push(PackedTiming { shape, kept, bytes: product.bytes(shape), ms, products, error });
                cx.update(&report);
            }
        }
        Ok(report)
    }

    async fn time(product: &Product, job: &TimePacked, cx: &Context<TimePacked>) -> Result<(f64, u32), JobError> {
        let (mut times, mut best, mut products, mut rounds) = (1, f64::INFINITY, 0, 0);
        let begun = cx.now();
        loop {
            cx.checkpoint().await?;
            let started = cx.now();
            product.run(times).await;
            let ms = cx.now() - started;
            if ms < PIECE_MS && times < MOST_PRODUCTS {
                times *= 2;
                continue;
            }
            (best, products, rounds) = (best.min(ms / times as f64), products + times as u32, rounds + 1);
            if rounds >= FEWEST && cx.now() - begun >= job.budget_ms {
                return Ok((best, products));
            }
        }
    }

    /// Inputs and weights, and the same as whole numbers.
    struct Numbers {
        shape: [usize; 3],
        x: Vec<f32>,
        w: Vec<f32>,
        whole_x: Quantized,
        eight: Quantized,
        four: Quantized,
    }

    impl Numbers {
        fn new(shape: [usize; 3], seed: u64) -> Self {
            let [m, k, n] = shape;
            let mut rng = Rng::new(seed, Stream::Init);
            let mut draw = |count: usize| (0..count).map(|_| 2.0 * rng.uniform() as f32 - 1.0).collect::<Vec<_>>();
            let (x, w) = (draw(m * k), draw(n * k));
            let whole = |data: &[f32], scheme| quantize(Matrix { columns: k, data }, scheme).expect("finite numbers");
            let (whole_x, eight, four) =
                (whole(&x, Scheme::ACTIVATIONS), whole(&w, Scheme::INT8), whole(&w, Scheme::INT4));
            Self { shape, x, w, whole_x, eight, four }
        }

        fn expected(&self, kept: Kept) -> Vec<f64> {
            let [m, k, n] = self.shape;
            let mut out = vec![0.0; m * n];
            let whole = |weights: &Quantized, group, out: &mut [f32]| {
                let (w, x) = (codes(weights), codes(&self.whole_x));
                let weights = int8::Weights {
                    inputs: k,
                    group,
                    codes: int8::Codes::Eight(&w),
                    scales: &weights.scales,
                    zeros: &[],
                };
                int8::forward(weights, &x, &self.whole_x.scales, out);
            };
            match kept {
                Kept::Float => matmul::matmul(Shape::nt(m, k, n), &self.x, &self.w, &mut out),
                Kept::Eight => whole(&self.eight, k, &mut out),
                Kept::Four => whole(&self.four, TimePacked::GROUP, &mut out),
            }
            out.into_iter().map(f64::from).collect()
        }
    }

    /// All whole numbers of a matrix, row after row.
    fn codes(of: &Quantized) -> Vec<i8> {
        (0..of.rows()).flat_map(|row| of.codes.row(row)).collect()
    }

    /// A product that is ready to run.
    enum Product {
        Float(GpuMatmul),
        Whole(PackedMatmul),
    }

    impl Product {
        async fn new(
            gpu: &Arc<Gpu>,
            [rows, inputs, outputs]: [usize; 3],
            kept: Kept,
            of: &Numbers,
        ) -> Result<Self, String> {
            let (weights, group) = match kept {
                Kept::Float => {
                    let product = GpuMatmul::new(gpu, Layout::Nt, [rows, inputs, outputs]).await?;
                    product.set(&of.x, &of.w)?;
                    return Ok(Self::Float(product));
                }
                Kept::Eight => (&of.eight, inputs),
                Kept::Four => (&of.four, TimePacked::GROUP),
            };
            let shape = PackedShape { rows, inputs, outputs, group, four: kept == Kept::Four };
            let product = PackedMatmul::new(gpu, shape).await?;
            product.set(&codes(&of.whole_x), &of.whole_x.scales, &codes(weights), &weights.scales)?;
            Ok(Self::Whole(product))
        }

        async fn run(&self, times: usize) {
            match self {
                Self::Float(product) => {
                    product.run(times);
                    product.finish().await;
                }
                Self::Whole(product) => {
                    product.run(times);
                    product.finish().await;
                }
            }
        }

        async fn result(&self) -> Result<Vec<f32>, String> {
            match self {
                Self::Float(product) => product.result().await,
                Self::Whole(product) => product.result().await,
            }
        }

        fn bytes(&self, [_, inputs, outputs]: [usize; 3]) -> usize {
            match self {
                Self::Float(_) => inputs * outputs * 4,
                Self::Whole(product) => product.weight_bytes(),
            }
        }
    }
}
