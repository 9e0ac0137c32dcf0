//! The engine behind a message port: receives, runs the registry, answers.
//!
//! Everything here is plumbing; what a job computes lives in `engine`. Three programs are built from it:
//! `worker` for any CPU, `worker-relaxed` for browsers with relaxed SIMD, and `worker-gpu` with WebGPU.

mod gpu_rate;
mod turn;

use engine::{
    device::{self, Opened},
    run::{Host, LocalFuture, Registry, Sessions},
};
use engine_core::{
    job::JobError,
    wire::{self, FromWorker, RunId, ToWorker},
};
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

/// The engine's worker: see [`serve`].
pub fn main() {
    serve(|| engine::registry().with(gpu_rate::run), || Box::pin(open()));
}

/// Opens the device, which proves itself unless it follows one that did.
async fn open() -> Result<Opened, String> {
    if scope().name() == wire::AFTER_LOSS { device::reopen().await } else { device::open().await }
}

/// Listens, has the device opened, and says whether it may be used; then runs the jobs of `registry`.
pub fn serve(registry: fn() -> Registry, open: fn() -> LocalFuture<Result<Opened, String>>) {
    panic::set_hook(Box::new(|info| {
        let message = info.to_string();
        web_sys::console::warn_1(&JsValue::from_str(&message));
        send(&FromWorker::Panicked { message });
    }));
    let worker = Rc::new(Worker::default());
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
            Ok(opened) => {
                device::on_loss(|words| send(&FromWorker::Unavailable { why: lost(&words) }));
                worker.begin(opened, registry());
            }
            Err(why) => send(&FromWorker::Unavailable { why }),
        }
    });
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
#[derive(Default)]
struct Worker {
    open: OnceCell<Open>,
    /// Runs that were asked for before the device was open.
    early: RefCell<Vec<(RunId, String, Vec<u8>)>>,
    /// The cancel flags of the runs under way.
    runs: RefCell<BTreeMap<RunId, Rc<Cell<bool>>>>,
}

/// What can be used once the device is open.
struct Open {
    opened: Opened,
    registry: Registry,
    sessions: Sessions,
}

impl Worker {
    fn begin(self: &Rc<Self>, opened: Opened, registry: Registry) {
        let device = opened.name.clone();
        let open = Open { opened, registry, sessions: Sessions::default() };
        assert!(self.open.set(open).is_ok(), "the device is opened once");
        send(&FromWorker::Ready { build: BUILD.to_owned(), device });
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
                if device::is_silent() {
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
            device: open.opened.device.clone(),
            sessions: open.sessions.clone(),
            send_update: Rc::new(move |body| send(&FromWorker::Update { run, body })),
            yield_now: Rc::new(|| Box::pin(turn::next())),
            now: Rc::new(now),
            cancelled,
        };
        open.registry.run(job, body, host)
    }
}

fn scope() -> DedicatedWorkerGlobalScope {
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
