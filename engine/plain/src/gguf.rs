//! Llamas from GGUF files: opened piece by piece, kept here, asked to speak.

mod speak;
#[cfg(test)]
mod tests;

pub(crate) use speak::speak;

use crate::{
    llama::{Cache, Decoder, Loading},
    run::{Context, Sessions},
};
use engine_core::{
    gguf::{Header, LlamaFile, Reading},
    gpt2_file::Piece,
    job::JobError,
    jobs::gguf::{CloseGguf, FeedGguf, GgufHead, OpenGguf, OpenedGguf},
    tokenizer::{Gpt2Tokenizer, chat::ChatMl},
};
use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
    rc::Rc,
};

/// The number under which the open model is kept; other sessions count up from one.
const SESSION: u64 = u64::MAX - 1;
/// A model may take so much memory with all it remembers: a browser's program has at most four gigabytes.
const MOST_BYTES: u64 = 2 << 30;

/// The model that is open.
struct Session {
    /// Which opening it is.
    number: u64,
    context: usize,
    /// While pieces come in.
    loading: RefCell<Option<Loading>>,
    /// Once all have come; away while a run has it.
    decoder: RefCell<Option<Decoder>>,
    tokenizer: Gpt2Tokenizer,
    /// The frame of a chat, or why there is none.
    chat: Result<ChatMl, String>,
}

/// How many models were opened so far.
#[derive(Default)]
struct Openings(Cell<u64>);

pub(crate) async fn open(job: OpenGguf, cx: Context<OpenGguf>) -> Result<GgufHead, JobError> {
    cx.checkpoint().await?;
    let header = match Header::read(&job.head, job.size).map_err(JobError::Invalid)? {
        Reading::Whole(header) => header,
        Reading::More(bytes) => return Ok(GgufHead::More(bytes)),
    };
    // What was open before is let go first: two large models would not fit.
    let number = next(cx.sessions());
    cx.sessions().insert(SESSION, Rc::new(()));
    cx.checkpoint().await?;
    let (opened, session) = read(&header, job.context, number).map_err(JobError::Invalid)?;
    cx.sessions().insert(SESSION, Rc::new(session));
    Ok(GgufHead::Opened(Box::new(opened)))
}

/// Counts one more opening.
fn next(sessions: &Sessions) -> u64 {
    const COUNT: u64 = SESSION - 1;
    let openings = sessions.get::<Openings>(COUNT).unwrap_or_default();
    openings.0.set(openings.0.get() + 1);
    sessions.insert(COUNT, openings.clone());
    openings.0.get()
}

fn read(header: &Header, context: usize, number: u64) -> Result<(OpenedGguf, Session), String> {
    let file = LlamaFile::new(header)?;
    let config = file.config;
    let context = context.min(config.context);
    if context == 0 {
        return Err("The model was asked to remember no tokens at all. Let it remember at least one.".into());
    }
    let loading = Loading::new(&file);
    let (weight_bytes, cache_bytes) = (loading.memory(), Cache::memory(&config, context));
    if weight_bytes.saturating_add(cache_bytes) > MOST_BYTES {
        return Err(format!(
            "The model would take {} MB of memory, and {} MB to remember {context} tokens; at most {} MB together can be \
             had here. Choose a smaller model, or one with fewer bits.",
            weight_bytes >> 20,
            cache_bytes >> 20,
            MOST_BYTES >> 20
        ));
    }
    let tokenizer = Gpt2Tokenizer::from_gguf(header)?;
    let known = tokenizer.vocab_size();
    if known > config.vocab_size {
        return Err(format!(
            "The file's tokenizer knows {known} tokens, but its model has only {}. It is damaged: fetch it anew.",
            config.vocab_size
        ));
    }
    let chat = ChatMl::from_gguf(header, &tokenizer);
    let kinds: BTreeSet<_> = file.weights.iter().map(|(_, info)| info.kind).collect();
    let piece = |part: &crate::llama::Part| Piece { offset: part.offset, length: part.length as usize };
    let opened = OpenedGguf {
        session: number,
        name: header.text("general.name").ok().map(|name| name.chars().take(100).collect()),
        config,
        parameters: config.parameters(),
        kinds: kinds.into_iter().map(|kind| kind.name().to_owned()).collect(),
        pieces: loading.parts().iter().map(piece).collect(),
        context,
        weight_bytes,
        cache_bytes,
        tokenizer: known,
        no_chat: chat.as_ref().err().cloned(),
    };
    let (loading, decoder) = (RefCell::new(Some(loading)), RefCell::default());
    Ok((opened, Session { number, context, loading, decoder, tokenizer, chat }))
}

pub(crate) async fn feed(job: FeedGguf, cx: Context<FeedGguf>) -> Result<bool, JobError> {
    let session = session(cx.sessions(), job.session)?;
    let mut slot = session.loading.borrow_mut();
    let loading = slot.as_mut().ok_or_else(|| JobError::Invalid("The model is loaded already.".into()))?;
    if !loading.feed(job.piece, &job.bytes).map_err(JobError::Invalid)? {
        return Ok(false);
    }
    let loading = slot.take().ok_or_else(gone)?;
    let decoder = Decoder::new(loading.finish().map_err(JobError::Invalid)?, session.context);
    session.decoder.replace(Some(decoder));
    Ok(true)
}

pub(crate) async fn close(job: CloseGguf, cx: Context<CloseGguf>) -> Result<(), JobError> {
    // A model that is not open any more is closed.
    if session(cx.sessions(), job.session).is_ok() {
        cx.sessions().insert(SESSION, Rc::new(()));
    }
    Ok(())
}

fn session(sessions: &Sessions, number: u64) -> Result<Rc<Session>, JobError> {
    sessions.get::<Session>(SESSION).ok().filter(|session| session.number == number).ok_or_else(gone)
}

fn gone() -> JobError {
    JobError::Invalid(
        "This model is not open any more: another was opened, or the engine started anew. Open it again.".into(),
    )
}
