//! Pruning a model and training it again: see [`engine_core::jobs::prune`].

pub(crate) mod speed;

use crate::{
    gpt::{Adam, Gpt, train_step},
    learner::{Learner, fell_apart},
    run::Context,
};
use engine_core::{
    job::JobError,
    jobs::prune::{LARGEST, Plan, Point, PruneModel, Report, SHARES, Taken},
    model_file::ModelFile,
    prune::{
        cut::{What, cut, masks, share_gone},
        lean::{Lean, Zeros},
        matrices,
        storage::Bytes,
        structure,
    },
    reference::gpt::Weights,
    tensor_file::Precision,
};

/// Tokens that each loss is measured on.
const TOKENS: usize = 2_048;
/// Steps between two updates while a model is trained.
const STEPS: u32 = 4;

pub(crate) async fn run(job: PruneModel, cx: Context<PruneModel>) -> Result<Report, JobError> {
    job.validate().map_err(JobError::Invalid)?;
    let learner = Learner::open(&job.file, &job.text, LARGEST, TOKENS)?;
    cx.checkpoint().await?;
    let config = learner.file.config;
    let plan = job.plan;
    let mut report = Report {
        prunable: matrices(&config).iter().map(|(_, [rows, columns])| rows * columns).sum(),
        parameters: config.parameters(),
        parts: match plan.what {
            What::Heads => structure::heads(&config).len(),
            What::Neurons => structure::neurons(&config).len(),
            What::Global | What::Layer | What::TwoOfFour => 0,
        },
        ..Report::default()
    };
    shares(&learner, &plan, &mut report, &cx).await?;

    let mut model = learner.model();
    let mut once = learner.file.weights.clone();
    cut(&config, &mut once, plan.what, plan.share);
    if job.tokens > 0 {
        let of_cut = Gpt::new(config, once);
        for model in [&model, &of_cut] {
            report.written.push(learner.sample(model, job.tokens, plan.seed, &cx).await?);
            cx.update(&report);
        }
    }

    in_rounds(&learner, &plan, &mut model, &mut report, &cx).await?;
    if plan.steps > 0 {
        if job.tokens > 0 {
            report.written.push(learner.sample(&model, job.tokens, plan.seed, &cx).await?);
        }
        let mut control = learner.model();
        let mut adam = Adam::new(&control);
        train(&learner, &plan, 0..plan.steps, (&mut control, &mut adam), &cx, |_| {}).await?;
        report.control = Some(learner.loss(&control, &cx).await?);
    }

    let weights = model.weights();
    sizes(&learner.file, &weights, &mut report);
    cx.update(&report);
    if job.speed_ms > 0.0 {
        report.speed = Some(speed::of_model(&config, [&learner.file.weights, &weights], job.speed_ms, &cx).await?);
    }
    let file = ModelFile { weights, ..learner.file.without_training() };
    report.file = Some(file.write(Precision::F32));
    Ok(report)
}

/// What each share costs the model as it is.
async fn shares(learner: &Learner, plan: &Plan, report: &mut Report, cx: &Context<PruneModel>) -> Result<(), JobError> {
    let config = learner.file.config;
    // Two of four is one share only.
    let shares = if plan.what == What::TwoOfFour { &[50] } else { &SHARES[..] };
    let mut weights = learner.file.weights.clone();
    for share in std::iter::once(&0).chain(shares) {
        if *share > 0 {
            cut(&config, &mut weights, plan.what, f64::from(*share) / 100.0);
        }
        let share = share_gone(&config, &weights, plan.what);
        let loss = learner.loss(&Gpt::new(config, weights.clone()), cx).await?;
        // Of few heads two shares may be as many.
        if report.cut.last().is_none_or(|point| point.share < share) {
            report.cut.push(Point { share, loss });
        }
        cx.update(report);
    }
    Ok(())
}

/// Cuts and trains, round after round.
async fn in_rounds(
    learner: &Learner,
    plan: &Plan,
    model: &mut Gpt,
    report: &mut Report,
    cx: &Context<PruneModel>,
) -> Result<(), JobError> {
    let config = learner.file.config;
    let mut adam = Adam::new(model);
    for round in 1..=plan.rounds {
        let mut weights = model.weights();
        cut(&config, &mut weights, plan.what, plan.share_after(round));
        let share = share_gone(&config, &weights, plan.what);
        for (name, kept) in masks(&config, &weights, plan.what) {
            model.mask(&name, Some(kept));
        }
        report.rounds_cut.push(Point { share, loss: learner.loss(model, cx).await? });
        cx.update(report);
        let steps = plan.steps_of(round);
        if steps > 0 {
            let first = adam.steps();
            let tell = |loss| {
                report.steps.push(loss);
                if report.steps.len().is_multiple_of(STEPS as usize) {
                    cx.update(report);
                }
            };
            train(learner, plan, first..first + steps, (model, &mut adam), cx, tell).await?;
            report.rounds_trained.push(Point { share, loss: learner.loss(model, cx).await? });
            cx.update(report);
        }
    }
    Ok(())
}

/// Trains on the batches of these steps, and tells the loss of each.
async fn train(
    learner: &Learner,
    plan: &Plan,
    steps: std::ops::Range<u32>,
    (model, adam): (&mut Gpt, &mut Adam),
    cx: &Context<PruneModel>,
    mut tell: impl FnMut(f32),
) -> Result<(), JobError> {
    let training = plan.training();
    let mut grads = model.gradients();
    let context = learner.file.config.context;
    for step in steps {
        let (inputs, targets) = learner.corpus.batch(plan.seed, step, plan.batch, context);
        let between = async || cx.checkpoint().await;
        let (loss, outcome) = train_step(model, adam, &mut grads, &training, (&inputs, &targets), between).await?;
        if !outcome.grad_norm.is_finite() {
            return Err(fell_apart(step));
        }
        tell(loss);
    }
    Ok(())
}

/// Counts what the pruned model takes, matrix by matrix.
fn sizes(file: &ModelFile, weights: &Weights, report: &mut Report) {
    let config = &file.config;
    let mut after = Bytes::default();
    for (name, [_, columns]) in matrices(config) {
        let tensor = &weights[&name];
        let zeros = tensor.iter().filter(|number| **number == 0.0).count();
        report.layers.push((name, zeros as f64 / tensor.len() as f64));
        after = after + Bytes::of(tensor, columns);
    }
    let smaller = Lean::of(config, weights, Zeros::Removed);
    report.widths = smaller.widths();
    report.taken = Some(Taken {
        before: config.parameters() * size_of::<f32>(),
        after: after.beside(report.parameters - report.prunable),
        smaller: smaller.bytes(),
    });
}
