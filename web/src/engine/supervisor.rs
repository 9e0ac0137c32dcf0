//! Owns the worker: queues until it is ready, listens for its heartbeat, replaces it when it fails.

use super::{
    port::{Heard, Port, Program},
    status::{self, EngineState, Wanted},
    strikes::{Strikes, Verdict},
};
use engine_core::{
    job::JobError,
    wire::{FromWorker, RunId, ToWorker},
};
use gloo::timers::callback::{Interval, Timeout};
use std::{cell::RefCell, collections::BTreeMap};

/// What a run tells whoever started it.
pub enum Event {
    /// An encoded update.
    Update(Vec<u8>),
    /// The encoded output, or why there is none. Nothing follows.
    End(Result<Vec<u8>, JobError>),
}

type Listener = Box<dyn FnMut(Event)>;

const BEAT_MS: u32 = 1_000;
/// A cancelled run has this long to stop before the worker counts as stuck.
const CANCEL_MS: f64 = 2_000.0;
/// Nobody waits longer than this for a cancelled run, even if the worker still answers.
const CANCEL_AT_MOST_MS: f64 = 60_000.0;
/// A session that ended with its worker is described with these words.
const LOST: &str = "Nothing that was saved is lost; start again to go on.";

/// Silence that is still no failure.
fn patience_ms(program: Program, ready: bool) -> f64 {
    match (program, ready) {
        (Program::Cpu, true) => 10_000.0,
        (Program::Cpu, false) => 60_000.0,
        // Compiling shaders blocks the worker, above all the first time.
        (Program::Gpu, true) => 60_000.0,
        (Program::Gpu, false) => 120_000.0,
    }
}

struct Flight {
    listener: Option<Listener>,
    sent: bool,
    last_heard: f64,
    /// The longest this run has been silent: a step of a large model takes its time.
    longest_gap: f64,
    cancelled_at: Option<f64>,
}

struct Supervisor {
    port: Option<Port>,
    program: Program,
    ready: bool,
    /// Messages of an older worker that were still under way are told apart by it.
    epoch: u32,
    runs: BTreeMap<RunId, Flight>,
    queue: Vec<(RunId, ToWorker)>,
    next_run: u64,
    next_beat: u32,
    last_heard: f64,
    failed_at: Option<f64>,
    strikes: Strikes,
    gpu_refused: bool,
    on_gpu: bool,
    heartbeat: Option<Interval>,
    restart: Option<Timeout>,
}

thread_local! {
    static SUPERVISOR: RefCell<Supervisor> = RefCell::new(Supervisor {
        port: None,
        program: Program::Cpu,
        ready: false,
        epoch: 0,
        runs: BTreeMap::new(),
        queue: Vec::new(),
        next_run: 0,
        next_beat: 0,
        last_heard: 0.0,
        failed_at: None,
        strikes: Strikes::default(),
        gpu_refused: false,
        on_gpu: false,
        heartbeat: None,
        restart: None,
    });
}

/// Works on the supervisor. Listeners are never called inside, so they may start the next run.
fn with<T>(work: impl FnOnce(&mut Supervisor) -> T) -> T {
    SUPERVISOR.with_borrow_mut(work)
}

fn now() -> f64 {
    web_sys::window().and_then(|window| window.performance()).map_or(0.0, |clock| clock.now())
}

/// Queues a run, and starts the worker if there is none.
pub fn submit(name: &str, body: Vec<u8>, mut listener: Listener) -> RunId {
    let run = with(|it| {
        it.next_run += 1;
        RunId(it.next_run)
    });
    if let EngineState::Stopped(why) = status::current().state {
        // Later, as every answer is: the caller does not hold the run's handle yet.
        Timeout::new(0, move || listener(Event::End(Err(JobError::Device(why))))).forget();
        return run;
    }
    with(|it| {
        let flight =
            Flight { listener: Some(listener), sent: false, last_heard: now(), longest_gap: 0.0, cancelled_at: None };
        it.runs.insert(run, flight);
        it.queue.push((run, ToWorker::Start { run, job: name.to_owned(), body }));
    });
    ensure_started();
    flush();
    run
}

