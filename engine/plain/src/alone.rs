//! Running a job natively, with no browser around it: for tests, and for those who write them.

use crate::{registry, run::Host};
use engine_core::{
    job::{Job, JobError},
    wire,
};
use std::{
    cell::{Cell, RefCell},
    pin::pin,
    rc::Rc,
    task::{Context, Poll, Waker},
    time::Instant,
};

/// Runs a job to its end, encoding included; its output, and its updates.
///
/// # Errors
/// As the job.
///
/// # Panics
/// If an answer cannot be decoded: it is our own.
pub fn run<J: Job>(job: &J) -> Result<(J::Output, Vec<J::Update>), JobError> {
    let updates = Rc::new(RefCell::new(Vec::new()));
    let (sink, started) = (updates.clone(), Instant::now());
    let host = Host {
        device: (),
        sessions: Default::default(),
        send_update: Rc::new(move |bytes| sink.borrow_mut().push(wire::decode(&bytes).expect("our own bytes"))),
        yield_now: Rc::new(|| Box::pin(std::future::ready(()))),
        now: Rc::new(move || started.elapsed().as_secs_f64() * 1e3),
        cancelled: Rc::new(Cell::new(false)),
    };
    let mut future = pin!(registry().run(J::NAME, &wire::encode(job), host));
    let output = loop {
        // Nothing here waits for anybody, so it only has to be asked again.
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            break output?;
        }
    };
    Ok((wire::decode(&output).expect("our own bytes"), updates.take()))
}
