//! The runs that somebody waits for: which are queued, which are under way, which should have stopped.

use engine_core::{
    job::JobError,
    wire::{RunId, ToWorker},
};
use std::collections::BTreeMap;

/// What a run tells whoever started it.
pub enum Event {
    /// An encoded update.
    Update(Vec<u8>),
    /// The encoded output, or why there is none. Nothing follows.
    End(Result<Vec<u8>, JobError>),
}

/// Whoever started a run.
pub type Listener = Box<dyn FnMut(Event)>;

/// A cancelled run has this long to stop before the worker counts as stuck.
const CANCEL_MS: f64 = 2_000.0;
/// Nobody waits longer than this for a cancelled run, even if the worker still answers.
const CANCEL_AT_MOST_MS: f64 = 60_000.0;

struct Flight {
    /// Gone while it is being called, and for good once nobody listens.
    listener: Option<Listener>,
    abandoned: bool,
    sent: bool,
    last_heard: f64,
    /// The longest this run has been silent: a step of a large model takes its time.
    longest_gap: f64,
    cancelled_at: Option<f64>,
}

/// What follows from cancelling a run.
pub enum Cancelled {
    /// It was never sent; its listener must hear that it ended.
    Unsent(Option<Listener>),
    /// The worker must be asked to stop it.
    Ask,
    /// It has ended, or the worker knows already.
    Nothing,
}

/// All runs that have not ended.
pub struct Runs {
    table: BTreeMap<RunId, Flight>,
    queue: Vec<(RunId, ToWorker)>,
    newest: u64,
}

impl Runs {
    /// No runs.
    pub const fn new() -> Self {
        Self { table: BTreeMap::new(), queue: Vec::new(), newest: 0 }
    }

    /// A number that no run had before.
    pub fn next_id(&mut self) -> RunId {
        self.newest += 1;
        RunId(self.newest)
    }

    /// Queues a run.
    pub fn add(&mut self, run: RunId, start: ToWorker, listener: Listener) {
        let flight = Flight {
            listener: Some(listener),
            abandoned: false,
            sent: false,
            last_heard: 0.0,
            longest_gap: 0.0,
            cancelled_at: None,
        };
        self.table.insert(run, flight);
        self.queue.push((run, start));
    }

    /// Whether any run waits to be sent.
    pub fn are_waiting(&self) -> bool {
        !self.queue.is_empty()
    }

    /// Whether nothing is under way and nothing waits.
    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    /// Everything that waits, to be sent now.
    pub fn take_waiting(&mut self, now: f64) -> Vec<ToWorker> {
        let waiting = std::mem::take(&mut self.queue);
        for (run, _) in &waiting {
            if let Some(flight) = self.table.get_mut(run) {
                flight.sent = true;
                flight.last_heard = now;
            }
        }
        waiting.into_iter().map(|(_, message)| message).collect()
    }

    /// Stops a run.
    pub fn cancel(&mut self, run: RunId, now: f64) -> Cancelled {
        let Some(flight) = self.table.get_mut(&run) else { return Cancelled::Nothing };
        if !flight.sent {
            self.queue.retain(|(queued, _)| *queued != run);
            return Cancelled::Unsent(self.take(run));
        }
        if flight.cancelled_at.is_some() {
            return Cancelled::Nothing;
        }
        flight.cancelled_at = Some(now);
        flight.longest_gap = flight.longest_gap.max(now - flight.last_heard);
        Cancelled::Ask
    }

    /// Nobody listens to this run any more. The listener comes out, to be dropped by the caller.
    pub fn abandon(&mut self, run: RunId) -> Option<Listener> {
        let flight = self.table.get_mut(&run)?;
        flight.abandoned = true;
        flight.listener.take()
    }

    /// Takes a listener out to tell it of an update; [`Runs::give_back`] returns it.
    pub fn lend(&mut self, run: RunId, now: f64) -> Option<Listener> {
        let flight = self.table.get_mut(&run)?;
        flight.longest_gap = flight.longest_gap.max(now - flight.last_heard);
        flight.last_heard = now;
        flight.listener.take()
    }

    /// Puts a lent listener back, unless its run has ended or it was abandoned meanwhile.
    pub fn give_back(&mut self, run: RunId, listener: Listener) {
        if let Some(flight) = self.table.get_mut(&run).filter(|flight| !flight.abandoned) {
            flight.listener = Some(listener);
        }
    }

    /// Ends a run; its listener comes out to be told.
    pub fn take(&mut self, run: RunId) -> Option<Listener> {
        self.table.remove(&run).and_then(|flight| flight.listener)
    }

    /// Ends the runs that a lost worker was at; their listeners come out to be told.
    pub fn take_sent(&mut self) -> Vec<Listener> {
        let sent: Vec<RunId> = self.table.iter().filter(|(_, flight)| flight.sent).map(|(run, _)| *run).collect();
        sent.into_iter().filter_map(|run| self.take(run)).collect()
    }

    /// Ends all runs.
    pub fn take_all(&mut self) -> Vec<Listener> {
        self.queue.clear();
        std::mem::take(&mut self.table).into_values().filter_map(|flight| flight.listener).collect()
    }

    /// Whether a cancelled run goes on although it had the time to stop, while the worker has been
    /// silent for `silence` milliseconds.
    pub fn any_stuck(&self, now: f64, silence: f64) -> bool {
        self.table.values().any(|flight| {
            let Some(at) = flight.cancelled_at else { return false };
            let waited = now - at;
            let grace = CANCEL_MS.max(2.0 * flight.longest_gap);
            waited > CANCEL_AT_MOST_MS || (waited > grace && silence > CANCEL_MS)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(gap: f64) -> (Runs, RunId) {
        let mut runs = Runs::new();
        let run = runs.next_id();
        runs.add(run, ToWorker::Ping { beat: 0 }, Box::new(|_| {}));
        assert_eq!(runs.take_waiting(0.0).len(), 1);
        assert!(matches!(runs.cancel(run, gap), Cancelled::Ask));
        (runs, run)
    }

    #[test]
    fn a_silent_worker_is_stuck_two_seconds_after_a_cancel() {
        let (runs, _) = sent(100.0);
        assert!(!runs.any_stuck(1_900.0, 5_000.0));
        assert!(runs.any_stuck(2_200.0, 5_000.0));
        assert!(!runs.any_stuck(2_200.0, 0.0), "it answers, so it is only slow");
    }

    #[test]
    fn a_run_with_long_steps_gets_more_time() {
        let (runs, _) = sent(3_000.0);
        assert!(!runs.any_stuck(8_000.0, 5_000.0));
        assert!(runs.any_stuck(9_100.0, 5_000.0));
    }

    #[test]
    fn a_run_that_was_never_sent_ends_at_once() {
        let mut runs = Runs::new();
        let run = runs.next_id();
        runs.add(run, ToWorker::Ping { beat: 0 }, Box::new(|_| {}));
        assert!(matches!(runs.cancel(run, 0.0), Cancelled::Unsent(Some(_))));
        assert!(!runs.are_waiting());
    }

    #[test]
    fn an_abandoned_listener_is_never_put_back() {
        let mut runs = Runs::new();
        let run = runs.next_id();
        runs.add(run, ToWorker::Ping { beat: 0 }, Box::new(|_| {}));
        let lent = runs.lend(run, 1.0).expect("it listens");
        assert!(runs.abandon(run).is_none());
        runs.give_back(run, lent);
        assert!(runs.take(run).is_none());
    }
}
