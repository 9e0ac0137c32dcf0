//! Owns the worker: starts it, queues until it is ready, listens to it and for its heartbeat.

use super::{
    BUILD,
    failure::{end_sent_runs, fail, give_up, unavailable},
    features, gpu,
    heartbeat::{BEAT_MS, Heartbeat},
    link, measure,
    port::{Heard, Port},
    program::{self, Program, Situation},
    runs::{Event, Listener, Runs},
    status::{self, EngineState, Wanted},
    strikes::Strikes,
};
use engine_core::{
    job::JobError,
    wire::{FromWorker, RunId, ToWorker},
};
use gloo::timers::callback::{Interval, Timeout};
use kit::t;
use std::cell::RefCell;

/// The worker and everything that is known about it.
pub(super) struct Supervisor {
    port: Option<Port>,
    pub(super) program: Program,
    pub(super) ready: bool,
    /// Messages of an older worker that were still under way are told apart by it.
    epoch: u32,
    pub(super) runs: Runs,
    heartbeat: Heartbeat,
    /// When the failure happened from which the engine is recovering.
    pub(super) failed_at: Option<f64>,
    pub(super) strikes: Strikes,
    /// WebGPU could not be used, or was lost too often; only the learner can ask for it again.
    pub(super) gpu_refused: bool,
    /// The program for relaxed SIMD did not start; only the learner can ask for it again.
    pub(super) relaxed_refused: bool,
    /// WebGPU has passed its self-test in this visit, so that its successor after a loss need not.
    pub(super) gpu_proven: bool,
    pub(super) on_gpu: bool,
    clock: Option<Interval>,
    pub(super) restart: Option<Timeout>,
}

impl Supervisor {
    /// The program that is due now.
    fn due(&self) -> Program {
        let relaxed = !self.relaxed_refused && features::relaxed_simd();
        program::pick(Situation { wanted: status::current().wanted, on_gpu: self.on_gpu, relaxed })
    }
}

thread_local! {
    static SUPERVISOR: RefCell<Supervisor> = RefCell::new(Supervisor {
        port: None,
        program: Program::Simd,
        ready: false,
        epoch: 0,
        runs: Runs::new(),
        heartbeat: Heartbeat::new(0.0),
        failed_at: None,
        strikes: Strikes::default(),
        gpu_refused: false,
        relaxed_refused: false,
        gpu_proven: false,
        on_gpu: false,
        clock: None,
        restart: None,
    });
}

/// Works on the supervisor. Listeners are never called inside, so they may start the next run.
pub(super) fn with<T>(work: impl FnOnce(&mut Supervisor) -> T) -> T {
    SUPERVISOR.with_borrow_mut(work)
}

/// Milliseconds since the page began.
pub(super) fn now() -> f64 {
    web_sys::window().and_then(|window| window.performance()).map_or(0.0, |clock| clock.now())
}

/// Queues a run, and starts the worker if there is none.
pub fn submit(name: &str, body: Vec<u8>, mut listener: Listener) -> RunId {
    let run = with(|it| it.runs.next_id());
    if let EngineState::Stopped(why) = status::current().state {
        // Later, as every answer is: the caller does not hold the run's handle yet.
        Timeout::new(0, move || listener(Event::End(Err(JobError::Device(why))))).forget();
        return run;
    }
    with(|it| it.runs.add(run, ToWorker::Start { run, job: name.to_owned(), body }, listener));
    ensure_started();
    flush();
    run
}

/// Stops a run; its listener hears of the end.
pub fn cancel(run: RunId) {
    let unsent = with(|it| link::cancel(it.port.as_ref(), &mut it.runs, run, now()));
    tell(unsent, JobError::Cancelled);
}

/// Stops a run whose listener has gone.
pub fn abandon(run: RunId) {
    // Dropped here and not inside: a listener may hold anything.
    drop(with(|it| it.runs.abandon(run)));
    cancel(run);
}

/// Tells that their runs have ended.
pub(super) fn tell(listeners: impl IntoIterator<Item = Listener>, error: JobError) {
    for mut listener in listeners {
        listener(Event::End(Err(error.clone())));
    }
}

/// Starts a worker if there is none and none is planned.
pub fn ensure_started() {
    let idle = with(|it| it.port.is_none() && it.restart.is_none());
    if idle && !matches!(status::current().state, EngineState::Stopped(_)) {
        launch(EngineState::Starting);
    }
}

/// Whether a worker waits for work.
pub fn is_quiet() -> bool {
    with(|it| it.ready && it.runs.is_empty())
}

/// Whether jobs go to WebGPU now.
pub fn on_gpu() -> bool {
    with(|it| it.on_gpu)
}

/// Applies the learner's choice of device.
pub fn choose(wanted: Wanted) {
    let before = status::current().wanted;
    let program = with(|it| it.due());
    status::change(|status| status.wanted = wanted);
    let moves = with(|it| {
        it.gpu_refused = false;
        it.relaxed_refused = false;
        it.on_gpu = wanted == Wanted::Gpu;
        it.due() != program
    });
    if moves {
        replace_by_choice(false);
    } else if before != wanted {
        status::change(|status| status.notice = None);
    }
}

