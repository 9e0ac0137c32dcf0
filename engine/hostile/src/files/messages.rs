//! Bad messages between page and worker, as a page and a worker of different builds would send them.

use super::{Case, owned};
use engine_core::{
    job::Job,
    jobs::gpt2::OpenGpt2,
    wire::{FromWorker, RunId, ToWorker, encode},
};

fn to_worker(message: &ToWorker) -> Vec<u8> {
    [vec![0], encode(message)].concat()
}

fn from_worker(message: &FromWorker) -> Vec<u8> {
    [vec![1], encode(message)].concat()
}

fn start(body: &[u8]) -> Vec<u8> {
    to_worker(&ToWorker::Start { run: RunId(7), job: OpenGpt2::NAME.into(), body: body.to_vec() })
}

/// One of each kind.
pub fn sound() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("start", to_worker(&ToWorker::Start { run: RunId(7), job: "attention".into(), body: vec![1, 2, 3] })),
        ("cancel", to_worker(&ToWorker::Cancel { run: RunId(u64::MAX) })),
        ("ready", from_worker(&FromWorker::Ready { build: "1f9f".into(), device: "CPU".into() })),
        ("update", from_worker(&FromWorker::Update { run: RunId(7), body: vec![9; 20] })),
        ("panicked", from_worker(&FromWorker::Panicked { message: "somewhere".into() })),
    ]
}

/// All of them.
pub fn bad() -> Vec<Case> {
    // A number of ten bytes is the longest there is.
    let endless = [0xff; 12];
    owned([
        ("empty message", Vec::new(), "A message could not be read"),
        ("nothing to the worker", vec![0], "A message could not be read"),
        ("nothing from the worker", vec![1], "A message could not be read"),
        ("kind that nobody sends", vec![0, 3], "A message could not be read"),
        ("kind that nobody answers", vec![1, 7], "A message could not be read"),
        ("run without a job", vec![0, 0, 7], "A message could not be read"),
        ("number without end", [&[0, 1][..], &endless].concat(), "A message could not be read"),
        ("name as long as the universe", [&[0, 0, 7][..], &endless[..9], &[1]].concat(), "A message could not be read"),
        ("name longer than the message", vec![0, 0, 7, 100, b'a'], "A message could not be read"),
        ("name that is no text", vec![0, 0, 7, 2, 0xff, 0xfe, 0], "A message could not be read"),
        ("body of 4 GB", [&[1, 2, 7][..], &[0xff, 0xff, 0xff, 0xff, 0x0f]].concat(), "A message could not be read"),
        ("body shorter than said", vec![1, 2, 7, 3, 1, 2], "A message could not be read"),
        ("job without a body", start(&[]), "A message could not be read"),
        ("job of another build", start(&[0xff; 40]), "A message could not be read"),
        ("file of 4 GB in a job", start(&[0xff, 0xff, 0xff, 0xff, 0x0f, 1]), "A message could not be read"),
    ])
}
