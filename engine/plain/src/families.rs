//! Training the small models of the lab on families, and asking them: see [`engine_core::families`]. No tensors: their
//! matrices are tiny.

use crate::run::Context;
use engine_core::{
    families::{
        ask::{Answer, answer},
        model::Model,
        training::{Kept, Run},
    },
    job::JobError,
    jobs::families::{AskFamily, TrainFamily},
};

/// Between two checkpoints so many milliseconds pass, about.
const PIECE_MS: f64 = 6.0;
const OTHER_MODEL: &str = "The training that was kept is of another model. Start it anew.";

pub(crate) async fn train(job: TrainFamily, cx: Context<TrainFamily>) -> Result<Kept, JobError> {
    job.validate().map_err(JobError::Invalid)?;
    let mut run = Run::new(job.setup, job.family, job.from);
    if !run.fits() {
        return Err(JobError::Invalid(OTHER_MODEL.into()));
    }
    let mut looked_up = cx.now();
    loop {
        if run.at_point() {
            let mut measure = run.measure();
            while !run.ask(&mut measure) {
                cx.look_up(&mut looked_up, PIECE_MS).await?;
            }
            run.point(&measure);
            if !run.is_done() {
                cx.update(run.kept());
            }
        }
        if run.is_done() {
            return Ok(run.kept().clone());
        }
        run.learn();
        cx.look_up(&mut looked_up, PIECE_MS).await?;
    }
}

pub(crate) async fn ask(job: AskFamily, cx: Context<AskFamily>) -> Result<Answer, JobError> {
    job.validate().map_err(JobError::Invalid)?;
    let model = Model::new(job.family, job.setup.layers);
    if job.params.len() != model.count() {
        return Err(JobError::Invalid(OTHER_MODEL.into()));
    }
    cx.checkpoint().await?;
    Ok(answer(&model, &job.params, job.setup.layers, &job.words))
}
