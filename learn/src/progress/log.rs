//! The log: all events of a learner, and its text form, in which each line has a checksum of its own.
//!
//! ```text
//! 1c291ca3 {"glassbox":"progress","version":2,"epoch":0,"seq":17,"events":1}
//! 9a3f0b21 {"at":1763720000000,"z":60,"by":7,"n":3,"k":"opened","lesson":"matmul-benchmark"}
//! ```

use super::{Event, Kind, Now};
use crc32fast::hash as crc32;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The version of the text form that is written here. Version 1 were the records of the first site.
pub const VERSION: u32 = 2;
/// A line longer than this is not one of ours.
const LINE_CAP: usize = 128 * 1024;

/// Where an event stands in the log: by time, and always the same on every device. The text is part of it, so
/// that two events that claim one number (a copied browser profile) are both kept.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    at_ms: u64,
    device: u32,
    nth: u32,
    text: String,
}

/// All events of a learner, in the order of their time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Log {
    /// Counts erasures and undone imports: of two logs the one with the greater epoch stands alone.
    pub epoch: u32,
    /// Counts writes.
    pub seq: u64,
    /// The newest version that has written to this log.
    version: u32,
    events: BTreeMap<Place, Event>,
}

/// The first line of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Header {
    glassbox: String,
    version: u32,
    #[serde(default)]
    epoch: u32,
    #[serde(default)]
    seq: u64,
    #[serde(default)]
    events: usize,
}

/// What could be read of a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Read {
    /// The events.
    pub log: Log,
    /// Whether the first line was readable.
    pub headed: bool,
    /// Lines that were damaged.
    pub unreadable: usize,
    /// Events that the first line promised and that are not there.
    pub missing: usize,
}

impl Read {
    /// Whether nothing is damaged or missing.
    pub fn is_whole(&self) -> bool {
        self.headed && self.unreadable == 0 && self.missing == 0
    }

    /// Whether there is anything of ours in it.
    pub fn is_ours(&self) -> bool {
        self.headed || !self.log.is_empty()
    }

    /// The version of the site that wrote it, where that is newer than this one.
    pub fn newer(&self) -> Option<u32> {
        (self.log.version > VERSION).then_some(self.log.version)
    }
}

impl Log {
    /// The events by time.
    pub fn events(&self) -> impl DoubleEndedIterator<Item = &Event> {
        self.events.values()
    }

    /// How many events there are.
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether nothing has happened yet.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// Adds an event; adding it twice changes nothing.
    pub fn insert(&mut self, event: Event) {
        let text = event.to_json();
        self.insert_written(event, text);
    }

    fn insert_written(&mut self, event: Event, text: String) {
        let place = Place { at_ms: event.at_ms, device: event.device, nth: event.nth, text };
        self.events.entry(place).or_insert(event);
    }

    /// Writes down what was done now, on this device.
    pub fn record(&mut self, device: u32, now: Now, kind: Kind) -> Event {
        let nth = self.last_nth(device).map_or(0, |nth| nth.saturating_add(1));
        let event = Event { at_ms: now.ms, offset_min: now.offset_min, device, nth, kind };
        self.insert(event.clone());
        event
    }

    fn last_nth(&self, device: u32) -> Option<u32> {
        self.events.keys().filter(|place| place.device == device).map(|place| place.nth).max()
    }

    /// Takes in the events of another log: the union, so that order and repetition do not matter. A greater
    /// epoch replaces a smaller one.
    pub fn merge(&mut self, other: &Self) {
        if other.epoch > self.epoch {
            let seq = self.seq.max(other.seq);
            *self = Self { seq, ..other.clone() };
        } else if other.epoch == self.epoch {
            self.take_in(other);
        }
    }

    /// Takes in the events of another log, whatever its epoch.
    pub fn take_in(&mut self, other: &Self) {
        self.seq = self.seq.max(other.seq);
        self.version = self.version.max(other.version);
        for (place, event) in &other.events {
            if !self.events.contains_key(place) {
                self.events.insert(place.clone(), event.clone());
            }
        }
    }

    /// The events of this log that `other` lacks.
    pub fn beyond(&self, other: &Self) -> Self {
        let lacks = |place: &Place| !other.events.contains_key(place);
        let events = self.events.iter().filter(|(place, _)| lacks(place));
        Self { events: events.map(|(place, event)| (place.clone(), event.clone())).collect(), ..Self::default() }
    }

    /// Takes events out again, which begins a new epoch: other copies follow instead of bringing them back.
    pub fn take_out(&mut self, events: &Self) {
        self.events.retain(|place, _| !events.events.contains_key(place));
        self.epoch = self.epoch.saturating_add(1);
    }

    /// Forgets everything, in a new epoch.
    pub fn erase(&mut self) {
        self.events.clear();
        self.epoch = self.epoch.saturating_add(1);
    }

