//! What the board trains and measures on: examples of a task, or windows of a text.

use crate::{
    run::Context,
    train::{Corpus, check},
};
use engine_core::{
    config::{GptConfig, TrainConfig},
    fingerprint::Fingerprint,
    job::JobError,
    jobs::board::{Counted, RunBoard, Source},
    tasks::{self, IGNORE, Row, Task},
    tokenizer::{Chars, Tokenizer},
};

/// Validation examples that are measured; half a per cent is one of them.
const EXAMPLES: usize = 200;
/// Windows of a text that are measured.
const WINDOWS: usize = 48;
/// Examples, or windows, whose chances are reported.
const SHOWN: usize = 12;
const SHOWN_WINDOWS: usize = 3;
/// Tokens of a text that the heads are watched reading.
const READ: usize = 24;
/// Tokens of the validation text that the model writes on from.
const PROMPT: usize = 8;

/// The source, ready to draw from.
pub(super) struct Data {
    pub(super) tokenizer: Tokenizer,
    /// Names the source in checkpoints.
    pub(super) crc: u32,
    /// What counting achieves on a text.
    pub(super) counted: Option<Counted>,
    context: usize,
    kind: Kind,
    /// What validation is measured on.
    rows: Vec<Row>,
}

enum Kind {
    Task(&'static Task),
    Text(Corpus),
}

impl Data {
    pub(super) async fn open(job: &RunBoard, cx: &Context<RunBoard>) -> Result<Self, JobError> {
        match &job.source {
            Source::Task(key) => {
                let task = tasks::by_key(key).ok_or_else(|| JobError::Invalid(format!("There is no task “{key}”.")))?;
                let (tokenizer, context) = (task.tokenizer(), task.context());
                let rows =
                    task.validation(EXAMPLES).iter().map(|example| Row::of(example, &tokenizer, context)).collect();
                let crc = Fingerprint::of(key).value();
                Ok(Self { tokenizer, crc, counted: None, context, kind: Kind::Task(task), rows })
            }
            Source::Text(text) => {
                check(text).map_err(JobError::Invalid)?;
                let context = job.shape.context;
                let tokenizer = Tokenizer::Chars(Chars::from_text(text));
                let corpus = Corpus::new(text, &tokenizer, context).map_err(JobError::Invalid)?;
                let starts = corpus.windows(context, WINDOWS);
                let vocab_size = tokenizer.vocab_size();
                let counted = Counted {
                    unigram: corpus.unigram_loss(vocab_size),
                    trigram: corpus.trigram_loss(vocab_size, context, WINDOWS, || cx.checkpoint()).await?,
                };
                let row = |start: usize| Row {
                    inputs: corpus.val[start..start + context].to_vec(),
                    targets: corpus.val[start + 1..=start + context].to_vec(),
                };
                let rows = starts.into_iter().map(row).collect();
                let crc = Fingerprint::of(text).value();
                Ok(Self { tokenizer, crc, counted: Some(counted), context, kind: Kind::Text(corpus), rows })
            }
        }
    }

    pub(super) fn config(&self, job: &RunBoard) -> GptConfig {
        let shape = engine_core::jobs::train::ModelShape { context: self.context, ..job.shape };
        shape.with_vocab(self.tokenizer.vocab_size())
    }

    /// Inputs and targets of one step.
    pub(super) fn batch(&self, training: &TrainConfig, step: u32) -> (Vec<u32>, Vec<u32>) {
        match &self.kind {
            Kind::Task(task) => task.rows(&task.batch(training.seed, step, training.batch), &self.tokenizer),
            Kind::Text(corpus) => corpus.batch(training.seed, step, training.batch, self.context),
        }
    }

    /// What validation is measured on.
    pub(super) fn rows(&self) -> &[Row] {
        &self.rows
    }

    pub(super) fn measured(&self) -> usize {
        self.rows.len()
    }

    /// Whether an example can be wholly right or not.
    pub(super) fn is_exact(&self) -> bool {
        matches!(self.kind, Kind::Task(_))
    }

    /// How many of the first rows are reported token by token.
    pub(super) fn shown_rows(&self) -> usize {
        if self.is_exact() { SHOWN } else { SHOWN_WINDOWS }.min(self.rows.len())
    }

    /// The shown rows as whole sequences, with the place of the first token that counts.
    pub(super) fn shown(&self) -> impl Iterator<Item = (Vec<u32>, usize)> + '_ {
        self.rows.iter().take(self.shown_rows()).map(|row| {
            let first = row.targets.iter().position(|target| *target != IGNORE).unwrap_or_default();
            let answer = row.targets[first..].iter().copied().take_while(|target| *target != IGNORE);
            (row.inputs[..=first].iter().copied().chain(answer).collect(), first + 1)
        })
    }

    /// What the heads are watched reading.
    pub(super) fn reading(&self) -> Vec<u32> {
        let (mut ids, _) = self.shown().next().unwrap_or_default();
        ids.truncate(self.context.min(READ));
        ids
    }

    /// What a text is written on from.
    pub(super) fn prompt(&self) -> Option<&[u32]> {
        match &self.kind {
            Kind::Task(_) => None,
            Kind::Text(corpus) => Some(&corpus.val[..PROMPT.min(corpus.val.len())]),
        }
    }
}