/// Stops a run; its listener hears of the end.
pub fn cancel(run: RunId) {
    let unsent = with(|it| {
        let flight = it.runs.get_mut(&run)?;
        if !flight.sent {
            it.queue.retain(|(queued, _)| *queued != run);
            return it.runs.remove(&run)?.listener;
        }
        if flight.cancelled_at.is_none() {
            flight.cancelled_at = Some(now());
            flight.longest_gap = flight.longest_gap.max(now() - flight.last_heard);
            if let Some(port) = &it.port {
                port.send(&ToWorker::Cancel { run });
            }
        }
        None
    });
    if let Some(mut listener) = unsent {
        listener(Event::End(Err(JobError::Cancelled)));
    }
}

/// Stops a run whose listener has gone.
pub fn abandon(run: RunId) {
    let listener = with(|it| it.runs.get_mut(&run).and_then(|flight| flight.listener.take()));
    drop(listener);
    cancel(run);
}

/// Starts a worker if there is none and none is planned.
pub fn ensure_started() {
    let idle = with(|it| it.port.is_none() && it.restart.is_none());
    if idle && !matches!(status::current().state, EngineState::Stopped(_)) {
        launch(EngineState::Starting);
    }
}

/// Whether jobs go to WebGPU now.
pub fn on_gpu() -> bool {
    with(|it| it.on_gpu)
}

/// Applies the learner's choice of device.
pub fn choose(wanted: Wanted) {
    let before = status::current().wanted;
    status::change(|status| status.wanted = wanted);
    let gpu = wanted == Wanted::Gpu;
    let moves = with(|it| {
        it.gpu_refused = false;
        let moves = it.on_gpu != gpu;
        it.on_gpu = gpu;
        moves
    });
    if moves {
        replace_by_choice();
    } else if before != wanted {
        status::change(|status| status.notice = None);
    }
}

/// Sends all further jobs to WebGPU.
pub fn move_to_gpu() {
    let allowed = with(|it| {
        it.on_gpu = !it.gpu_refused;
        it.on_gpu
    });
    if allowed {
        replace_by_choice();
    }
}

