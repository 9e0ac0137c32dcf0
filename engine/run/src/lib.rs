//! Running jobs by name: decoding, progress, cancellation, and state that outlives one job.
//!
//! `D` is where a program's jobs find their tensors; it is `()` for programs that have none.

use engine_core::{
    job::{Job, JobError},
    wire,
};
use std::{
    any::Any,
    cell::{Cell, RefCell},
    collections::BTreeMap,
    future::Future,
    marker::PhantomData,
    pin::Pin,
    rc::Rc,
};

/// A future that stays on its thread.
pub type LocalFuture<T> = Pin<Box<dyn Future<Output = T>>>;

type Handler<D> = Box<dyn Fn(&[u8], Host<D>) -> LocalFuture<Result<Vec<u8>, JobError>>>;

/// What the embedder supplies.
#[derive(Clone)]
pub struct Host<D> {
    /// Where tensors live.
    pub device: D,
    /// State shared by the jobs of one worker.
    pub sessions: Sessions,
    /// Sends one encoded update.
    pub send_update: Rc<dyn Fn(Vec<u8>)>,
    /// Lets the event loop deliver a pending cancel. A no-op natively.
    pub yield_now: Rc<dyn Fn() -> LocalFuture<()>>,
    /// A clock, in milliseconds.
    pub now: Rc<dyn Fn() -> f64>,
    /// Set by the embedder when the run is no longer wanted.
    pub cancelled: Rc<Cell<bool>>,
}

impl<D> Host<D> {
    /// The same host with its tensors on `device`.
    pub fn on<E>(self, device: E) -> Host<E> {
        let Self { device: _, sessions, send_update, yield_now, now, cancelled } = self;
        Host { device, sessions, send_update, yield_now, now, cancelled }
    }
}

/// Things that outlive one job, by number, such as a model in training.
#[derive(Clone, Default)]
pub struct Sessions(Rc<RefCell<BTreeMap<u64, Rc<dyn Any>>>>);

impl Sessions {
    /// Keeps `session` under `id`, in place of an older one.
    pub fn insert<S: Any>(&self, id: u64, session: Rc<S>) {
        self.0.borrow_mut().insert(id, session);
    }

    /// The session kept under `id`.
    ///
    /// # Errors
    /// A device error if there is none: the worker that held it was replaced.
    pub fn get<S: Any>(&self, id: u64) -> Result<Rc<S>, JobError> {
        let found = self.0.borrow().get(&id).cloned();
        found.and_then(|any| any.downcast().ok()).ok_or_else(|| {
            JobError::Device("this training session is gone; it can be resumed from its last checkpoint.".into())
        })
    }
}

/// A job's view of its host.
pub struct Context<J: Job, D> {
    host: Host<D>,
    job: PhantomData<J>,
}

impl<J: Job, D> Context<J, D> {
    /// Where tensors live.
    pub fn device(&self) -> &D {
        &self.host.device
    }

    /// State shared with other jobs.
    pub fn sessions(&self) -> &Sessions {
        &self.host.sessions
    }

    /// Milliseconds since some moment.
    pub fn now(&self) -> f64 {
        (self.host.now)()
    }

    /// Tells the asker how far the job is.
    pub fn update(&self, update: &J::Update) {
        (self.host.send_update)(wire::encode(update));
    }

    /// Call at least every few milliseconds of work.
    ///
    /// # Errors
    /// [`JobError::Cancelled`] once nobody wants the result.
    pub async fn checkpoint(&self) -> Result<(), JobError> {
        (self.host.yield_now)().await;
        if self.host.cancelled.get() { Err(JobError::Cancelled) } else { Ok(()) }
    }

    /// A checkpoint, if `piece_ms` milliseconds have passed since `last`, which is moved on then.
    ///
    /// # Errors
    /// As [`Self::checkpoint`].
    pub async fn look_up(&self, last: &mut f64, piece_ms: f64) -> Result<(), JobError> {
        if self.now() - *last >= piece_ms {
            self.checkpoint().await?;
            *last = self.now();
        }
        Ok(())
    }
}

/// Handlers by job name.
pub struct Registry<D>(BTreeMap<&'static str, Handler<D>>);

impl<D> Default for Registry<D> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<D: 'static> Registry<D> {
    /// An empty registry.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the handler of one job.
    ///
    /// # Panics
    /// If the job's name is taken.
    #[must_use]
    pub fn with<J, F, R>(mut self, handler: F) -> Self
    where
        J: Job,
        F: Fn(J, Context<J, D>) -> R + Clone + 'static,
        R: Future<Output = Result<J::Output, JobError>> + 'static,
    {
        let erased: Handler<D> = Box::new(move |body, host| {
            let job = wire::decode::<J>(body);
            let handler = handler.clone();
            Box::pin(async move {
                let job = job.map_err(JobError::Invalid)?;
                let output = handler(job, Context { host, job: PhantomData }).await?;
                Ok(wire::encode(&output))
            })
        });
        assert!(self.0.insert(J::NAME, erased).is_none(), "two jobs are named {}", J::NAME);
        self
    }

    /// The names of all jobs.
    pub fn names(&self) -> Vec<&'static str> {
        self.0.keys().copied().collect()
    }

    /// Runs the job named `name` on its encoded `body`.
    pub fn run(&self, name: &str, body: &[u8], host: Host<D>) -> LocalFuture<Result<Vec<u8>, JobError>> {
        match self.0.get(name) {
            Some(handler) => handler(body, host),
            None => {
                let error = JobError::Invalid(format!("This engine has no job named {name}. Reload the page."));
                Box::pin(std::future::ready(Err(error)))
            }
        }
    }
}
