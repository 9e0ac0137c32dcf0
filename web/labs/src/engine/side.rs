//! The workers beside the engine's: one for jobs without tensors, one for published vocabularies. Each is a program of its
//! own that starts with the first job for it, and is replaced when it fails.

use super::{
    BUILD, features,
    heartbeat::{BEAT_MS, Heartbeat},
    link,
    port::{Heard, Port},
    program::{self, Program},
    runs::{Event, Listener, Runs},
    status,
    strikes::{Failure, Strikes, Verdict},
    supervisor::{now, tell},
};
use engine_core::{
    job::{Home, JobError},
    wire::{FromWorker, RunId, ToWorker},
};
use gloo::timers::callback::{Interval, Timeout};
use kit::t;
use std::{cell::RefCell, collections::BTreeMap};

struct Side {
    port: Option<Port>,
    program: Program,
    ready: bool,
    /// Messages of an older worker that were still under way are told apart by it.
    epoch: u32,
    runs: Runs,
    heartbeat: Heartbeat,
    strikes: Strikes,
    /// The program for relaxed SIMD did not start here.
    relaxed_refused: bool,
    clock: Option<Interval>,
    restart: Option<Timeout>,
}

impl Side {
    fn new() -> Self {
        Self {
            port: None,
            program: Program::Plain,
            ready: false,
            epoch: 0,
            runs: Runs::new(),
            heartbeat: Heartbeat::new(0.0),
            strikes: Strikes::default(),
            relaxed_refused: false,
            clock: None,
            restart: None,
        }
    }

    fn due(&self, home: Home) -> Program {
        if home == Home::Words {
            return Program::Words;
        }
        let relaxed = !self.relaxed_refused && features::relaxed_simd();
        program::pick_plain(status::current().wanted, relaxed)
    }
}

thread_local! {
    static SIDES: RefCell<BTreeMap<Home, Side>> = const { RefCell::new(BTreeMap::new()) };
}

/// Works on one of them. Listeners are never called inside, so they may start the next run.
fn with<T>(home: Home, work: impl FnOnce(&mut Side) -> T) -> T {
    SIDES.with_borrow_mut(|all| work(all.entry(home).or_insert_with(Side::new)))
}

/// Queues a run, and starts the worker if there is none.
pub fn submit(home: Home, name: &str, body: Vec<u8>, listener: Listener) -> RunId {
    let (run, idle) = with(home, |it| {
        let run = it.runs.next_id();
        it.runs.add(run, ToWorker::Start { run, job: name.to_owned(), body }, listener);
        (run, it.port.is_none() && it.restart.is_none())
    });
    if idle {
        launch(home);
    }
    flush(home);
    run
}

/// Stops a run; its listener hears of the end.
pub fn cancel(home: Home, run: RunId) {
    let unsent = with(home, |it| link::cancel(it.port.as_ref(), &mut it.runs, run, now()));
    tell(unsent, JobError::Cancelled);
}

/// Stops a run whose listener has gone.
pub fn abandon(home: Home, run: RunId) {
    // Dropped here and not inside: a listener may hold anything.
    drop(with(home, |it| it.runs.abandon(run)));
    cancel(home, run);
}

/// The learner has chosen another program for the CPU: what runs in the other one ends.
pub fn follow_choice() {
    let moves = with(Home::Plain, |it| {
        it.relaxed_refused = false;
        it.port.is_some() && it.due(Home::Plain) != it.program
    });
    if moves {
        retire(Home::Plain);
        end_sent(Home::Plain, t!("engine.device_changed"));
        launch_if_due(Home::Plain);
    }
}

/// Ends the worker as if it had vanished without a word.
pub fn lose(home: Home) {
    with(home, |it| {
        if let Some(port) = &it.port {
            port.lose();
        }
    });
}

fn launch(home: Home) {
    let opened = with(home, |it| {
        it.restart = None;
        it.epoch += 1;
        it.ready = false;
        it.heartbeat = Heartbeat::new(now());
        it.program = it.due(home);
        let epoch = it.epoch;
        it.port = Some(Port::open(it.program, false, move |heard| on_heard(home, epoch, heard))?);
        it.clock = Some(Interval::new(BEAT_MS, move || beat(home)));
        Ok::<_, String>(())
    });
    if let Err(why) = opened {
        give_up(home, &t!("engine.engine_could_not", why = why));
    }
}

