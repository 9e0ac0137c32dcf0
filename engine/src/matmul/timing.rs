//! The clock, the ceiling, and one kernel at one size.

use super::{Factors, product, tensor, tensor_device};
use crate::{gpt::weights::floats, run::Context};
use burn::tensor::Device;
use engine_core::{
    job::JobError,
    jobs::matmul::{Kernel, TimeMatmul, Timing, flops},
};
use kernels::{matmul::Shape, peak};
use std::hint::black_box;

/// A piece of work between two checkpoints takes so many ticks of the clock, which browsers make coarse: that tells
/// its time to a few percent …
const TICKS: f64 = 40.0;
/// … but at least and at most so long. Short pieces are seldom interrupted, and a cancellation waits for one.
const PIECE_MS: (f64, f64) = (4.0, 40.0);
/// A clock with longer ticks than this can time nothing here.
const COARSEST_MS: f64 = 2.0;
/// Everything is timed so often at least; what counts is the fastest time.
const FEWEST_PASSES: u32 = 3;
/// A product that takes no longer is never split: a kernel that packs would have to pack again for each piece.
const WHOLE_MS: f64 = 25.0;
/// Rows that one piece multiplies at least, so that a kernel works as it does on the whole.
const FEWEST_ROWS: usize = 16;
/// A product that cannot be split must not keep a cancellation waiting for longer.
const UNDIVIDED_MS: f64 = 90.0;
/// What a kernel is taken for before anything is known of it, in operations per millisecond.
const UNKNOWN_PACE: f64 = 1e5;
/// A GPU is sent so many products at most before it is asked for an answer.
pub(super) const MOST_PRODUCTS: usize = 256;

/// How long a piece of work between two checkpoints is to take, in milliseconds.
///
/// # Errors
/// If the clock is too coarse for any.
pub(super) fn piece_ms(cx: &Context<TimeMatmul>) -> Result<f64, JobError> {
    let tick_ms = tick(cx);
    if tick_ms > COARSEST_MS {
        return Err(JobError::Invalid(format!(
            "This browser's clock is too coarse to time a product: its ticks are longer than {COARSEST_MS} ms, probably to \
             protect you from being recognised. Measure in another browser, or allow this page a finer clock."
        )));
    }
    Ok((tick_ms * TICKS).clamp(PIECE_MS.0, PIECE_MS.1))
}

/// The smallest step of the clock seen in a few attempts, in milliseconds; infinite if it stands still.
fn tick(cx: &Context<TimeMatmul>) -> f64 {
    let step = |_| {
        let start = cx.now();
        (0..5_000_000).map(|_| cx.now() - start).find(|step| *step > 0.0).unwrap_or(f64::INFINITY)
    };
    (0..3).map(step).fold(f64::INFINITY, f64::min)
}

/// The fastest that multiply-adds on registers have been seen.
pub(super) struct Ceiling {
    gflops: f64,
    rounds: usize,
    piece_ms: f64,
}

impl Ceiling {
    pub(super) fn new(piece_ms: f64) -> Self {
        Self { gflops: 0.0, rounds: 1 << 14, piece_ms }
    }

    /// Tries each number of sums once more, and answers the best so far in GFLOP/s. A core changes its
    /// clock while it works, so this is asked again between the products.
    pub(super) async fn measure(&mut self, cx: &Context<TimeMatmul>) -> Result<f64, JobError> {
        for chains in peak::CHAINS {
            loop {
                cx.checkpoint().await?;
                let started = cx.now();
                black_box(peak::spin(chains, black_box(self.rounds)));
                let ms = cx.now() - started;
                if ms < self.piece_ms {
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
pub(super) struct Bench<'a> {
    pub(super) kernel: Kernel,
    pub(super) size: usize,
    pub(super) factors: &'a Factors,
    pub(super) piece_ms: f64,
    pub(super) job: &'a TimeMatmul,
    pub(super) cx: &'a Context<TimeMatmul>,
}

impl Bench<'_> {
    /// Times it, or answers the forecast that is too long, both in milliseconds per product.
    pub(super) async fn measure(&self, forecast_ms: Option<f64>) -> Result<Result<Timing, f64>, JobError> {
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
            let mut ms = self.stretch(piece, 0, &mut out);
            // An interruption looks like slow work; what is slow three times is slow.
            for _ in 1..FEWEST_PASSES {
                if ms >= piece_ms / 2.0 {
                    cx.checkpoint().await?;
                    ms = ms.min(self.stretch(piece, 0, &mut out));
                }
            }
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
        loop {
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
            if fastest[0] >= piece_ms / 2.0 {
                return Ok(Ok(self.timing(ms, passes * piece.repeats as u32, None)));
            }
            // A busy machine made the forecast too long, and with it the pieces too short for the clock.
            forecast = ms.max(forecast / 8.0);
        }
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
        // As many as fill a piece even when nothing interrupts them.
        let most = if self.kernel == Kernel::Gpu { MOST_PRODUCTS } else { 1 << 20 };
        let (mut products, mut passes, mut fastest) = (1, 0, alone);
        let too_few = |products, fastest| fastest < self.piece_ms / 2.0 && products < most;
        let begun = cx.now();
        while passes < FEWEST_PASSES || too_few(products, fastest) || cx.now() - begun < job.budget_ms {
            if too_few(products, fastest) {
                (products, passes, fastest) = ((products * 4).min(most), 0, f64::INFINITY);
            }
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
        if products >= 1.0 || product_ms <= WHOLE_MS {
            return Self { rows: size, repeats: products.clamp(1.0, 1e7) as usize };
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
        assert_eq!(Piece::lasting(4.0, 20.0, 512), Piece { rows: 512, repeats: 1 });
        assert_eq!(Piece::lasting(16.0, 160.0, 512), Piece { rows: 64, repeats: 1 });
        assert_eq!(Piece::lasting(16.0, 1e6, 512), Piece { rows: 16, repeats: 1 });
        assert_eq!(Piece::lasting(16.0, 1e6, 7), Piece { rows: 7, repeats: 1 });
        assert_eq!(Piece { rows: 128, repeats: 1 }.products(512), 0.25);
    }
}
