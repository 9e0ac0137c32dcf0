//! Training the small model of the positions lab: see [`engine_core::positions`]. No tensors: its matrices are tiny.

use crate::run::Context;
use engine_core::{
    job::JobError,
    jobs::positions::{Standing, TrainPositions},
    positions::training::{Glance, Run},
};

/// Between two checkpoints so many milliseconds pass, about.
const PIECE_MS: f64 = 6.0;

pub(crate) async fn run(job: TrainPositions, cx: Context<TrainPositions>) -> Result<Standing, JobError> {
    job.validate().map_err(JobError::Invalid)?;
    let mut run = Run::new(job.setup, job.scheme, job.from);
    if !run.fits() {
        let why = "The training that was kept is of another model. Start it anew.";
        return Err(JobError::Invalid(why.into()));
    }
    let blind = job.setup.blind();
    let standing = |run: &Run, glance: Glance| Standing { kept: run.kept().clone(), glance, blind };
    let mut looked_up = cx.now();
    loop {
        if run.at_point() || run.is_done() {
            let mut measure = run.measure();
            while !measure.go_on(&run) {
                cx.look_up(&mut looked_up, PIECE_MS).await?;
            }
            if run.at_point() {
                run.point(&measure);
            }
            let glance = run.glance(&measure);
            if run.is_done() {
                return Ok(standing(&run, glance));
            }
            cx.update(&standing(&run, glance));
        }
        run.learn();
        cx.look_up(&mut looked_up, PIECE_MS).await?;
    }
}