fn launch_if_due(home: Home) {
    if with(home, |it| it.port.is_none() && it.runs.are_waiting()) {
        launch(home);
    }
}

fn on_heard(home: Home, epoch: u32, heard: Heard) {
    let current = with(home, |it| {
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
        Heard::Broken(why) => fail(home, &why),
        Heard::Message(FromWorker::Panicked { message }) => {
            fail(home, &t!("engine.its_program_stopped", message = message));
        }
        Heard::Message(FromWorker::Unavailable { why }) => fail(home, &why),
        Heard::Message(FromWorker::Ready { build, .. }) if build != BUILD => {
            give_up(home, t!("engine.new_version_glassbox"));
        }
        Heard::Message(FromWorker::Ready { device, .. }) => {
            if home == Home::Plain {
                status::change(|status| status.beside = Some(device));
            }
            with(home, |it| {
                it.ready = true;
                it.heartbeat.heard();
            });
            flush(home);
        }
        Heard::Message(FromWorker::Pong { .. }) => {}
        Heard::Message(FromWorker::Update { run, body }) => {
            // The listener is out of the table while it works, so that it may start or cancel runs.
            if let Some(mut listener) = with(home, |it| it.runs.lend(run, now())) {
                listener(Event::Update(body));
                with(home, |it| it.runs.give_back(run, listener));
            }
        }
        Heard::Message(FromWorker::Done { run, body }) => finish(home, run, Ok(body)),
        Heard::Message(FromWorker::Failed { run, error }) => finish(home, run, Err(error)),
    }
}

fn finish(home: Home, run: RunId, result: Result<Vec<u8>, JobError>) {
    if let Some(mut listener) = with(home, |it| it.runs.take(run)) {
        listener(Event::End(result));
    }
}

fn flush(home: Home) {
    with(home, |it| {
        if it.ready {
            link::flush(it.port.as_ref(), &mut it.runs, now());
        }
    });
}

/// Every second: is anyone there, and did cancelled runs stop?
fn beat(home: Home) {
    let failure =
        with(home, |it| link::beat(it.port.as_ref(), &mut it.heartbeat, &it.runs, it.program, it.ready, now()));
    if let Some(why) = failure {
        fail(home, &why);
    }
}

/// The worker can no longer be trusted: it ends, its runs end, and a new one starts if anything waits.
fn fail(home: Home, why: &str) {
    let failure = with(home, |it| Failure { at: now(), program: it.program, was_ready: it.ready });
    retire(home);
    let why = why.trim_end_matches('.');
    match with(home, |it| it.strikes.count(failure)) {
        Verdict::FallToSimd => {
            with(home, |it| it.relaxed_refused = true);
            launch_if_due(home);
        }
        Verdict::RestartIn(pause) => {
            let timer = Timeout::new(pause, move || {
                with(home, |it| it.restart = None);
                launch_if_due(home);
            });
            with(home, |it| it.restart = Some(timer));
            end_sent(home, why);
        }
        // Programs without a GPU do not fall to the CPU.
        Verdict::FallToCpu | Verdict::GiveUp => give_up(home, &t!("engine.engine_started_four", why = why)),
    }
}

/// Everybody who waits hears `sentence`; the next job starts with a clean slate.
fn give_up(home: Home, sentence: &str) {
    retire(home);
    let all = with(home, |it| {
        it.strikes.forgive();
        it.runs.take_all()
    });
    tell(all, JobError::Device(sentence.to_owned()));
}

fn end_sent(home: Home, why: &str) {
    let sent = with(home, |it| it.runs.take_sent());
    tell(sent, JobError::Device(format!("{why}. {}", t!("engine.nothing_saved_lost"))));
}

/// Ends the worker; runs that were not sent yet stay queued.
fn retire(home: Home) {
    if home == Home::Plain {
        status::change(|status| status.beside = None);
    }
    let port = with(home, |it| {
        it.clock = None;
        it.restart = None;
        it.ready = false;
        it.port.take()
    });
    drop(port);
}