/// Sends all further jobs to WebGPU, unless it has been refused, or to the CPU.
pub fn move_to(gpu: bool) {
    let moves = with(|it| {
        let before = it.on_gpu;
        it.on_gpu = gpu && !it.gpu_refused;
        it.on_gpu != before
    });
    if moves {
        replace_by_choice(false);
    }
}

/// Starts again after [`EngineState::Stopped`].
pub fn restart() {
    with(|it| {
        it.strikes.forgive();
        it.gpu_refused = false;
        it.relaxed_refused = false;
        it.on_gpu = status::current().wanted == Wanted::Gpu;
    });
    replace_by_choice(true);
}

/// Forgets past failures.
pub fn forgive() {
    with(|it| it.strikes.forgive());
}

/// Ends the worker without telling anyone.
pub fn lose_worker() {
    with(|it| {
        if let Some(port) = &it.port {
            port.lose();
        }
    });
}

fn replace_by_choice(at_once: bool) {
    let was_started = with(|it| {
        it.failed_at = None;
        it.port.is_some() || it.restart.is_some()
    });
    retire();
    status::change(|status| {
        status.notice = None;
        status.recovered_ms = None;
        status.device = None;
        status.state = EngineState::Idle;
        status.switches += 1;
    });
    end_sent_runs(t!("engine.device_changed"));
    if at_once || was_started || with(|it| it.runs.are_waiting()) {
        launch(EngineState::Starting);
    }
}

/// Starts the program that is due.
pub(super) fn launch(state: EngineState) {
    let opened = with(|it| {
        it.restart = None;
        it.epoch += 1;
        it.ready = false;
        it.heartbeat = Heartbeat::new(now());
        it.program = it.due();
        let epoch = it.epoch;
        let after_loss = it.program.is_gpu() && it.gpu_proven && it.failed_at.is_some();
        it.port = Some(Port::open(it.program, after_loss, move |heard| on_heard(epoch, heard))?);
        it.clock = Some(Interval::new(BEAT_MS, beat));
        Ok::<_, String>(())
    });
    status::change(|status| {
        status.state = state;
        status.device = None;
    });
    if let Err(why) = opened {
        retire();
        give_up(&t!("engine.engine_could_not", why = why));
    }
}

fn on_heard(epoch: u32, heard: Heard) {
    let current = with(|it| {
        let current = it.epoch == epoch && it.port.is_some();
        // Before it is ready, only that counts as an answer.
        if current && it.ready {
            it.heartbeat.heard();
        }
        current
    });
    if !current {
        return;
    }
    match heard {
        Heard::Broken(why) => fail(&why),
        Heard::Message(FromWorker::Panicked { message }) => fail(&t!("engine.its_program_stopped", message = message)),
        Heard::Message(FromWorker::Unavailable { why }) => unavailable(&why),
        Heard::Message(FromWorker::Ready { build, device }) => ready(&build, device),
        Heard::Message(FromWorker::Pong { .. }) => {}
        Heard::Message(FromWorker::Update { run, body }) => update(run, body),
        Heard::Message(FromWorker::Done { run, body }) => finish(run, Ok(body)),
        Heard::Message(FromWorker::Failed { run, error }) => finish(run, Err(error)),
    }
}

fn ready(build: &str, device: String) {
    if build != BUILD {
        retire();
        give_up(t!("engine.new_version_glassbox"));
        return;
    }
    let recovered = with(|it| {
        it.ready = true;
        it.gpu_proven |= it.program.is_gpu();
        it.heartbeat.heard();
        it.failed_at.take().map(|at| now() - at)
    });
    status::change(|status| {
        status.device = Some(device);
        status.state = EngineState::Ready;
        status.generation += 1;
        status.recovered_ms = recovered.or(status.recovered_ms);
    });
    if with(|it| it.program.is_gpu()) {
        leptos::task::spawn_local(gpu::name_adapter());
    }
    flush();
}

fn flush() {
    with(|it| {
        if it.ready {
            link::flush(it.port.as_ref(), &mut it.runs, now());
        }
    });
}

fn update(run: RunId, body: Vec<u8>) {
    // The listener is out of the table while it works, so that it may start or cancel runs.
    if let Some(mut listener) = with(|it| it.runs.lend(run, now())) {
        listener(Event::Update(body));
        with(|it| it.runs.give_back(run, listener));
    }
}

fn finish(run: RunId, result: Result<Vec<u8>, JobError>) {
    if let Some(mut listener) = with(|it| it.runs.take(run)) {
        listener(Event::End(result));
    }
}

/// Every second: is anyone there, and did cancelled runs stop?
fn beat() {
    let failure = with(|it| link::beat(it.port.as_ref(), &mut it.heartbeat, &it.runs, it.program, it.ready, now()));
    match failure {
        Some(why) => fail(&why),
        // A quiet moment: time to find out which device is the faster one here.
        None if is_quiet() && !on_gpu() => measure::measure_soon(),
        None => {}
    }
}

/// Ends the worker; runs that were not sent yet stay queued.
pub(super) fn retire() {
    with(|it| {
        it.port = None;
        it.clock = None;
        it.restart = None;
        it.ready = false;
    });
}