    /// How many events of `other` claim a number that another event has here.
    pub fn conflicts(&self, other: &Self) -> usize {
        let numbers: BTreeSet<_> = self.events.keys().map(|place| (place.device, place.nth)).collect();
        let new = other.events.keys().filter(|place| !self.events.contains_key(place));
        new.filter(|place| numbers.contains(&(place.device, place.nth))).count()
    }

    /// Drops events that a later one of the same device has made void: older notes, choices, ticks and
    /// openings. The standing stays the same.
    pub fn compact(&mut self) {
        let mut newest = BTreeMap::new();
        for place in self.events.keys() {
            let last = newest.entry(place.device).or_insert(place.nth);
            *last = (*last).max(place.nth);
        }
        let mut seen = BTreeSet::new();
        let mut void = Vec::new();
        for (place, event) in self.events.iter().rev() {
            let about = match &event.kind {
                Kind::Opened { lesson } => ("opened", lesson),
                Kind::Noted { lesson, .. } => ("noted", lesson),
                Kind::Ticked { milestone, .. } => ("ticked", milestone),
                Kind::Chose { what, .. } => ("chose", what),
                Kind::Placed { module, .. } => ("placed", module),
                Kind::Answered { .. } | Kind::Scored { .. } | Kind::Unknown => continue,
            };
            let first_seen = seen.insert((place.device, about.0, about.1.clone()));
            // The greatest number stays, so that no number is given twice.
            if !first_seen && newest.get(&place.device) != Some(&place.nth) {
                void.push(place.clone());
            }
        }
        for place in void {
            self.events.remove(&place);
        }
    }

    /// The log as text.
    pub fn write(&self) -> String {
        let header = Header {
            glassbox: "progress".into(),
            version: self.version.max(VERSION),
            epoch: self.epoch,
            seq: self.seq,
            events: self.events.len(),
        };
        let header = serde_json::to_string(&header).expect("a header is plain data");
        let mut text = String::new();
        for line in std::iter::once(header.as_str()).chain(self.events.keys().map(|place| place.text.as_str())) {
            text.push_str(&format!("{:08x} {line}\n", crc32(line.as_bytes())));
        }
        text
    }

    /// Reads a text, line by line: a damaged line costs that line only. Never panics, whatever the bytes.
    pub fn read(bytes: &[u8]) -> Read {
        let mut read = Read::default();
        let mut promised = 0;
        let lines = bytes.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
        for line in lines.filter(|line| !line.is_empty()) {
            match checked(line) {
                None => read.unreadable += 1,
                Some(text) => {
                    if let Some(event) = Event::from_json(text) {
                        read.log.insert_written(event, text.into());
                    } else if let Some(header) = header(text).filter(|_| !read.headed) {
                        read.headed = true;
                        (read.log.epoch, read.log.seq, read.log.version) = (header.epoch, header.seq, header.version);
                        promised = header.events;
                    } else {
                        read.unreadable += 1;
                    }
                }
            }
        }
        // What cannot be read is counted once, as unreadable or as missing.
        read.missing = promised.saturating_sub(read.log.len() + read.unreadable);
        read
    }
}

/// The text of a line whose checksum fits.
fn checked(line: &[u8]) -> Option<&str> {
    let line = std::str::from_utf8(line).ok().filter(|line| line.len() <= LINE_CAP)?;
    let (sum, text) = line.split_once(' ')?;
    // Digits only in their one form, so that a text has one way to be written.
    (sum == format!("{:08x}", crc32(text.as_bytes()))).then_some(text)
}

fn header(text: &str) -> Option<Header> {
    serde_json::from_str(text).ok().filter(|header: &Header| header.glassbox == "progress")
}

/// What two stores held, put together. Damage in one is mended from the other; the greater epoch stands alone.
pub fn recover(copies: &[Read]) -> Log {
    let epoch = copies.iter().filter(|read| read.headed).map(|read| read.log.epoch).max().unwrap_or(0);
    let mut log = Log { epoch, ..Log::default() };
    for read in copies {
        // A copy that has lost its first line has lost its epoch too; what it holds is better kept.
        if read.log.epoch == epoch || !read.headed {
            log.take_in(&read.log);
        }
    }
    log
}

