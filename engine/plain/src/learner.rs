//! A model and a text of the learner's, opened for the jobs that change a model and measure what that did.

use crate::{gpt::Gpt, run::Context};
use engine_core::{
    corpus::Corpus,
    job::{Job, JobError},
    model_file::ModelFile,
    sampling::Sampling,
};

/// So many bytes of a text are enough here: its end, where what the model never learned from is.
const TEXT: usize = 300_000;
/// Tokens that a sample begins with.
const PROMPT: usize = 8;

/// Both, and the windows that losses are measured on.
pub(crate) struct Learner {
    pub(crate) file: ModelFile,
    pub(crate) corpus: Corpus,
    /// Inputs and targets of whole windows of the validation part.
    pub(crate) measured: (Vec<u32>, Vec<u32>),
}

impl Learner {
    /// Reads both; losses will be measured on about so many tokens.
    ///
    /// # Errors
    /// A sentence, if the file or the text cannot be used, or the model has more parameters than `largest`.
    pub(crate) fn open(file: &[u8], text: &str, largest: usize, tokens: usize) -> Result<Self, JobError> {
        let file = ModelFile::read(file).map_err(JobError::Invalid)?;
        let parameters = file.config.parameters();
        if parameters > largest {
            return Err(JobError::Invalid(format!(
                "This model has {parameters} parameters; here it may have at most {largest}. Choose a smaller one."
            )));
        }
        let context = file.config.context;
        let mut start = text.len().saturating_sub(TEXT);
        while !text.is_char_boundary(start) {
            start += 1;
        }
        let corpus = Corpus::new(&text[start..], &file.tokenizer, context).map_err(JobError::Invalid)?;
        let (mut inputs, mut targets) = (Vec::new(), Vec::new());
        for start in corpus.windows(context, (tokens / context).max(1)) {
            inputs.extend_from_slice(&corpus.val[start..][..context]);
            targets.extend_from_slice(&corpus.val[start + 1..][..context]);
        }
        Ok(Self { file, corpus, measured: (inputs, targets) })
    }

    /// The model, to run and to train.
    pub(crate) fn model(&self) -> Gpt {
        Gpt::new(self.file.config, self.file.weights.clone())
    }

    /// The loss of a model on the measured windows, nats per token.
    pub(crate) async fn loss<J: Job>(&self, model: &Gpt, cx: &Context<J>) -> Result<f64, JobError> {
        let (inputs, targets) = &self.measured;
        let loss = crate::gpt::evaluate(model, inputs, targets, async || cx.checkpoint().await).await?;
        Ok(f64::from(loss))
    }

    /// What a model writes on from the beginning of the validation part, that included.
    pub(crate) async fn sample<J: Job>(
        &self,
        model: &Gpt,
        tokens: u32,
        seed: u64,
        cx: &Context<J>,
    ) -> Result<String, JobError> {
        let ids = &self.corpus.val[..PROMPT.min(self.corpus.val.len())];
        let prompt = self.file.tokenizer.decode(ids);
        let sampling = Sampling { seed, ..Sampling::default() };
        let between = async || cx.checkpoint().await;
        let written = crate::gpt::write(model, &self.file.tokenizer, &prompt, tokens, &sampling, between).await?;
        Ok(prompt + &written)
    }
}

/// What is said when a training's gradients are no numbers any more.
pub(crate) fn fell_apart(step: u32) -> JobError {
    JobError::Invalid(format!(
        "After {step} steps the training fell apart: numbers became infinite. Choose a smaller learning rate."
    ))
}
