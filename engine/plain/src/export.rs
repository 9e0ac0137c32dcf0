//! Saving a model for other programs, and opening such files: see [`engine_core::export`]. No tensors: bytes are put in
//! order, and a few tokens are read.

use crate::run::Context;
use engine_core::{
    decoder::Decoder,
    export::{self, Format, project},
    job::JobError,
    jobs::export::{Compared, MakeProject, OpenSaved, Opened, Project, SaveAs},
    model_file::ModelFile,
};

/// Between two checkpoints so many milliseconds pass, about.
const PIECE_MS: f64 = 6.0;

pub(crate) async fn save(job: SaveAs, cx: Context<SaveAs>) -> Result<export::Written, JobError> {
    cx.checkpoint().await?;
    let model = ModelFile::read(&job.file).map_err(JobError::Invalid)?;
    cx.checkpoint().await?;
    export::write(&model, job.format, job.numbers).map_err(JobError::Invalid)
}

pub(crate) async fn open(job: OpenSaved, cx: Context<OpenSaved>) -> Result<Opened, JobError> {
    job.validate().map_err(JobError::Invalid)?;
    cx.checkpoint().await?;
    let began = cx.now();
    let format = Format::of(&job.saved).map_err(JobError::Invalid)?;
    let saved = export::read(&job.saved).map_err(JobError::Invalid)?;
    let open_ms = cx.now() - began;
    let original = ModelFile::read(&job.original).map_err(JobError::Invalid)?;
    let mut compared = None;
    if saved.config == original.config && saved.tokenizer == original.tokenizer {
        let mut ids = original.tokenizer.encode(&job.text).ids;
        ids.truncate(original.config.context);
        if ids.is_empty() {
            return Err(JobError::Invalid("The model knows no character of your text. Write another one.".into()));
        }
        let mut readers = [&original, &saved].map(|model| Decoder::new(model.config, &model.weights));
        let mut found = Compared { tokens: ids.len(), largest: 0.0, reach: 0.0, same: 0 };
        let mut looked_up = cx.now();
        for id in ids {
            let [mine, theirs] = readers.each_mut().map(|reader| reader.read(&[id]));
            let (apart, same) = project::agree(&mine, &theirs);
            found.largest = found.largest.max(apart);
            found.reach = mine.iter().fold(found.reach, |most, logit| most.max(logit.abs()));
            found.same += usize::from(same);
            cx.look_up(&mut looked_up, PIECE_MS).await?;
        }
        compared = Some(found);
    }
    Ok(Opened {
        format,
        size: job.saved.len(),
        config: saved.config,
        tokenizer: saved.tokenizer.describe(),
        open_ms,
        compared,
    })
}

pub(crate) async fn project(job: MakeProject, cx: Context<MakeProject>) -> Result<Project, JobError> {
    job.validate().map_err(JobError::Invalid)?;
    cx.checkpoint().await?;
    let model = ModelFile::read(&job.file).map_err(JobError::Invalid)?;
    let mut cases = Vec::new();
    for prompt in project::prompts(&model, &job.text) {
        cx.checkpoint().await?;
        cases.extend(project::cases(&model, &[prompt]));
    }
    cx.checkpoint().await?;
    let zip = project::write_zip(&model, &cases).map_err(JobError::Invalid)?;
    Ok(Project { zip, cases })
}
