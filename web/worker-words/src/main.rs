//! The worker that cuts texts with published vocabularies. They need a library of regular expressions as large as half
//! the engine, so it is fetched only when somebody picks one of them.

use engine_core::{
    job::{Job, JobError},
    jobs::tokenize::{CountTokens, Cut, TokenCounts, Tokenize, Tokenized, TokensCounted, Which},
    subwords::Token,
};
use engine_run::Registry;
use engine_words::Vocabulary;
use std::{cell::RefCell, collections::BTreeMap, future::ready, rc::Rc};
use worker_port::{Opening, Program, serve};

type Context<J> = engine_run::Context<J, ()>;

/// A long text is cut in stretches of at least so many bytes, so that it can be given up between them.
const STRETCH: usize = 4_096;

fn main() {
    let open = || -> Opening<()> { Box::pin(ready(Ok(((), "vocabularies".to_owned())))) };
    serve(Program::plain(|| Registry::new().with(cut).with(count), open));
}

thread_local! {
    /// The vocabularies that were brought so far.
    static HELD: RefCell<BTreeMap<Which, Rc<Vocabulary>>> = const { RefCell::new(BTreeMap::new()) };
}

async fn cut(job: Tokenize, cx: Context<Tokenize>) -> Result<Tokenized, JobError> {
    let Some(vocabulary) = held(&job)? else { return Ok(Tokenized::VocabularyNeeded) };
    let mut texts = Vec::new();
    for text in &job.texts {
        texts.push(encode(&vocabulary, text, &cx).await?);
    }
    Ok(Tokenized::Done(Cut { texts, size: Some(vocabulary.size()) }))
}

async fn count(job: CountTokens, cx: Context<CountTokens>) -> Result<TokensCounted, JobError> {
    let Some(vocabulary) = held(&job.cut)? else { return Ok(TokensCounted::VocabularyNeeded) };
    let text = job.cut.texts.concat();
    let tokens = encode(&vocabulary, &text, &cx).await?;
    Ok(TokensCounted::Done(TokenCounts::of(&text, &tokens, Some(vocabulary.size()))))
}

/// The vocabulary that a job asks for: brought now, or before.
fn held(job: &Tokenize) -> Result<Option<Rc<Vocabulary>>, JobError> {
    job.validate().map_err(JobError::Invalid)?;
    if let Some(known) = HELD.with_borrow(|held| held.get(&job.which).cloned()) {
        return Ok(Some(known));
    }
    let Some(file) = &job.vocabulary else { return Ok(None) };
    let read = Rc::new(Vocabulary::read(job.which, file).map_err(JobError::Invalid)?);
    HELD.with_borrow_mut(|held| held.insert(job.which, Rc::clone(&read)));
    Ok(Some(read))
}

async fn encode<J: Job>(vocabulary: &Vocabulary, text: &str, cx: &Context<J>) -> Result<Vec<Token>, JobError> {
    let mut tokens = Vec::new();
    let mut start = 0;
    while start < text.len() {
        cx.checkpoint().await?;
        let end = safe_cut(text, start + STRETCH);
        let found = vocabulary.encode(&text[start..end]).map_err(JobError::Invalid)?;
        let moved = |token: Token| Token { start: start + token.start, end: start + token.end, ..token };
        tokens.extend(found.into_iter().map(moved));
        start = end;
    }
    Ok(tokens)
}

/// The first place from `from` on where every one of these vocabularies cuts anyway: before a space between a letter and
/// a letter.
fn safe_cut(text: &str, from: usize) -> usize {
    let mut before = ['\0'; 2];
    for (at, c) in text.char_indices() {
        if at > from && c.is_alphabetic() && before[1] == ' ' && before[0].is_alphabetic() {
            return at - 1;
        }
        before = [before[1], c];
    }
    text.len()
}
