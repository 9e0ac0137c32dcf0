//! One event of the log: what a learner did, when, and on which device.

use serde::{Deserialize, Serialize};

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;
/// The end of the year 9999: no clock shows more, and dates are counted safely up to here.
pub(super) const LAST_MS: u64 = 253_402_300_799_999;
/// No place on Earth is further from universal time.
const FURTHEST_OFFSET_MIN: i64 = 18 * 60;

/// What a learner did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "k", rename_all = "lowercase")]
pub enum Kind {
    /// A lesson's article was shown.
    Opened {
        /// The lesson's slug.
        lesson: String,
    },
    /// A question, exercise or prediction was checked.
    Answered {
        /// The lesson's slug.
        lesson: String,
        /// `q:<id>`, `x:<id>` or `p:<id>`.
        item: String,
        /// The lesson's objectives it asks about, counted from one.
        #[serde(default)]
        objectives: Vec<u8>,
        /// Whether the answer was right.
        right: bool,
        /// Whether hints or the solution were used.
        #[serde(default)]
        helped: bool,
    },
    /// A milestone was ticked or unticked.
    Ticked {
        /// The milestone's id.
        milestone: String,
        /// Whether it is reached now.
        on: bool,
    },
    /// The notes of a lesson were rewritten.
    Noted {
        /// The lesson's slug.
        lesson: String,
        /// All of its notes.
        text: String,
    },
    /// A choice that belongs to the learner and not to one browser.
    Chose {
        /// What was chosen: `path`, `streak`, `name`.
        what: String,
        /// The choice.
        value: String,
    },
    /// The placement quiz found a module known, or not.
    Placed {
        /// The module's slug.
        module: String,
        /// Whether it can be skipped.
        known: bool,
    },
    /// A score kept by the first version of this site, which did not say when, nor which questions.
    Scored {
        /// The lesson's slug.
        lesson: String,
        /// How many questions were right at best.
        right: u32,
        /// Of how many.
        of: u32,
    },
    /// Something that a newer version of this site wrote. It is kept as it is, and counts for nothing here.
    #[serde(other)]
    Unknown,
}

/// One entry of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Milliseconds since 1970, universal time. Zero: nobody knows when.
    pub at_ms: u64,
    /// How far the learner's clock was ahead of universal time, in minutes.
    pub offset_min: i16,
    /// Which browser wrote it: a random number that each browser draws once.
    pub device: u32,
    /// Counts the events of that browser.
    pub nth: u32,
    /// What was done.
    pub kind: Kind,
}

/// The present, as the caller's clock shows it. Nothing here reads a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// Milliseconds since 1970, universal time.
    pub ms: u64,
    /// How far the learner's clock is ahead of universal time, in minutes.
    pub offset_min: i16,
}

impl Now {
    /// Today's local date, in days since 1970.
    pub fn day(self) -> i64 {
        day(self.ms, self.offset_min)
    }
}

/// The local date of a moment, in days since 1970.
pub fn day(at_ms: u64, offset_min: i16) -> i64 {
    let at_ms = i64::try_from(at_ms.min(LAST_MS)).unwrap_or(0);
    (at_ms + i64::from(offset_min) * MINUTE_MS).div_euclid(DAY_MS)
}

/// An event as a line of the log has it.
#[derive(Serialize)]
struct Written<'a> {
    at: u64,
    z: i16,
    by: u32,
    n: u32,
    #[serde(flatten)]
    kind: &'a Kind,
}

impl Event {
    /// The event's local date, in days since 1970.
    pub fn day(&self) -> i64 {
        day(self.at_ms, self.offset_min)
    }

    /// The event as one line of JSON.
    pub fn to_json(&self) -> String {
        let Self { at_ms: at, offset_min: z, device: by, nth: n, ref kind } = *self;
        serde_json::to_string(&Written { at, z, by, n, kind }).expect("an event is plain data")
    }

    /// Reads a line of JSON; `None` where it names no moment, device and number.
    pub fn from_json(text: &str) -> Option<Self> {
        let value: serde_json::Value = serde_json::from_str(text).ok()?;
        let whole = |name: &str| value.get(name)?.as_u64();
        let at_ms = whole("at").filter(|at| *at <= LAST_MS)?;
        let device = u32::try_from(whole("by")?).ok()?;
        let nth = u32::try_from(whole("n")?).ok()?;
        let offset = value.get("z").and_then(serde_json::Value::as_i64).unwrap_or(0);
        let offset_min = if offset.abs() <= FURTHEST_OFFSET_MIN { i16::try_from(offset).ok()? } else { 0 };
        // A kind of a newer version, or one with other fields, is kept by its text and not understood.
        let kind = serde_json::from_value(value).unwrap_or(Kind::Unknown);
        Some(Self { at_ms, offset_min, device, nth, kind })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_reads_back() {
        let kind = Kind::Answered {
            lesson: "attention-mechanism".into(),
            item: "q:scale".into(),
            objectives: vec![1, 3],
            right: true,
            helped: false,
        };
        let event = Event { at_ms: 1_763_720_000_000, offset_min: 60, device: 7, nth: 3, kind };
        assert_eq!(Event::from_json(&event.to_json()), Some(event));
    }

    #[test]
    fn what_is_not_understood_is_unknown_and_not_an_error() {
        let kind = |rest: &str| Event::from_json(&format!(r#"{{"at":1,"by":2,"n":3,{rest}}}"#)).map(|event| event.kind);
        assert_eq!(kind(r#""k":"sang","song":"la""#), Some(Kind::Unknown));
        assert_eq!(kind(r#""k":"opened","lesson":7"#), Some(Kind::Unknown));
        assert_eq!(kind(r#""k":"opened","lesson":"a","mood":"good""#), Some(Kind::Opened { lesson: "a".into() }));
        assert_eq!(kind(r#""k":4"#), Some(Kind::Unknown));
    }

    #[test]
    fn an_event_without_moment_device_or_number_is_refused() {
        for text in
            ["", "[]", "{}", r#"{"at":-1,"by":1,"n":1}"#, r#"{"at":1,"by":4294967296,"n":1}"#, r#"{"at":1,"by":1}"#]
        {
            assert_eq!(Event::from_json(text), None, "{text}");
        }
        assert_eq!(Event::from_json(&format!(r#"{{"at":{},"by":1,"n":1}}"#, u64::MAX)), None);
    }

    #[test]
    fn a_day_is_the_learners_own() {
        let late = 1_763_767_800_000; // 21 November 2025, 23:30 universal time
        let universal = day(late, 0);
        assert_eq!(day(late, 60), universal + 1);
        assert_eq!(day(late, -600), universal);
        assert_eq!(day(0, -60), -1);
    }
}
