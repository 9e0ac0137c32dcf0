//! The page's side of the engine. Nothing outside this folder knows that there is a worker.
//!
//! A lab writes `use_job(move || Some(Generate { … }))` and gets signals. Everything else, such as
//! queues, restarts and the choice of a device, happens behind it.

mod failure;
mod features;
mod gpu;
mod heartbeat;
mod ladder;
mod link;
mod measure;
mod port;
mod program;
mod runs;
mod side;
mod status;
mod strikes;
mod supervisor;
mod within;

pub use features::{cross_origin_isolated, relaxed_simd};
pub use gpu::gpu_available;
pub use ladder::{GpuMeasured, Measured, Work, choose as choose_for};
pub use measure::{measure, measured};
pub use status::{EngineState, Wanted, status};

use engine_core::{
    job::{Home, Job, JobError},
    wire::{self, RunId},
};
use futures_channel::oneshot;
use leptos::prelude::*;
use runs::Event;
use std::{cell::RefCell, rc::Rc};

/// The build that this page belongs to; a worker of another build is not spoken to.
pub const BUILD: &str = match option_env!("GLASSBOX_BUILD") {
    Some(build) => build,
    None => "dev",
};

/// What became of a job a lab asked for.
pub struct Run<J: Job> {
    /// The newest update of the run under way.
    pub update: RwSignal<Option<J::Update>, LocalStorage>,
    /// The newest finished run. Keeps its value while the next one is under way.
    pub outcome: RwSignal<Option<Result<J::Output, JobError>>, LocalStorage>,
    /// Whether a run is under way.
    pub running: RwSignal<bool>,
}

impl<J: Job> Clone for Run<J> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<J: Job> Copy for Run<J> {}

/// Runs `job()`, and again whenever a signal it reads or the device changes; `None` runs nothing.
///
/// Only the latest run counts: older ones, and all of them once the lab leaves the page, are cancelled.
pub fn use_job<J: Job>(job: impl Fn() -> Option<J> + 'static) -> Run<J> {
    let run =
        Run { update: RwSignal::new_local(None), outcome: RwSignal::new_local(None), running: RwSignal::new(false) };
    let status = status();
    let switches = Memo::new(move |_| status.with(|status| status.switches));
    Effect::new(move |_| {
        // A new device gets the question anew.
        switches.track();
        let Some(job) = job() else {
            run.running.set(false);
            return;
        };
        run.running.set(true);
        let id = submit(
            J::HOME,
            J::NAME,
            wire::encode(&job),
            Box::new(move |event| match event {
                Event::Update(body) => match wire::decode(&body) {
                    Ok(update) => drop(run.update.try_set(Some(update))),
                    Err(why) => drop(run.outcome.try_set(Some(Err(JobError::Device(why))))),
                },
                Event::End(result) => {
                    run.running.try_set(false);
                    let result = open::<J>(result);
                    if !matches!(result, Err(JobError::Cancelled)) {
                        run.outcome.try_set(Some(result));
                    }
                }
            }),
        );
        on_cleanup(move || match J::HOME {
            Home::Tensors => supervisor::abandon(id),
            side => side::abandon(side, id),
        });
    });
    run
}

/// A run that was started by hand. Dropping it does not cancel the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handle(Home, RunId);

impl Handle {
    /// Asks the run to stop at its next checkpoint; what it has done until then is still delivered.
    pub fn cancel(self) {
        match self.0 {
            Home::Tensors => supervisor::cancel(self.1),
            side => side::cancel(side, self.1),
        }
    }
}

/// Runs a job to its end.
///
/// # Errors
/// What the job says, or [`JobError::Device`] if its worker was lost.
pub async fn run<J: Job>(job: &J) -> Result<J::Output, JobError> {
    run_at(J::HOME, job).await
}

/// Runs a job to its end in another program than the one that it names.
///
/// # Errors
/// As [`run`].
pub async fn run_at<J: Job>(home: Home, job: &J) -> Result<J::Output, JobError> {
    run_to_end(home, job, |_| {}, |_| {}).await
}

/// Runs a job to its end; the handle can stop it, and updates are delivered in order.
///
/// # Errors
/// What the job says, [`JobError::Cancelled`] once a cancelled run has stopped, or
/// [`JobError::Device`] if its worker was lost.
pub async fn run_with<J: Job>(
    job: &J,
    on_handle: impl FnOnce(Handle),
    on_update: impl FnMut(J::Update) + 'static,
) -> Result<J::Output, JobError> {
    run_to_end(J::HOME, job, on_handle, on_update).await
}

async fn run_to_end<J: Job>(
    home: Home,
    job: &J,
    on_handle: impl FnOnce(Handle),
    mut on_update: impl FnMut(J::Update) + 'static,
) -> Result<J::Output, JobError> {
    let (sender, receiver) = oneshot::channel();
    let sender = Rc::new(RefCell::new(Some(sender)));
    let id = submit(
        home,
        J::NAME,
        wire::encode(job),
        Box::new(move |event| match event {
            Event::Update(body) => {
                if let Ok(update) = wire::decode(&body) {
                    on_update(update);
                }
            }
            Event::End(result) => {
                if let Some(sender) = sender.take() {
                    // Nobody may be waiting any more: then the result is not wanted.
                    let _ = sender.send(result);
                }
            }
        }),
    );
    on_handle(Handle(home, id));
    open::<J>(receiver.await.unwrap_or(Err(JobError::Cancelled)))
}

fn submit(home: Home, name: &str, body: Vec<u8>, listener: runs::Listener) -> RunId {
    match home {
        Home::Tensors => supervisor::submit(name, body, listener),
        side => side::submit(side, name, body, listener),
    }
}

fn open<J: Job>(result: Result<Vec<u8>, JobError>) -> Result<J::Output, JobError> {
    result.and_then(|body| wire::decode(&body).map_err(JobError::Device))
}

/// Loads the engine before the first job asks for it.
pub fn warm() {
    supervisor::ensure_started();
}

/// Whether the program that computes now has a WebGPU device, which it uses for the large steps of a training. Writing
/// and looking happen on the CPU beside it.
pub fn on_gpu() -> bool {
    supervisor::on_gpu()
}

/// Changes the device. Runs under way end, and a worker for the new device takes over.
pub fn choose(wanted: Wanted) {
    supervisor::choose(wanted);
    side::follow_choice();
}

/// Starts again after the engine gave up, with a clean slate.
pub fn restart() {
    supervisor::restart();
}

/// Forgets past failures that were asked for, such as those of a drill.
pub fn forgive() {
    supervisor::forgive();
}

/// Ends the engine's worker as if it had vanished without a word, to see that the page notices.
pub fn lose_worker() {
    supervisor::lose_worker();
    side::lose(Home::Plain);
}

/// Moves to the device that was measured to do `work` faster, if the learner left the choice to the page.
///
/// Call it before a session is opened, never during one: the worker changes.
pub async fn place(work: Work) {
    if status::current().wanted == Wanted::Auto
        && let Some(measured) = measure(false).await
    {
        supervisor::move_to(ladder::choose(&measured, work).gpu);
    }
}
