//! The second worker, for published vocabularies: a program of its own that starts when one of them is first asked for.
//! It is small and holds nothing that could be lost, so when it fails it is dropped, and the next question starts it anew.

use super::{
    BUILD,
    port::{Heard, Port},
    program::Program,
    within::within,
};
use engine_core::{
    job::{Job, JobError},
    wire::{self, FromWorker, RunId, ToWorker},
};
use futures_channel::oneshot;
use kit::t;
use std::{cell::RefCell, collections::BTreeMap};

/// Nobody waits longer for an answer, a slow connection included.
const PATIENCE_MS: u32 = 120_000;

type Answer = oneshot::Sender<Result<Vec<u8>, JobError>>;

#[derive(Default)]
struct Words {
    port: Option<Port>,
    ready: bool,
    /// Messages of a worker that was dropped are told apart by it.
    epoch: u32,
    newest: u64,
    queue: Vec<ToWorker>,
    waiting: BTreeMap<RunId, Answer>,
}

thread_local! {
    static WORDS: RefCell<Words> = RefCell::default();
}

/// Runs a job about a published vocabulary to its end.
///
/// # Errors
/// What the job says, or [`JobError::Device`] if its worker failed or did not answer.
pub async fn run<J: Job>(job: &J) -> Result<J::Output, JobError> {
    let (sender, receiver) = oneshot::channel();
    let run = ask(J::NAME, wire::encode(job), sender)?;
    let answer = within(PATIENCE_MS, receiver).await;
    let Some(answer) = answer else {
        fail(t!("engine.words_silent"));
        return Err(JobError::Device(t!("engine.words_silent").into()));
    };
    WORDS.with_borrow_mut(|it| it.waiting.remove(&run));
    answer.unwrap_or(Err(JobError::Cancelled)).and_then(|body| wire::decode(&body).map_err(JobError::Device))
}

fn ask(name: &str, body: Vec<u8>, answer: Answer) -> Result<RunId, JobError> {
    WORDS.with_borrow_mut(|it| {
        if it.port.is_none() {
            it.epoch += 1;
            it.ready = false;
            let epoch = it.epoch;
            let opened = Port::open(Program::Words, false, move |heard| on_heard(epoch, heard));
            it.port = Some(opened.map_err(JobError::Device)?);
        }
        it.newest += 1;
        let run = RunId(it.newest);
        it.waiting.insert(run, answer);
        let start = ToWorker::Start { run, job: name.to_owned(), body };
        match &it.port {
            Some(port) if it.ready => port.send(&start),
            _ => it.queue.push(start),
        }
        Ok(run)
    })
}

fn on_heard(epoch: u32, heard: Heard) {
    if WORDS.with_borrow(|it| it.epoch != epoch || it.port.is_none()) {
        return;
    }
    match heard {
        Heard::Broken(why) => fail(&why),
        Heard::Message(FromWorker::Panicked { message }) => fail(&t!("engine.its_program_stopped", message = message)),
        Heard::Message(FromWorker::Unavailable { why }) => fail(&why),
        Heard::Message(FromWorker::Ready { build, .. }) if build != BUILD => fail(t!("engine.new_version_glassbox")),
        Heard::Message(FromWorker::Ready { .. }) => WORDS.with_borrow_mut(|it| {
            it.ready = true;
            let queue = std::mem::take(&mut it.queue);
            if let Some(port) = &it.port {
                queue.iter().for_each(|message| port.send(message));
            }
        }),
        Heard::Message(FromWorker::Done { run, body }) => answer(run, Ok(body)),
        Heard::Message(FromWorker::Failed { run, error }) => answer(run, Err(error)),
        Heard::Message(FromWorker::Pong { .. } | FromWorker::Update { .. }) => {}
    }
}

fn answer(run: RunId, result: Result<Vec<u8>, JobError>) {
    if let Some(sender) = WORDS.with_borrow_mut(|it| it.waiting.remove(&run)) {
        // Nobody may be waiting any more: then the result is not wanted.
        let _ = sender.send(result);
    }
}

/// Ends the worker; everybody who waits hears why.
fn fail(why: &str) {
    let (port, waiting) = WORDS.with_borrow_mut(|it| {
        it.queue.clear();
        (it.port.take(), std::mem::take(&mut it.waiting))
    });
    drop(port);
    for (_, sender) in waiting {
        let _ = sender.send(Err(JobError::Device(why.to_owned())));
    }
}
