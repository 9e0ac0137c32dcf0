//! A map by t-SNE: see [`engine_core::jobs::lay_out`]. No tensors: every pair of a few hundred points, in plain loops.

use crate::run::Context;
use engine_core::{
    job::JobError,
    jobs::lay_out::{Laid, LayOut},
    word_vectors::tsne::{Tsne, affinities, directions, distances, kept, nearest},
};

/// Rows of chances that are found between two checkpoints: about two milliseconds' worth.
const ROWS: usize = 8;
/// Steps between two pictures: so many pictures are enough for a film.
const STEPS: u32 = 8;
/// So many neighbours of each point are compared; the lab lists as many.
const NEIGHBOURS: usize = 8;

pub(crate) async fn run(job: LayOut, cx: Context<LayOut>) -> Result<Laid, JobError> {
    job.validate().map_err(JobError::Invalid)?;
    let rows = directions(&job.vectors, job.dim);
    let (mut chances, mut before) = (Vec::new(), Vec::new());
    for at in 0..job.start.len() {
        if at % ROWS == 0 {
            cx.checkpoint().await?;
        }
        let far = distances(&rows, job.dim, at);
        chances.push(affinities(&far, at, job.perplexity));
        before.push(nearest(&far, at, NEIGHBOURS));
    }
    let mut map = Tsne::new(&chances, &job.start, job.seed);
    let picture = |map: &Tsne| Laid {
        iteration: map.done(),
        divergence: map.divergence(),
        kept: kept(&before, map.places()),
        map: map.picture(),
    };
    // Where it begins is part of the film, to the last digit.
    cx.update(&Laid { kept: kept(&before, &job.start), map: job.start.clone(), ..picture(&map) });
    while map.done() < job.iterations {
        cx.checkpoint().await?;
        map.step();
        if map.done().is_multiple_of(STEPS) && map.done() < job.iterations {
            cx.update(&picture(&map));
        }
    }
    Ok(picture(&map))
}
