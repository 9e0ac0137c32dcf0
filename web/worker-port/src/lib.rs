//! Jobs behind a message port: receives, runs a registry, answers.
//!
//! Everything here is plumbing, the same for every program that runs in a worker; what a job computes lives in the
//! registry that the program brings.

mod turn;

use engine_core::{
    job::JobError,
    wire::{self, FromWorker, RunId, ToWorker},
};
use engine_run::{Host, LocalFuture, Registry, Sessions};
use js_sys::{Array, Reflect, Uint8Array};
use std::{
    cell::{Cell, OnceCell, RefCell},
    collections::BTreeMap,
    panic,
    rc::Rc,
};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{DedicatedWorkerGlobalScope, Event, MessageEvent};

/// The build this program belongs to; the page compares it with its own.
const BUILD: &str = match option_env!("GLASSBOX_BUILD") {
    Some(build) => build,
    None => "dev",
};

/// So long after its jobs have failed a browser has mostly told that the device was lost. When it tells, the page hears
/// it at once; a failure that is no loss waits so long, and a device that does not answer counts as lost then.
const LOSS_TOLD_WITHIN_MS: i32 = 1_500;

/// Opens where tensors live, and says what that is called in front of a learner; or why there is none.
pub type Opening<D> = LocalFuture<Result<(D, String), String>>;

/// What runs behind the port.
pub struct Program<D> {
    /// The jobs that it can run.
    pub registry: fn() -> Registry<D>,
    /// Opens where its tensors live, and says what that is called in front of a learner; or why there is none.
    pub open: fn() -> Opening<D>,
    /// Has the hook called with the browser's words once the device is lost.
    pub on_loss: fn(fn(String)),
    /// Whether the device has failed to answer, which a lost one does before its loss is told.
    pub is_silent: fn() -> bool,
}

impl Program<()> {
    /// A program without a device: plain arithmetic.
    pub fn plain(registry: fn() -> Registry<()>, open: fn() -> Opening<()>) -> Self {
        Self { registry, open, on_loss: |_| {}, is_silent: || false }
    }
}

/// Listens, has the device opened, and says whether it may be used; then runs the jobs of the registry.
pub fn serve<D: Clone + 'static>(program: Program<D>) {
    panic::set_hook(Box::new(|info| {
        let message = info.to_string();
        web_sys::console::warn_1(&JsValue::from_str(&message));
        send(&FromWorker::Panicked { message });
    }));
    let Program { registry, open, on_loss, is_silent } = program;
    let worker = Rc::new(Worker::new(is_silent));
    let receiver = Rc::clone(&worker);
    let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        let bytes = Uint8Array::new(&event.data()).to_vec();
        match wire::decode(&bytes) {
            Ok(message) => receiver.receive(message),
            Err(message) => send(&FromWorker::Panicked { message }),
        }
    });
    scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    // It listens as long as the worker lives.
    on_message.forget();
    report_lost_promises();
    spawn_local(async move {
        match open().await {
            Ok((device, name)) => {
                on_loss(|words| send(&FromWorker::Unavailable { why: lost(&words) }));
                worker.begin(device, name, registry());
            }
            Err(why) => send(&FromWorker::Unavailable { why }),
        }
    });
}

/// Whether this worker takes over from one that lost its device.
pub fn is_after_loss() -> bool {
    scope().name() == wire::AFTER_LOSS
}

/// What the loss of a device is called in front of the learner.
fn lost(words: &str) -> String {
    let words = words.trim().trim_end_matches('.');
    let why = if words.is_empty() { String::new() } else { format!(": “{words}”") };
    format!("the graphics device was lost{why}")
}

/// A trap inside a promise raises no error that the page would hear of: this program tells of it.
fn report_lost_promises() {
    let on_rejection = Closure::<dyn Fn(Event)>::new(|event: Event| {
        event.prevent_default();
        let reason = Reflect::get(&event, &"reason".into()).unwrap_or(JsValue::UNDEFINED);
        let message = reason.dyn_ref::<js_sys::Error>().map(|error| String::from(error.message()));
        send(&FromWorker::Panicked { message: message.unwrap_or_else(|| format!("{reason:?}")) });
    });
    let listener = on_rejection.as_ref().unchecked_ref();
    scope().add_event_listener_with_callback("unhandledrejection", listener).expect("a worker takes listeners");
    // It listens as long as the worker lives.
    on_rejection.forget();
}

