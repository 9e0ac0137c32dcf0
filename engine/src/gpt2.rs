//! GPT-2 files from the learner's device: read here piece by piece, kept here, run here.

use crate::{
    gpt::Decoder,
    run::{Context, Sessions},
};
use engine_core::{
    gpt2_file::{Loading, Plan},
    job::JobError,
    jobs::gpt2::{Candidate, FeedGpt2, Input, NextToken, OpenGpt2, Opened, RunGpt2, TokenizerFiles},
    reference::softmax::softmax,
    sampling,
    tokenizer::Gpt2Tokenizer,
};
use std::{cell::RefCell, rc::Rc};

/// The number under which the open model is kept; training counts its own up from one.
const SESSION: u64 = u64::MAX;
/// So many tokens go through the blocks together: each weight is fetched once for all of them.
const ROWS: usize = 16;
/// The most candidates that are answered.
const MOST_BEST: usize = 1000;

/// The model that is open.
#[derive(Default)]
struct Session {
    /// While pieces come in.
    loading: RefCell<Option<Loading>>,
    /// Once all have come; away while a run has it.
    decoder: RefCell<Option<Decoder>>,
    tokenizer: Option<Gpt2Tokenizer>,
}

pub(crate) async fn open(job: OpenGpt2, cx: Context<OpenGpt2>) -> Result<Opened, JobError> {
    // What was open before is let go first: two large models would not fit.
    cx.sessions().insert(SESSION, Rc::new(Session::default()));
    cx.checkpoint().await?;
    let (plan, loading) =
        Plan::new(&job.head, job.size, job.config.as_deref(), job.n_heads).map_err(JobError::Invalid)?;
    cx.checkpoint().await?;
    let tokenizer = tokenizer(&job.tokenizer).map_err(JobError::Invalid)?;
    let known = tokenizer.as_ref().map(Gpt2Tokenizer::vocab_size);
    if let Some(known) = known.filter(|known| *known > plan.config.vocab_size) {
        return Err(JobError::Invalid(format!(
            "The tokenizer knows {known} tokens, but the model has only {}. Open the tokenizer of this very model.",
            plan.config.vocab_size
        )));
    }
    let session = Session { loading: RefCell::new(Some(loading)), decoder: RefCell::default(), tokenizer };
    cx.sessions().insert(SESSION, Rc::new(session));
    Ok(Opened { plan, tokenizer: known })
}

fn tokenizer(files: &TokenizerFiles) -> Result<Option<Gpt2Tokenizer>, String> {
    match files {
        TokenizerFiles { whole: Some(whole), .. } => Gpt2Tokenizer::from_whole(whole).map(Some),
        TokenizerFiles { vocab: Some(vocab), merges: Some(merges), .. } => {
            Gpt2Tokenizer::from_files(vocab, merges).map(Some)
        }
        TokenizerFiles { vocab: None, merges: None, .. } => Ok(None),
        TokenizerFiles { vocab, .. } => {
            let (has, lacks) =
                if vocab.is_some() { ("vocab.json", "merges.txt") } else { ("merges.txt", "vocab.json") };
            Err(format!(
                "{has} came without {lacks}; a tokenizer needs both. Open them together, or tokenizer.json alone."
            ))
        }
    }
}

pub(crate) async fn feed(job: FeedGpt2, cx: Context<FeedGpt2>) -> Result<bool, JobError> {
    let session = session(cx.sessions())?;
    let mut slot = session.loading.borrow_mut();
    let loading = slot.as_mut().ok_or_else(gone)?;
    if !loading.feed(job.piece, &job.bytes).map_err(JobError::Invalid)? {
        return Ok(false);
    }
    let (config, weights) = slot.take().ok_or_else(gone)?.finish().map_err(JobError::Invalid)?;
    session.decoder.replace(Some(Decoder::gpt2(config, weights)));
    Ok(true)
}

pub(crate) async fn run(job: RunGpt2, cx: Context<RunGpt2>) -> Result<NextToken, JobError> {
    let session = session(cx.sessions())?;
    if session.loading.borrow().is_some() {
        return Err(JobError::Invalid("The model is not loaded yet.".into()));
    }
    // An older run gives the model back at its next checkpoint.
    let mut decoder = loop {
        if let Some(decoder) = session.decoder.take() {
            break decoder;
        }
        cx.checkpoint().await?;
    };
    let answer = answer(&job, &mut decoder, session.tokenizer.as_ref(), &cx).await;
    session.decoder.replace(Some(decoder));
    answer
}

async fn answer(
    job: &RunGpt2,
    decoder: &mut Decoder,
    tokenizer: Option<&Gpt2Tokenizer>,
    cx: &Context<RunGpt2>,
) -> Result<NextToken, JobError> {
    let started = cx.now();
    let ids = ids(&job.input, decoder, tokenizer).map_err(JobError::Invalid)?;
    let left_off = ids.len().saturating_sub(decoder.config().context);
    let ids = ids[left_off..].to_vec();
    decoder.clear();
    let mut logits = Vec::new();
    for rows in ids.chunks(ROWS) {
        let mut reading = decoder.begin(rows);
        while decoder.next_block(&mut reading) {
            cx.checkpoint().await?;
        }
        logits = decoder.finish(&reading);
    }
    let wide: Vec<f64> = logits.iter().map(|logit| f64::from(*logit)).collect();
    let probabilities = softmax(&wide);
    let candidate = |(id, logit): (usize, f32)| Candidate {
        id: id as u32,
        token: tokenizer.map(|it| it.show(id as u32)),
        text: tokenizer.map(|it| String::from_utf8_lossy(&it.decode(&[id as u32])).into_owned()),
        logit,
        probability: probabilities[id] as f32,
    };
    let chances = sampling::top(&logits, job.best.clamp(1, MOST_BEST)).into_iter().map(candidate).collect();
    let tokens = tokenizer.map_or_else(Vec::new, |it| ids.iter().map(|id| it.show(*id)).collect());
    Ok(NextToken { ids, tokens, left_off, chances, ms: cx.now() - started })
}

/// What is asked for as ids, each of which the model knows.
fn ids(input: &Input, decoder: &Decoder, tokenizer: Option<&Gpt2Tokenizer>) -> Result<Vec<u32>, String> {
    let ids = match (input, tokenizer) {
        (Input::Ids(ids), _) => ids.clone(),
        (Input::Text(text), Some(tokenizer)) => tokenizer.encode(text),
        (Input::Text(_), None) => {
            return Err(
                "Without a tokenizer the model reads numbers of tokens only, such as 15496, 995. To write text, \
                        open vocab.json and merges.txt, or tokenizer.json, together with the model."
                    .into(),
            );
        }
    };
    if ids.is_empty() {
        return Err("There is nothing to read. Type a few words, or the numbers of a few tokens.".into());
    }
    let most = decoder.config().vocab_size;
    match ids.iter().find(|id| **id as usize >= most) {
        Some(id) => Err(format!("The model has no token {id}: its numbers go from 0 to {}.", most - 1)),
        None => Ok(ids),
    }
}

fn session(sessions: &Sessions) -> Result<Rc<Session>, JobError> {
    sessions.get::<Session>(SESSION).map_err(|_| gone())
}

fn gone() -> JobError {
    JobError::Invalid("No model is open: the engine was started anew since. Open the files again.".into())
}
