//! Running jobs on the model and the text that are shipped, as the page does.

use engine_core::{
    job::{Job, JobError},
    wire,
};
use engine_plain::run::{Host, Sessions};
use std::{
    cell::{Cell, RefCell},
    fs,
    path::Path,
    rc::Rc,
    time::Instant,
};

fn public(path: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../public").join(path);
    fs::read(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display()))
}

/// The small GPT that the site ships.
pub fn model() -> Vec<u8> {
    public("models/tiny.safetensors")
}

/// A text that it was trained on, but for the last tenth.
pub fn text() -> String {
    String::from_utf8(public("data/pride-and-prejudice.txt")).unwrap()
}

/// Runs a job by its name, encoded: its output, and the updates on the way.
pub fn run<J: Job>(job: &J) -> (Result<J::Output, JobError>, Vec<J::Update>) {
    let updates = Rc::new(RefCell::new(Vec::new()));
    let began = Instant::now();
    let told = Rc::clone(&updates);
    let host = Host {
        device: (),
        sessions: Sessions::default(),
        send_update: Rc::new(move |bytes| told.borrow_mut().push(wire::decode(&bytes).unwrap())),
        yield_now: Rc::new(|| Box::pin(std::future::ready(()))),
        now: Rc::new(move || began.elapsed().as_secs_f64() * 1e3),
        cancelled: Rc::new(Cell::new(false)),
    };
    let ended = pollster::block_on(engine_plain::registry().run(J::NAME, &wire::encode(job), host));
    (ended.map(|bytes| wire::decode(&bytes).unwrap()), updates.take())
}
