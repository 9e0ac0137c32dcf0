//! What the page does with any worker of its: hands over what waits, asks it to stop a run, and listens for its heartbeat.

use super::{
    heartbeat::{Heartbeat, Pulse},
    port::Port,
    program::Program,
    runs::{Cancelled, Listener, Runs},
};
use engine_core::wire::{RunId, ToWorker};
use kit::t;

/// Sends everything that waits.
pub fn flush(port: Option<&Port>, runs: &mut Runs, now: f64) {
    let Some(port) = port else { return };
    for message in runs.take_waiting(now) {
        port.send(&message);
    }
}

/// Stops a run. The listener of one that was never sent comes out, to hear that it ended.
pub fn cancel(port: Option<&Port>, runs: &mut Runs, run: RunId, now: f64) -> Option<Listener> {
    match runs.cancel(run, now) {
        Cancelled::Unsent(listener) => listener,
        Cancelled::Nothing => None,
        Cancelled::Ask => {
            if let Some(port) = port {
                port.send(&ToWorker::Cancel { run });
            }
            None
        }
    }
}

/// Every second: is anyone there, and did cancelled runs stop? Answers what is wrong.
pub fn beat(
    port: Option<&Port>,
    heartbeat: &mut Heartbeat,
    runs: &Runs,
    program: Program,
    ready: bool,
    now: f64,
) -> Option<String> {
    let port = port?;
    let silence = match heartbeat.beat(now, program, ready) {
        Pulse::Slept => return None,
        Pulse::Gone(silence) => {
            return Some(t!("engine.has_not_answered", seconds = format!("{:.0}", silence / 1000.0)));
        }
        Pulse::Alive(silence) => silence,
    };
    if runs.any_stuck(now, silence) {
        return Some(t!("engine.did_not_stop").to_owned());
    }
    if ready {
        port.send(&ToWorker::Ping { beat: heartbeat.ask(now) });
    }
    None
}
