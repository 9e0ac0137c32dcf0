//! When zeros buy time: one model in four forms, and one layer with more and more of it gone.

use crate::{run::Context, timing::medians};
use engine_core::{
    config::GptConfig,
    job::{Job, JobError},
    jobs::prune::{Rates, SparseTimes, Speed, Timed},
    prune::{
        lean::{Lean, Zeros},
        mask,
    },
    reference::gpt::Weights,
    rng::{Rng, Stream},
};
use kernels::{
    linear,
    sparse::{self, Rows},
};

/// The shares of one layer that are gone, in hundredths.
const SHARES: [u32; 9] = [0, 30, 50, 60, 70, 80, 90, 95, 98];

/// How fast the blocks of a model are before and after: `[whole, pruned]`.
pub(super) async fn of_model<J: Job>(
    config: &GptConfig,
    [whole, pruned]: [&Weights; 2],
    budget_ms: f64,
    cx: &Context<J>,
) -> Result<Speed, JobError> {
    let forms = [
        Lean::of(config, whole, Zeros::Kept),
        Lean::of(config, pruned, Zeros::Kept),
        Lean::of(config, pruned, Zeros::Skipped),
        Lean::of(config, pruned, Zeros::Removed),
    ];
    cx.checkpoint().await?;
    let (reading, rounds) = rates(&forms, config.context, budget_ms / 2.0, cx).await?;
    let (one, _) = rates(&forms, 1, budget_ms / 2.0, cx).await?;
    Ok(Speed { reading, one, window: config.context, rounds, variant: kernels::VARIANT.into() })
}

async fn rates<J: Job>(
    forms: &[Lean; 4],
    tokens: usize,
    budget_ms: f64,
    cx: &Context<J>,
) -> Result<(Rates, usize), JobError> {
    let start = forms[0].stream(&vec![0; tokens]);
    let run = |form: &Lean| {
        let mut stream = start.clone();
        form.run_blocks(&mut stream);
        std::hint::black_box(&stream);
    };
    let [a, b, c, d] = forms;
    let works: [&mut dyn FnMut(); 4] = [&mut || run(a), &mut || run(b), &mut || run(c), &mut || run(d)];
    let (ms, rounds) = medians(cx, budget_ms, works).await?;
    let [whole, zeros, sparse, smaller] = ms.map(|ms| tokens as f64 * 1e3 / ms);
    Ok((Rates { whole, zeros, sparse, smaller }, rounds))
}

/// Measures one layer: see [`SparseTimes`].
pub(crate) async fn of_layer(job: SparseTimes, cx: Context<SparseTimes>) -> Result<Vec<Timed>, JobError> {
    job.validate().map_err(JobError::Invalid)?;
    let SparseTimes { inputs, tokens, ms, seed } = job;
    let outputs = 4 * inputs;
    let mut rng = Rng::new(seed, Stream::Init);
    let mut numbers = |n: usize| (0..n).map(|_| rng.normal()).collect::<Vec<f32>>();
    let (whole, x, bias) = (numbers(inputs * outputs), numbers(tokens * inputs), numbers(outputs));
    let mut all = Vec::new();
    for share in SHARES {
        cx.checkpoint().await?;
        let share = f64::from(share) / 100.0;
        let mut weight = whole.clone();
        mask::apply(&mut weight, &mask::largest(&whole, share));
        let rows = Rows::of(&weight, inputs);
        let left = ((1.0 - share) * outputs as f64).round() as usize;
        let narrow: Vec<f32> = whole.chunks_exact(outputs).flat_map(|row| &row[..left]).copied().collect();
        let mut outs = [outputs, outputs, left].map(|outputs| vec![0.0; tokens * outputs]);
        let [dense_out, sparse_out, smaller_out] = &mut outs;
        let works: [&mut dyn FnMut(); 3] = [
            &mut || linear::forward(&x, &weight, &bias, std::hint::black_box(dense_out)),
            &mut || sparse::forward(&rows, &x, &bias, std::hint::black_box(sparse_out)),
            &mut || linear::forward(&x, &narrow, &bias[..left], std::hint::black_box(smaller_out)),
        ];
        let (taken, _) = medians(&cx, ms, works).await?;
        let [dense_us, sparse_us, smaller_us] = taken.map(|ms| 1e3 * ms);
        all.push(Timed { share, dense_us, sparse_us, smaller_us });
        cx.update(&all);
    }
    Ok(all)
}
