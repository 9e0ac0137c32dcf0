//! Opening model files: the only place where a file from outside is read.

use crate::run::Context;
use engine_core::{
    job::JobError,
    jobs::model_card::{ExportModel, ModelCard, ReadModel},
    model_file::ModelFile,
    tensor_file::Precision,
};

pub(crate) async fn read(job: ReadModel, cx: Context<ReadModel>) -> Result<ModelCard, JobError> {
    cx.checkpoint().await?;
    let file = ModelFile::read(&job.file).map_err(JobError::Invalid)?;
    let training = file.training.as_ref();
    Ok(ModelCard {
        config: file.config,
        parameters: file.config.parameters(),
        tokenizer: file.tokenizer.describe(),
        step: training.map(|state| state.step),
        val_loss: training.and_then(|state| state.val_loss.last()).map(|(_, loss)| *loss),
    })
}

pub(crate) async fn export(job: ExportModel, cx: Context<ExportModel>) -> Result<Vec<u8>, JobError> {
    cx.checkpoint().await?;
    let file = ModelFile::read(&job.checkpoint).map_err(JobError::Invalid)?;
    Ok(file.without_training().write(Precision::F32))
}
