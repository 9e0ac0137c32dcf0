//! The model that was asked about last, and what of it does not depend on how it is quantized.

use crate::gpt::{self, Gpt};
use engine_core::{
    corpus::Corpus,
    job::JobError,
    jobs::quantize::{LARGEST, LOSS_TOKENS, QuantizeModel},
    model_file::ModelFile,
    sampling::Sampling,
    tokenizer::Tokenizer,
};
use std::{cell::RefCell, rc::Rc};

/// A model as it was.
pub(super) struct Known {
    file: Vec<u8>,
    text: String,
    pub(super) model: Gpt,
    pub(super) tokenizer: Tokenizer,
    pub(super) corpus: Corpus,
    /// Its loss on each window of the validation part, nats per token.
    pub(super) losses: RefCell<Vec<f64>>,
    /// What it wrote last, and what it was asked.
    written: RefCell<Option<(Asked, String)>>,
}

/// From which prompt, how, and how many tokens.
type Asked = (String, Sampling, u32);

thread_local! {
    /// The next question is nearly always about the same model.
    static LAST: RefCell<Option<Rc<Known>>> = const { RefCell::new(None) };
}

impl Known {
    /// Opens what `job` asks about, unless it was the last.
    pub(super) fn of(job: &QuantizeModel) -> Result<Rc<Self>, JobError> {
        let same = |known: &&Rc<Self>| known.file == job.file && known.text == job.text;
        if let Some(known) = LAST.with_borrow(|last| last.as_ref().filter(same).cloned()) {
            return Ok(known);
        }
        let ModelFile { config, tokenizer, weights, .. } = ModelFile::read(&job.file).map_err(JobError::Invalid)?;
        if config.parameters() > LARGEST {
            return Err(JobError::Invalid(format!(
                "This model has {:.1} million parameters; here at most {} million are taken. Choose a smaller one.",
                config.parameters() as f64 / 1e6,
                LARGEST / 1_000_000
            )));
        }
        let corpus = Corpus::new(&job.text, &tokenizer, config.context).map_err(JobError::Invalid)?;
        let known = Rc::new(Self {
            file: job.file.clone(),
            text: job.text.clone(),
            model: Gpt::new(config, weights),
            tokenizer,
            corpus,
            losses: RefCell::default(),
            written: RefCell::default(),
        });
        LAST.set(Some(known.clone()));
        Ok(known)
    }

    /// Where the windows begin on which the loss is measured.
    pub(super) fn windows(&self) -> Vec<usize> {
        let context = self.model.config().context;
        self.corpus.windows(context, (LOSS_TOKENS / context).max(1))
    }

    /// Inputs and targets of one of these windows.
    pub(super) fn window(&self, start: usize) -> (&[u32], &[u32]) {
        let (context, ids) = (self.model.config().context, &self.corpus.val);
        (&ids[start..start + context], &ids[start + 1..start + context + 1])
    }

    /// What it writes; kept, because the next question is often after the same.
    pub(super) async fn writes(
        &self,
        job: &QuantizeModel,
        between: impl AsyncFn() -> Result<(), JobError>,
    ) -> Result<String, JobError> {
        let asked = (job.prompt.clone(), job.sampling, job.tokens);
        let before =
            self.written.borrow().as_ref().filter(|(before, _)| *before == asked).map(|(_, text)| text.clone());
        if let Some(text) = before {
            return Ok(text);
        }
        let text = gpt::write(&self.model, &self.tokenizer, &job.prompt, job.tokens, &job.sampling, between).await?;
        *self.written.borrow_mut() = Some((asked, text.clone()));
        Ok(text)
    }
}
