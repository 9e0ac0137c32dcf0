//! Runs jobs natively exactly as the worker does, encoding included.

pub mod runs;

use engine_core::{
    job::{Home, Job, JobError},
    wire,
};
use engine_run::{Host, Registry, Sessions};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

/// An engine with no browser around it.
pub struct Engine {
    sessions: Sessions,
    /// Set to end the next run at its next checkpoint.
    pub cancelled: Rc<Cell<bool>>,
}

impl Default for Engine {
    fn default() -> Self {
        Self { sessions: Sessions::default(), cancelled: Rc::new(Cell::new(false)) }
    }
}

impl Engine {
    /// Runs a job to its end and collects its updates.
    ///
    /// # Errors
    /// As the job.
    pub fn run<J: Job>(&self, job: &J) -> Result<(J::Output, Vec<J::Update>), JobError> {
        let updates = Rc::new(RefCell::new(Vec::new()));
        let sink = Rc::clone(&updates);
        let started = std::time::Instant::now();
        let host = Host {
            device: (),
            sessions: self.sessions.clone(),
            send_update: Rc::new(move |bytes| sink.borrow_mut().push(wire::decode(&bytes).expect("our own bytes"))),
            yield_now: Rc::new(|| Box::pin(std::future::ready(()))),
            now: Rc::new(move || started.elapsed().as_secs_f64() * 1e3),
            cancelled: Rc::clone(&self.cancelled),
        };
        let output = match J::HOME {
            Home::Tensors => {
                let device = pollster::block_on(engine::device::open()).map_err(JobError::Device)?.device;
                finish(&engine::registry(), job, host.on(device))
            }
            Home::Plain | Home::Words => finish(&engine_plain::registry(), job, host),
        }?;
        Ok((wire::decode(&output).expect("our own bytes"), updates.take()))
    }
}

fn finish<J: Job, D: 'static>(registry: &Registry<D>, job: &J, host: Host<D>) -> Result<Vec<u8>, JobError> {
    pollster::block_on(registry.run(J::NAME, &wire::encode(job), host))
}

/// A text with structure to learn, the same every time.
pub fn rhyme(times: usize) -> String {
    "the cat sat on the mat. the dog dug in the fog. a hen and ten men met in the den.\n".repeat(times)
}
