//! What follows from an event without anybody asking: milestones from a lab's results, the lesson that was opened,
//! and the request to keep things for good once a lesson is complete.

use super::{now, record, standing_now};
use crate::course;
use kit::wire;
use learn::progress::{Event, Kind, milestones};
use leptos::task::spawn_local;
use std::cell::Cell;

/// Opening a lesson again within this time is the same visit.
const VISIT_MS: u64 = 3_600_000;

thread_local! {
    static ASKED: Cell<bool> = const { Cell::new(false) };
}

/// Listens to the labs.
pub fn install() {
    wire::hear(wire::OUTCOME, |outcome| {
        let standing = standing_now();
        for milestone in milestones::reached(&outcome) {
            // One that was unticked by hand stays unticked.
            if !standing.was_ticked(milestone) {
                record(Kind::Ticked { milestone: milestone.into(), on: true });
            }
        }
    })
    .forget();
}

/// A lesson's article is shown.
pub fn opened(lesson: &str) {
    let standing = standing_now();
    let recently = |at: u64| now().ms.saturating_sub(at) < VISIT_MS;
    if standing.last_visited() != Some(lesson) || !standing.visited_ms(lesson).is_some_and(recently) {
        record(Kind::Opened { lesson: lesson.into() });
    }
}

/// After a right answer: once a lesson is complete, there is something worth keeping for good.
pub fn after(event: &Event) {
    let Kind::Answered { lesson, right: true, .. } = &event.kind else { return };
    if ASKED.get() {
        return;
    }
    let lesson = lesson.clone();
    spawn_local(async move {
        let Ok(course) = course::load().await else { return };
        let asked = course.lesson(&lesson).map(course::asked);
        if asked.is_some_and(|asked| standing_now().reached(&asked, now()).is_complete()) && !ASKED.replace(true) {
            super::ask_to_persist().await;
        }
    });
}
