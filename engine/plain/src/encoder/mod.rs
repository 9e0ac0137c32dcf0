//! Sentence encoders: opened piece by piece, kept here, run here. [`model`] lays the weights out, [`forward`] runs them.

pub mod forward;
mod layer;
pub mod model;

use crate::run::{Context, Sessions};
use engine_core::{
    encoder::{Arithmetic, Loading, Plan},
    job::JobError,
    jobs::encode::{Encode, FeedEncoder, OpenEncoder, Progress, Vectors},
    subwords::bert::{BertTokenizer, Encoded},
};
use forward::Forward;
use model::Encoder;
use std::{cell::RefCell, rc::Rc};

/// The number under which the open encoder is kept.
const SESSION: u64 = u64::MAX - 1;
/// Tokens that go through the layers together: enough to use each weight often, few enough to answer within 50 ms.
const TOKENS: usize = 128;
/// Tokens that are read of one text, as the model was trained.
pub const MOST_TOKENS: usize = 256;

/// The encoder that is open.
#[derive(Default)]
struct Session {
    /// While pieces come in.
    opening: RefCell<Option<Opening>>,
    /// Once all have come.
    ready: RefCell<Option<Rc<Ready>>>,
}

struct Opening {
    loading: Loading,
    vocabulary: Option<String>,
    arithmetic: Arithmetic,
}

struct Ready {
    model: Encoder,
    tokenizer: BertTokenizer,
}

pub(crate) async fn open(job: OpenEncoder, cx: Context<OpenEncoder>) -> Result<Plan, JobError> {
    // What was open before is let go first: two models would not fit.
    cx.sessions().insert(SESSION, Rc::new(Session::default()));
    cx.checkpoint().await?;
    let (plan, loading) = Plan::new(&job.head, job.size, job.config.as_deref()).map_err(JobError::Invalid)?;
    if plan.kept == Arithmetic::Float && job.arithmetic == Arithmetic::Whole {
        return Err(JobError::Invalid(
            "This file has numbers of 32 bits. To compute with whole numbers, open the file in whole numbers that \
             cargo xtask models makes of it."
                .into(),
        ));
    }
    if !plan.has_vocabulary && job.vocabulary.is_none() {
        return Err(JobError::Invalid("The file has no vocabulary. Open vocab.txt together with it.".into()));
    }
    let opening = Opening { loading, vocabulary: job.vocabulary, arithmetic: job.arithmetic };
    let session = Session { opening: RefCell::new(Some(opening)), ready: RefCell::default() };
    cx.sessions().insert(SESSION, Rc::new(session));
    Ok(plan)
}

pub(crate) async fn feed(job: FeedEncoder, cx: Context<FeedEncoder>) -> Result<bool, JobError> {
    let session = session(cx.sessions())?;
    let mut slot = session.opening.borrow_mut();
    let opening = slot.as_mut().ok_or_else(gone)?;
    if !opening.loading.feed(job.piece, &job.bytes).map_err(JobError::Invalid)? {
        return Ok(false);
    }
    let Opening { loading, vocabulary, arithmetic } = slot.take().ok_or_else(gone)?;
    let ready = ready(loading, vocabulary, arithmetic).map_err(JobError::Invalid)?;
    session.ready.replace(Some(Rc::new(ready)));
    Ok(true)
}

/// The model with its tokenizer. The vocabulary inside the file counts more than one beside it.
fn ready(loading: Loading, vocabulary: Option<String>, arithmetic: Arithmetic) -> Result<Ready, String> {
    let mut weights = loading.finish()?;
    let vocabulary = weights.vocabulary.take().or(vocabulary).unwrap_or_default();
    let tokenizer = BertTokenizer::read(&vocabulary)?;
    let known = weights.config.vocab_size;
    if tokenizer.largest() as usize >= known {
        return Err(format!(
            "The vocabulary has pieces up to number {}, but the model knows only {known}. Open the vocab.txt of this \
             very model.",
            tokenizer.largest()
        ));
    }
    Ok(Ready { model: Encoder::new(weights, arithmetic)?, tokenizer })
}

pub(crate) async fn run(job: Encode, cx: Context<Encode>) -> Result<Vectors, JobError> {
    job.validate().map_err(JobError::Invalid)?;
    let session = session(cx.sessions())?;
    let ready = session.ready.borrow().clone();
    let ready = ready.ok_or_else(|| JobError::Invalid("The encoder is not loaded yet.".into()))?;
    let started = cx.now();
    let mut looked_up = started;
    let of = job.texts.len();
    let width = ready.model.config().d_model;
    let mut all = Vectors { width, numbers: Vec::new(), tokens: Vec::new(), left_off: Vec::new(), ms: 0.0 };
    let mut forward = Forward::default();
    let mut waiting: Vec<Encoded> = Vec::new();
    for (at, text) in job.texts.iter().enumerate() {
        waiting.push(ready.tokenizer.encode(text, MOST_TOKENS.min(ready.model.config().context)));
        cx.look_up(&mut looked_up, 20.0).await?;
        let tokens: usize = waiting.iter().map(|text| text.ids.len()).sum();
        if tokens < TOKENS && at + 1 < of {
            continue;
        }
        let ids: Vec<&[u32]> = waiting.iter().map(|text| text.ids.as_slice()).collect();
        forward.begin(&ready.model, &ids);
        while forward.next_layer(&ready.model) {
            cx.look_up(&mut looked_up, 20.0).await?;
        }
        all.numbers.extend(forward.sentences());
        all.tokens.extend(waiting.iter().map(|text| text.ids.len()));
        all.left_off.extend(waiting.drain(..).map(|text| text.left_off));
        cx.update(&Progress { done: at + 1, of });
    }
    all.ms = cx.now() - started;
    Ok(all)
}

fn session(sessions: &Sessions) -> Result<Rc<Session>, JobError> {
    sessions.get::<Session>(SESSION).map_err(|_| gone())
}

fn gone() -> JobError {
    JobError::Invalid("No encoder is open: the engine was started anew since. Open its file again.".into())
}