/// Starts again after [`EngineState::Stopped`].
pub fn restart() {
    with(|it| {
        it.strikes.forgive();
        it.gpu_refused = false;
        it.on_gpu = status::current().wanted == Wanted::Gpu;
    });
    replace_by_choice();
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

fn replace_by_choice() {
    let was_started = with(|it| it.port.is_some() || it.restart.is_some());
    retire();
    end_sent_runs("the device was changed");
    status::change(|status| {
        status.notice = None;
        status.recovered_ms = None;
        status.state = EngineState::Idle;
    });
    if was_started || with(|it| !it.queue.is_empty() || it.on_gpu) {
        launch(EngineState::Starting);
    }
}

fn launch(state: EngineState) {
    let opened = with(|it| {
        it.restart = None;
        it.epoch += 1;
        it.ready = false;
        it.last_heard = now();
        it.program = if it.on_gpu { Program::Gpu } else { Program::Cpu };
        let epoch = it.epoch;
        it.port = Some(Port::open(it.program, move |heard| on_heard(epoch, heard))?);
        it.heartbeat = Some(Interval::new(BEAT_MS, beat));
        Ok::<_, String>(())
    });
    status::change(|status| {
        status.state = state;
        status.device = None;
    });
    if let Err(why) = opened {
        stop(&why);
    }
}

fn on_heard(epoch: u32, heard: Heard) {
    let current = with(|it| {
        it.last_heard = now();
        it.epoch == epoch && it.port.is_some()
    });
    if !current {
        return;
    }
    match heard {
        Heard::Broken(why) => fail(&why),
        Heard::Message(FromWorker::Panicked { message }) => fail(&format!("its program stopped with “{message}”")),
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
        give_up("A new version of Glassbox is ready, and this page still belongs to the old one. Reload the page to go on.");
        return;
    }
    let recovered = with(|it| {
        it.ready = true;
        it.failed_at.take().map(|at| now() - at)
    });
    status::change(|status| {
        status.device = Some(device);
        status.state = EngineState::Ready;
        status.generation += 1;
        status.recovered_ms = recovered.or(status.recovered_ms);
    });
    flush();
}

/// The build that this page belongs to.
pub const BUILD: &str = match option_env!("GLASSBOX_BUILD") {
    Some(build) => build,
    None => "dev",
};

fn flush() {
    with(|it| {
        if !it.ready {
            return;
        }
        let Some(port) = &it.port else { return };
        for (run, message) in it.queue.drain(..) {
            if let Some(flight) = it.runs.get_mut(&run) {
                flight.sent = true;
                flight.last_heard = now();
            }
            port.send(&message);
        }
    });
}

fn update(run: RunId, body: Vec<u8>) {
    // The listener is out of the table while it works, so that it may start or cancel runs.
    let listener = with(|it| {
        let flight = it.runs.get_mut(&run)?;
        flight.longest_gap = flight.longest_gap.max(now() - flight.last_heard);
        flight.last_heard = now();
        flight.listener.take()
    });
    if let Some(mut listener) = listener {
        listener(Event::Update(body));
        with(|it| {
            if let Some(flight) = it.runs.get_mut(&run) {
                flight.listener = Some(listener);
            }
        });
    }
}

fn finish(run: RunId, result: Result<Vec<u8>, JobError>) {
    let listener = with(|it| it.runs.remove(&run).and_then(|flight| flight.listener));
    if let Some(mut listener) = listener {
        listener(Event::End(result));
    }
}

/// Every second: is anyone there, and did cancelled runs stop?
fn beat() {
    let silent = with(|it| {
        let port = it.port.as_ref()?;
        let silence = now() - it.last_heard;
        if silence > patience_ms(it.program, it.ready) {
            return Some(format!("it has not answered for {:.0} seconds", silence / 1000.0));
        }
        let stuck = it.runs.values().any(|flight| {
            let Some(at) = flight.cancelled_at else { return false };
            let waited = now() - at;
            let grace = CANCEL_MS.max(2.0 * flight.longest_gap);
            waited > CANCEL_AT_MOST_MS || (waited > grace && silence > CANCEL_MS)
        });
        if stuck {
            return Some("it did not stop when it was asked to".to_owned());
        }
        if it.ready {
            it.next_beat = it.next_beat.wrapping_add(1);
            port.send(&ToWorker::Ping { beat: it.next_beat });
        }
        None
    });
    if let Some(why) = silent {
        fail(&why);
    }
}

/// The worker can no longer be trusted: it ends, its runs end, and a new one starts.
fn fail(why: &str) {
    retire();
    let (verdict, was_gpu) = with(|it| {
        it.failed_at.get_or_insert(now());
        (it.strikes.count(now()), it.program == Program::Gpu)
    });
    match verdict {
        // WebGPU failed twice within a minute: the CPU is slower, but it computes.
        Verdict::RestartIn(pause) if was_gpu && pause > 0 => fall_back(why),
        Verdict::RestartIn(pause) => {
            status::change(|status| {
                status.state = EngineState::Restarting;
                status.device = None;
                status.recovered_ms = None;
            });
            let timer = Timeout::new(pause, || launch(EngineState::Restarting));
            with(|it| it.restart = Some(timer));
            end_sent_runs(why);
        }
        Verdict::GiveUp if was_gpu => fall_back(why),
        Verdict::GiveUp => stop(why),
    }
}

fn unavailable(why: &str) {
    if with(|it| it.program == Program::Gpu) {
        retire();
        fall_back(why);
    } else {
        fail(why);
    }
}

fn fall_back(why: &str) {
    with(|it| {
        it.on_gpu = false;
        it.gpu_refused = true;
        it.strikes.forgive();
    });
    let why = why.trim_end_matches('.');
    status::change(|status| status.notice = Some(format!("The CPU computes now, because WebGPU could not be used: {why}.")));
    launch(EngineState::Restarting);
    end_sent_runs(why);
}

fn stop(why: &str) {
    let sentence = format!(
        "The engine was started four times within a minute and failed each time; the last time {why}. \
         Your models and your progress are kept."
    );
    give_up(&sentence);
}

fn give_up(sentence: &str) {
    with(|it| it.failed_at = None);
    status::change(|status| {
        status.state = EngineState::Stopped(sentence.to_owned());
        status.device = None;
    });
    let all: Vec<RunId> = with(|it| {
        it.queue.clear();
        it.runs.keys().copied().collect()
    });
    for run in all {
        finish(run, Err(JobError::Device(sentence.to_owned())));
    }
}

/// Ends the worker; runs that were not sent yet stay queued.
fn retire() {
    with(|it| {
        it.port = None;
        it.heartbeat = None;
        it.restart = None;
        it.ready = false;
    });
}

fn end_sent_runs(why: &str) {
    let sent: Vec<RunId> =
        with(|it| it.runs.iter().filter(|(_, flight)| flight.sent).map(|(run, _)| *run).collect());
    let why = why.trim_end_matches('.');
    for run in sent {
        finish(run, Err(JobError::Device(format!("{why}. {LOST}"))));
    }
}
