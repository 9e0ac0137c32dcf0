//! Questions about tokens, asked of whoever can answer them: the engine, or the program of published vocabularies.

use super::names;
use crate::{engine, texts};
use engine_core::{
    job::{Home, Job, JobError},
    jobs::tokenize::{CountTokens, Cut, Lesson, TokenCounts, Tokenize, Tokenized, TokensCounted, Which},
};
use kit::t;
use leptos::{prelude::*, task::spawn_local};
use std::sync::Arc;

/// An answer, once there is one: what was asked for, or a sentence.
pub type Answer<T> = Option<Result<Arc<T>, String>>;

/// What the lab is doing, told by everybody who asks something.
#[derive(Debug, Clone, Copy)]
pub struct Busy {
    /// How many questions are under way.
    pub open: RwSignal<usize>,
    /// The newest that failed, until the next question.
    pub failed: RwSignal<Option<String>>,
}

impl Busy {
    /// Nothing is asked yet.
    pub fn new() -> Self {
        Self { open: RwSignal::new(0), failed: RwSignal::new(None) }
    }
}

/// Asks anew whenever a signal that `question` reads changes; only the newest answer counts. `None` asks nothing.
pub fn follow<Q, T, F>(
    busy: Busy,
    question: impl Fn() -> Option<Q> + 'static,
    ask: impl Fn(Q) -> F + 'static,
) -> RwSignal<Answer<T>>
where
    Q: 'static,
    T: Send + Sync + 'static,
    F: Future<Output = Result<T, JobError>> + 'static,
{
    let answer = RwSignal::new(None::<Result<Arc<T>, String>>);
    let newest = StoredValue::new(0u64);
    Effect::new(move |_| {
        let Some(question) = question() else { return };
        newest.update_value(|newest| *newest += 1);
        let mine = newest.get_value();
        busy.open.update(|open| *open += 1);
        busy.failed.set(None);
        let asked = ask(question);
        spawn_local(async move {
            let result = asked.await;
            busy.open.try_update(|open| *open = open.saturating_sub(1));
            if newest.try_get_value() != Some(mine) || matches!(result, Err(JobError::Cancelled)) {
                return;
            }
            let result = result.map(Arc::new).map_err(|error| error.to_string());
            if let Err(why) = &result {
                busy.failed.try_set(Some(why.clone()));
            }
            answer.try_set(Some(result));
        });
    });
    answer
}

/// Cuts texts.
///
/// # Errors
/// A sentence that says what to do.
pub async fn cut(which: Which, lesson: Lesson, step: Option<usize>, texts: Vec<String>) -> Result<Cut, JobError> {
    let ask = Tokenize { which, lesson, step, vocabulary: None, texts };
    let done = |answer| match answer {
        Tokenized::Done(cut) => Some(cut),
        Tokenized::VocabularyNeeded => None,
    };
    answered(ask, |ask| ask, done).await
}

/// Counts the tokens of a text.
///
/// # Errors
/// A sentence that says what to do.
pub async fn count(which: Which, lesson: Lesson, text: String) -> Result<TokenCounts, JobError> {
    let ask = Tokenize { which, lesson, step: None, vocabulary: None, texts: vec![text] };
    let done = |answer| match answer {
        TokensCounted::Done(counts) => Some(counts),
        TokensCounted::VocabularyNeeded => None,
    };
    answered(ask, |cut| CountTokens { cut }, done).await
}

async fn answered<J: Job, T>(
    ask: Tokenize,
    job: impl Fn(Tokenize) -> J,
    done: impl Fn(J::Output) -> Option<T>,
) -> Result<T, JobError> {
    let Some(file) = ask.which.file() else {
        let answer = engine::run(&job(ask)).await?;
        return done(answer).ok_or_else(|| JobError::Device(t!("tokenizer.odd_answer").into()));
    };
    let name = names::name(ask.which);
    let told = |error| match error {
        JobError::Device(why) => JobError::Invalid(t!("tokenizer.program_failed", name = name, why = why)),
        other => other,
    };
    let first = engine::run_at(Home::Words, &job(ask.clone())).await.map_err(told)?;
    if let Some(answer) = done(first) {
        return Ok(answer);
    }
    let brought = texts::fetch(&format!("data/vocabularies/{file}")).await;
    let brought = brought.ok_or_else(|| JobError::Invalid(t!("tokenizer.not_loaded", name = name)))?;
    let answer = engine::run_at(Home::Words, &job(Tokenize { vocabulary: Some(brought), ..ask })).await.map_err(told)?;
    done(answer).ok_or_else(|| JobError::Device(t!("tokenizer.odd_answer").into()))
}
