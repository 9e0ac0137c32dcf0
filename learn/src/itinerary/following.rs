//! Which path somebody follows, since when, and with how much time: one line, kept as one choice.

use super::{Date, day_of};
use std::fmt;

/// The fewest and the most hours a week that one may plan with.
pub const HOURS: [u32; 2] = [1, 80];

/// A path that was chosen, written `twelve-weeks 2026-11-21 7`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Following {
    /// The path's name.
    pub path: String,
    /// Its first day, counted from 1970-01-01.
    pub start: i64,
    /// Hours a week.
    pub hours: u32,
}

impl Following {
    /// Reads the line; none for an empty one, which means that no path is followed any more, and for a broken one.
    pub fn read(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        let (path, start, hours) = (words.next()?, words.next()?, words.next()?);
        let hours: u32 = hours.parse().ok()?;
        if path.is_empty() || words.next().is_some() || !(HOURS[0]..=HOURS[1]).contains(&hours) {
            return None;
        }
        Some(Self { path: path.to_owned(), start: day_of(start)?, hours })
    }
}

impl fmt::Display for Following {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.path, Date::of(self.start), self.hours)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_read_as_it_was_written() {
        let line = "twelve-weeks 2026-11-21 7";
        let following = Following::read(line).expect("a whole line");
        assert_eq!((following.path.as_str(), following.start, following.hours), ("twelve-weeks", 20_778, 7));
        assert_eq!(following.to_string(), line);
    }

    #[test]
    fn what_is_broken_is_nothing() {
        let lines = [
            "",
            "twelve-weeks",
            "twelve-weeks 2026-11-21",
            "a 2026-02-30 7",
            "a 2026-11-21 0",
            "a 2026-11-21 81",
            "a 2026-11-21 7 more",
            " 2026-11-21 7",
            "a 2026-11-21 seven",
        ];
        for line in lines {
            assert_eq!(Following::read(line), None, "{line:?}");
        }
    }
}
