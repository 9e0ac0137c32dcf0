//! Running jobs in tests, where nothing waits.

use crate::{registry, run::Host};
use engine_core::{
    job::{Job, JobError},
    wire,
};
use std::{cell::RefCell, rc::Rc};

/// What a future gives that never waits.
pub(crate) fn ready<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match future.as_mut().poll(&mut context) {
        std::task::Poll::Ready(value) => value,
        std::task::Poll::Pending => panic!("nothing here waits"),
    }
}

/// Runs a job as a worker would; what it told on the way comes beside its answer.
pub(crate) fn run<J: Job>(job: &J) -> (Vec<J::Update>, Result<J::Output, JobError>) {
    let told = Rc::new(RefCell::new(Vec::new()));
    let to = told.clone();
    let host = Host {
        device: (),
        sessions: Default::default(),
        send_update: Rc::new(move |bytes| to.borrow_mut().push(bytes)),
        yield_now: Rc::new(|| Box::pin(async {})),
        now: Rc::new(|| 0.0),
        cancelled: Default::default(),
    };
    let answer = ready(registry().run(J::NAME, &wire::encode(job), host));
    let told = told.take().iter().map(|bytes| wire::decode(bytes).expect("an update")).collect();
    (told, answer.map(|bytes| wire::decode(&bytes).expect("an answer")))
}
