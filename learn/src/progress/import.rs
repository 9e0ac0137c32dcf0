//! Import: what a file would change, told before it changes anything.

use super::{Level, Log, Now, Standing};
use std::collections::BTreeSet;

/// A file larger than this is not read.
pub const IMPORT_CAP: usize = 2 * 1024 * 1024;

/// Why a file cannot be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// It is larger than [`IMPORT_CAP`].
    TooLarge,
    /// It is not a progress file, or nothing in it can be read.
    NotOurs,
}

/// What a file would change.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    /// Events that are not here yet.
    pub new_events: usize,
    /// Events that are here already.
    pub known_events: usize,
    /// Events that claim a number another one has here; both are kept.
    pub conflicts: usize,
    /// Lessons that would be known better than now.
    pub gained: Vec<String>,
    /// Lessons that would be known less well, because the file holds later misses.
    pub lowered: Vec<String>,
    /// Lines that are damaged.
    pub unreadable: usize,
    /// Events that the file promises and lacks.
    pub missing: usize,
    /// The version of the site that wrote it, where that is newer than this one.
    pub newer: Option<u32>,
}

/// A file, read and compared, and not yet applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// What it would change.
    pub summary: Summary,
    /// The events it would add: what [`Log::take_out`] takes out again.
    pub new: Log,
}

impl Plan {
    /// Applies it.
    pub fn apply(&self, log: &mut Log) {
        log.take_in(&self.new);
    }
}

/// Reads a file and says what it would change.
///
/// # Errors
/// Where the file is too large or not one of ours.
pub fn plan(log: &Log, file: &[u8], now: Now) -> Result<Plan, Refused> {
    if file.len() > IMPORT_CAP {
        return Err(Refused::TooLarge);
    }
    let read = Log::read(file);
    if !read.is_ours() {
        return Err(Refused::NotOurs);
    }
    let new = read.log.beyond(log);
    let mut after = log.clone();
    after.take_in(&new);
    let (gained, lowered) = changed(&Standing::of(log), &Standing::of(&after), now);
    let summary = Summary {
        new_events: new.len(),
        known_events: read.log.len() - new.len(),
        conflicts: log.conflicts(&new),
        gained,
        lowered,
        unreadable: read.unreadable,
        missing: read.missing,
        newer: read.newer(),
    };
    Ok(Plan { summary, new })
}

/// The lessons that are known better, and those that are known less well, by the sum of their items' levels.
fn changed(before: &Standing, after: &Standing, now: Now) -> (Vec<String>, Vec<String>) {
    let rank = |level: Level| Level::ALL.iter().position(|other| *other == level).map_or(0, |at| at + 1);
    let sum = |standing: &Standing, lesson: &str| -> (usize, Option<u32>) {
        let levels = standing.items(lesson).map(|item| rank(item.level(now))).sum();
        (levels, standing.scored(lesson).map(|(right, _)| right))
    };
    let lessons: BTreeSet<_> = after.items.keys().chain(after.scored.keys()).collect();
    let (mut gained, mut lowered) = (Vec::new(), Vec::new());
    for lesson in lessons {
        match sum(after, lesson).cmp(&sum(before, lesson)) {
            std::cmp::Ordering::Greater => gained.push(lesson.clone()),
            std::cmp::Ordering::Less => lowered.push(lesson.clone()),
            std::cmp::Ordering::Equal => {}
        }
    }
    (gained, lowered)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Kind;

    const NOW: Now = Now { ms: 1_763_720_000_000, offset_min: 0 };

    fn answered(device: u32, lesson: &str, right: bool) -> Log {
        let (lesson, item) = (lesson.into(), "q:a".into());
        let mut log = Log::default();
        log.record(device, NOW, Kind::Answered { lesson, item, objectives: vec![], right, helped: false });
        log
    }

    #[test]
    fn a_dry_run_tells_what_an_import_does_and_it_can_be_undone() {
        let mut log = answered(1, "first", true);
        let before = log.clone();
        let mut other = answered(2, "second", true);
        other.take_in(&log);
        let plan = plan(&log, other.write().as_bytes(), NOW).expect("the file is ours");
        let expected = Summary { new_events: 1, known_events: 1, gained: vec!["second".into()], ..Summary::default() };
        assert_eq!(plan.summary, expected);
        assert_eq!(log, before, "a dry run changes nothing");
        plan.apply(&mut log);
        assert_eq!(log.len(), 2);
        log.take_out(&plan.new);
        assert!(log.events().eq(before.events()) && log.epoch == 1);
    }

    #[test]
    fn later_misses_are_told() {
        let mut late = Log::default();
        let miss =
            Kind::Answered { lesson: "a".into(), item: "q:a".into(), objectives: vec![], right: false, helped: false };
        late.record(2, Now { ms: NOW.ms + 1, ..NOW }, miss);
        let found = plan(&answered(1, "a", true), late.write().as_bytes(), NOW).map(|plan| plan.summary.lowered);
        assert_eq!(found, Ok(vec!["a".into()]));
    }

    #[test]
    fn what_is_not_ours_is_refused() {
        let log = Log::default();
        for file in [&b""[..], b"{}", b"hello\nworld", b"\xff\xfe\x00", b"00000000 {}"] {
            assert_eq!(plan(&log, file, NOW), Err(Refused::NotOurs), "{file:?}");
        }
        assert_eq!(plan(&log, &vec![b' '; IMPORT_CAP + 1], NOW), Err(Refused::TooLarge));
    }
}
