//! What follows when a worker fails: the next one, another program, or an honest end.

use super::{
    status::{self, EngineState},
    strikes::{Failure, Verdict},
    supervisor::{launch, now, retire, tell, with},
};
use engine_core::job::JobError;
use gloo::timers::callback::Timeout;
use kit::t;

/// Said to every run that a worker took with it.
fn lost() -> &'static str {
    t!("engine.nothing_saved_lost")
}

/// The worker can no longer be trusted: it ends, its runs end, and a new one starts.
pub fn fail(why: &str) {
    let failure = with(|it| {
        it.failed_at.get_or_insert(now());
        Failure { at: now(), program: it.program, was_ready: it.ready }
    });
    retire();
    let why = why.trim_end_matches('.');
    match with(|it| it.strikes.count(failure)) {
        Verdict::RestartIn(pause) => restart_in(pause, failure.program.is_gpu(), why),
        Verdict::FallToCpu => fall_to_cpu(&t!("engine.cpu_computes_now_because", why = why), why),
        Verdict::FallToSimd => {
            with(|it| it.relaxed_refused = true);
            status::change(|status| {
                status.notice = Some(t!("engine.cpu_computes_with", why = why));
            });
            launch(EngineState::Restarting);
        }
        Verdict::GiveUp => stop(why),
    }
}

/// The worker says that its device is of no use, or no longer.
pub fn unavailable(why: &str) {
    // A device that was there and is gone comes back in a new worker, though perhaps not at once: a
    // browser that has lost its GPU process needs a moment for the next.
    let first_attempt = with(|it| it.program.is_gpu() && !it.ready && it.failed_at.is_none());
    if first_attempt {
        retire();
        let why = why.trim_end_matches('.');
        fall_to_cpu(&t!("engine.cpu_computes_now", why = why), why);
    } else {
        fail(why);
    }
}

fn restart_in(pause: u32, was_gpu: bool, why: &str) {
    status::change(|status| {
        status.state = EngineState::Restarting;
        status.device = None;
        status.recovered_ms = None;
        // The question did not break WebGPU, or not for certain: it is asked again. After three
        // failures the CPU answers it, so this ends.
        status.switches += u32::from(was_gpu);
    });
    let timer = Timeout::new(pause, || launch(EngineState::Restarting));
    with(|it| it.restart = Some(timer));
    end_sent_runs(why);
}

fn fall_to_cpu(notice: &str, why: &str) {
    with(|it| {
        it.on_gpu = false;
        it.gpu_refused = true;
        it.strikes.forgive();
    });
    status::change(|status| {
        status.notice = Some(notice.to_owned());
        status.switches += 1;
    });
    launch(EngineState::Restarting);
    end_sent_runs(why);
}

/// Starting again and again did not help.
fn stop(why: &str) {
    give_up(&t!("engine.engine_started_four", why = why));
}

/// Starts no further worker, for the reason in `sentence`.
pub fn give_up(sentence: &str) {
    with(|it| it.failed_at = None);
    status::change(|status| {
        status.state = EngineState::Stopped(sentence.to_owned());
        status.device = None;
    });
    let all = with(|it| it.runs.take_all());
    tell(all, JobError::Device(sentence.to_owned()));
}

/// Ends the runs that a worker took with it.
pub fn end_sent_runs(why: &str) {
    let sent = with(|it| it.runs.take_sent());
    tell(sent, JobError::Device(format!("{why}. {}", lost())));
}