/// How many events are gone for good: what the newest of these copies held, by its own count, and `found` lacks.
pub fn lost(copies: &[Read], found: &Log) -> usize {
    let age = |read: &&Read| (read.log.epoch, read.log.seq);
    let Some(newest) = copies.iter().filter(|read| read.headed).map(|read| age(&read)).max() else {
        // No copy says how much there was: each unreadable line may have been an event.
        return copies.iter().map(|read| read.unreadable).min().unwrap_or(0);
    };
    let held = |read: &Read| read.log.len() + read.unreadable + read.missing;
    let newest = || copies.iter().filter(|read| read.headed && age(read) == newest);
    if newest().any(Read::is_whole) {
        return 0;
    }
    newest().map(held).min().unwrap_or(0).saturating_sub(found.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(nth: u32, lesson: &str) -> Event {
        let kind = Kind::Opened { lesson: lesson.into() };
        Event { at_ms: 1000 + u64::from(nth), offset_min: 0, device: 7, nth, kind }
    }

    fn log(lessons: &[&str]) -> Log {
        let mut log = Log::default();
        for (nth, lesson) in (0..).zip(lessons) {
            log.insert(opened(nth, lesson));
        }
        log
    }

    #[test]
    fn a_damaged_line_costs_that_line_only() {
        let text = log(&["a", "b", "c"]).write().replace("\"b\"", "\"x\"");
        let read = Log::read(text.as_bytes());
        assert_eq!((read.log.len(), read.unreadable, read.missing, read.is_whole()), (2, 1, 0, false));
    }

    #[test]
    fn a_truncated_text_says_how_many_are_missing() {
        let text = log(&["a", "b", "c"]).write();
        let cut = text.lines().take(2).collect::<Vec<_>>().join("\n");
        let read = Log::read(cut.as_bytes());
        assert_eq!((read.log.len(), read.unreadable, read.missing), (1, 0, 2));
    }

    #[test]
    fn each_copy_mends_the_other() {
        let whole = log(&["a", "b", "c"]);
        let text = whole.write();
        let damaged = |what: &str| Log::read(text.replace(what, "?").as_bytes());
        assert_eq!(recover(&[damaged("\"a\""), damaged("\"c\"")]), Log { version: VERSION, ..whole.clone() });
        assert_eq!(recover(&[damaged("glassbox"), Read::default()]).len(), 3);
        assert!(recover(&[]).is_empty());
    }

    #[test]
    fn only_what_no_copy_has_is_called_lost() {
        let whole = log(&["a", "b", "c"]).write();
        let damaged = |what: &str| Log::read(whole.replace(what, "?").as_bytes());
        let lost = |copies: &[Read]| lost(copies, &recover(copies));
        assert_eq!(lost(&[damaged("\"a\""), damaged("\"c\"")]), 0);
        assert_eq!(lost(&[damaged("\"b\""), damaged("\"b\"")]), 1);
        assert_eq!(lost(&[damaged("\"b\""), damaged("?")]), 0);
        assert_eq!(lost(&[Log::read(b"")]), 0);
        assert_eq!(lost(&[Log::read(b"nonsense"), Log::read(b"more\nnonsense")]), 1);
        // A copy that has stayed whole because nothing was written to it any more cannot make up for a newer one.
        let mut newer = log(&["a", "b", "c", "d"]);
        newer.seq = 5;
        let newer = Log::read(newer.write().replace("\"d\"", "?").as_bytes());
        assert_eq!(lost(&[damaged("?"), newer]), 1);
    }

    #[test]
    fn what_was_erased_does_not_come_back() {
        let old = log(&["a", "b"]);
        let mut erased = old.clone();
        erased.erase();
        assert!(recover(&[Log::read(old.write().as_bytes()), Log::read(erased.write().as_bytes())]).is_empty());
        let mut stale = old;
        stale.merge(&erased);
        assert!(stale.is_empty() && stale.epoch == 1);
    }

    #[test]
    fn a_copied_profile_loses_nothing() {
        let (mut here, there) = (log(&["a", "b"]), log(&["a", "c"]));
        assert_eq!(here.conflicts(&there), 1);
        here.merge(&there);
        assert_eq!(here.len(), 3);
    }

    #[test]
    fn old_notes_are_dropped_and_numbers_are_not_given_twice() {
        let mut log = Log::default();
        let note = |text: &str| Kind::Noted { lesson: "a".into(), text: text.into() };
        for (ms, text) in [(1, "w"), (2, "wo"), (3, "words")] {
            log.record(7, Now { ms, offset_min: 0 }, note(text));
        }
        // The clock was set back: the newest number is not the newest event.
        log.record(7, Now { ms: 1, offset_min: 0 }, note("older"));
        log.compact();
        assert_eq!(log.events().map(|event| event.nth).collect::<Vec<_>>(), [3, 2]);
        assert_eq!(log.record(7, Now { ms: 9, offset_min: 0 }, note("next")).nth, 4);
    }

    #[test]
    fn a_newer_version_stays_newer() {
        let line = r#"{"glassbox":"progress","version":9,"seq":4,"events":0}"#;
        let read = Log::read(format!("{:08x} {line}\n", crc32(line.as_bytes())).as_bytes());
        assert_eq!((read.newer(), read.log.seq, read.is_whole()), (Some(9), 4, true));
        assert_eq!(Log::read(read.log.write().as_bytes()).newer(), Some(9));
    }
}