/// What the worker holds while it lives.
struct Worker<D> {
    open: OnceCell<Open<D>>,
    is_silent: fn() -> bool,
    /// Runs that were asked for before the device was open.
    early: RefCell<Vec<(RunId, String, Vec<u8>)>>,
    /// The cancel flags of the runs under way.
    runs: RefCell<BTreeMap<RunId, Rc<Cell<bool>>>>,
}

/// What can be used once the device is open.
struct Open<D> {
    device: D,
    registry: Registry<D>,
    sessions: Sessions,
}

impl<D: Clone + 'static> Worker<D> {
    fn new(is_silent: fn() -> bool) -> Self {
        Self { open: OnceCell::new(), is_silent, early: RefCell::default(), runs: RefCell::default() }
    }

    fn begin(self: &Rc<Self>, device: D, name: String, registry: Registry<D>) {
        let open = Open { device, registry, sessions: Sessions::default() };
        assert!(self.open.set(open).is_ok(), "the device is opened once");
        send(&FromWorker::Ready { build: BUILD.to_owned(), device: name });
        for (run, job, body) in self.early.take() {
            self.start(run, job, body);
        }
    }

    fn receive(self: &Rc<Self>, message: ToWorker) {
        match message {
            ToWorker::Start { run, job, body } => self.start(run, job, body),
            ToWorker::Cancel { run } => self.cancel(run),
            ToWorker::Ping { beat } => send(&FromWorker::Pong { beat }),
        }
    }

    fn cancel(&self, run: RunId) {
        if let Some(cancelled) = self.runs.borrow().get(&run) {
            cancelled.set(true);
        }
        let before = self.early.borrow().len();
        self.early.borrow_mut().retain(|(early, _, _)| *early != run);
        if self.early.borrow().len() < before {
            send(&FromWorker::Failed { run, error: JobError::Cancelled });
        }
    }

    fn start(self: &Rc<Self>, run: RunId, job: String, body: Vec<u8>) {
        if self.open.get().is_none() {
            self.early.borrow_mut().push((run, job, body));
            return;
        }
        let cancelled = Rc::new(Cell::new(false));
        self.runs.borrow_mut().insert(run, Rc::clone(&cancelled));
        let worker = Rc::clone(self);
        spawn_local(async move {
            let outcome = worker.run(run, &job, &body, cancelled).await;
            if let Err(JobError::Device(_)) = outcome {
                // A lost device fails its jobs first and is told of after: the page should hear the cause.
                turn::pause(LOSS_TOLD_WITHIN_MS).await;
                if (worker.is_silent)() {
                    // A busy browser tells of it much later; a device that gave no answer once is of no use till then.
                    send(&FromWorker::Unavailable { why: lost("") });
                }
            }
            worker.runs.borrow_mut().remove(&run);
            send(&match outcome {
                Ok(body) => FromWorker::Done { run, body },
                Err(error) => FromWorker::Failed { run, error },
            });
        });
    }

    fn run(
        &self,
        run: RunId,
        job: &str,
        body: &[u8],
        cancelled: Rc<Cell<bool>>,
    ) -> LocalFuture<Result<Vec<u8>, JobError>> {
        let open = self.open.get().expect("runs start once the device is open");
        let host = Host {
            device: open.device.clone(),
            sessions: open.sessions.clone(),
            send_update: Rc::new(move |body| send(&FromWorker::Update { run, body })),
            yield_now: Rc::new(|| Box::pin(turn::next())),
            now: Rc::new(now),
            cancelled,
        };
        open.registry.run(job, body, host)
    }
}

/// The worker's own global object.
pub fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// Milliseconds since the worker began.
fn now() -> f64 {
    scope().performance().map_or_else(js_sys::Date::now, |clock| clock.now())
}

/// Sends a message; its bytes are handed over, not copied.
fn send(message: &FromWorker) {
    let array = Uint8Array::from(&wire::encode(message)[..]);
    let transfer = Array::of1(&array.buffer());
    // Sending fails only for values that cannot be cloned; bytes can.
    let _ = scope().post_message_with_transfer(&array, &transfer);
}
