//! Owns the worker: queues until it is ready, listens for its heartbeat, replaces it when it fails.

use super::{
    BUILD, gpu,
    heartbeat::{BEAT_MS, Heartbeat, Pulse},
    port::{Heard, Port, Program},
    runs::{Cancelled, Event, Listener, Runs},
    status::{self, EngineState, Wanted},
    strikes::{Strikes, Verdict},
};
use engine_core::{
    job::JobError,
    wire::{FromWorker, RunId, ToWorker},
};
use gloo::timers::callback::{Interval, Timeout};
use std::cell::RefCell;

/// Said to every run that a worker took with it.
const LOST: &str = "Nothing that was saved is lost; start again to go on.";

struct Supervisor {
    port: Option<Port>,
    program: Program,
    ready: bool,
    /// Messages of an older worker that were still under way are told apart by it.
    epoch: u32,
    runs: Runs,
    heartbeat: Heartbeat,
    failed_at: Option<f64>,
    strikes: Strikes,
    gpu_refused: bool,
    on_gpu: bool,
    clock: Option<Interval>,
    restart: Option<Timeout>,
}

thread_local! {
    static SUPERVISOR: RefCell<Supervisor> = RefCell::new(Supervisor {
        port: None,
        program: Program::Cpu,
        ready: false,
        epoch: 0,
        runs: Runs::new(),
        heartbeat: Heartbeat::new(0.0),
        failed_at: None,
        strikes: Strikes::default(),
        gpu_refused: false,
        on_gpu: false,
        clock: None,
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
    let unsent = with(|it| match it.runs.cancel(run, now()) {
        Cancelled::Unsent(listener) => listener,
        Cancelled::Nothing => None,
        Cancelled::Ask => {
            if let Some(port) = &it.port {
                port.send(&ToWorker::Cancel { run });
            }
            None
        }
    });
    tell(unsent, JobError::Cancelled);
}

/// Stops a run whose listener has gone.
pub fn abandon(run: RunId) {
    // Dropped here and not inside: a listener may hold anything.
    drop(with(|it| it.runs.abandon(run)));
    cancel(run);
}

fn tell(listeners: impl IntoIterator<Item = Listener>, error: JobError) {
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
        replace_by_choice(false);
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
        replace_by_choice(false);
    }
}

/// Starts again after [`EngineState::Stopped`].
pub fn restart() {
    with(|it| {
        it.strikes.forgive();
        it.gpu_refused = false;
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
    end_sent_runs("the device was changed");
    if at_once || was_started || with(|it| it.runs.are_waiting()) {
        launch(EngineState::Starting);
    }
}

fn launch(state: EngineState) {
    let opened = with(|it| {
        it.restart = None;
        it.epoch += 1;
        it.ready = false;
        it.heartbeat = Heartbeat::new(now());
        it.program = if it.on_gpu { Program::Gpu } else { Program::Cpu };
        let epoch = it.epoch;
        it.port = Some(Port::open(it.program, move |heard| on_heard(epoch, heard))?);
        it.clock = Some(Interval::new(BEAT_MS, beat));
        Ok::<_, String>(())
    });
    status::change(|status| {
        status.state = state;
        status.device = None;
    });
    if let Err(why) = opened {
        retire();
        give_up(&format!("The engine could not be started: {why}. The text of the lessons reads as usual."));
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
        give_up(
            "A new version of Glassbox is ready, and this page still belongs to the old one. Reload the page to go on.",
        );
        return;
    }
    let recovered = with(|it| {
        it.ready = true;
        it.heartbeat.heard();
        it.failed_at.take().map(|at| now() - at)
    });
    status::change(|status| {
        status.device = Some(device);
        status.state = EngineState::Ready;
        status.generation += 1;
        status.recovered_ms = recovered.or(status.recovered_ms);
    });
    if with(|it| it.program == Program::Gpu) {
        leptos::task::spawn_local(gpu::name_adapter());
    }
    flush();
}

fn flush() {
    with(|it| {
        if !it.ready {
            return;
        }
        let Some(port) = &it.port else { return };
        for message in it.runs.take_waiting(now()) {
            port.send(&message);
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
    let failure = with(|it| {
        let port = it.port.as_ref()?;
        let silence = match it.heartbeat.beat(now(), it.program, it.ready) {
            Pulse::Slept => return None,
            Pulse::Gone(silence) => return Some(format!("it has not answered for {:.0} seconds", silence / 1000.0)),
            Pulse::Alive(silence) => silence,
        };
        if it.runs.any_stuck(now(), silence) {
            return Some("it did not stop when it was asked to".to_owned());
        }
        if it.ready {
            port.send(&ToWorker::Ping { beat: it.heartbeat.ask(now()) });
        }
        None
    });
    if let Some(why) = failure {
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
    status::change(|status| {
        status.notice = Some(format!("The CPU computes now, because WebGPU could not be used: {why}."))
    });
    launch(EngineState::Restarting);
    end_sent_runs(why);
}

/// Starting again and again did not help.
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
    let all = with(|it| it.runs.take_all());
    tell(all, JobError::Device(sentence.to_owned()));
}

/// Ends the worker; runs that were not sent yet stay queued.
fn retire() {
    with(|it| {
        it.port = None;
        it.clock = None;
        it.restart = None;
        it.ready = false;
    });
}

fn end_sent_runs(why: &str) {
    let sent = with(|it| it.runs.take_sent());
    tell(sent, JobError::Device(format!("{}. {LOST}", why.trim_end_matches('.'))));
}
