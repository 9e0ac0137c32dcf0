//! Mastery in four levels. It rises with right answers, falls with wrong ones, and fades when reviews are due.
//!
//! The rule, as the progress page states it: right at the first try, unaided, is Proficient; right after a miss or
//! with help is Familiar; each further level wants a right, unaided answer at least 20 hours later. A miss costs
//! one level. When a review is overdue one level fades, and another when as much time again has passed;
//! fading stops at Familiar, and one right answer brings the level back.

const SPACED_MS: u64 = 20 * 3_600_000;

/// How well something is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Tried, and not right lately.
    Attempted,
    /// Right with help, or after a miss.
    Familiar,
    /// Right, unaided.
    Proficient,
    /// Right again, unaided, on another day.
    Mastered,
}

impl Level {
    /// All levels, lowest first.
    pub const ALL: [Self; 4] = [Self::Attempted, Self::Familiar, Self::Proficient, Self::Mastered];

    /// One level higher.
    #[must_use]
    pub fn raised(self) -> Self {
        match self {
            Self::Attempted => Self::Familiar,
            Self::Familiar => Self::Proficient,
            Self::Proficient | Self::Mastered => Self::Mastered,
        }
    }

    /// One level lower.
    #[must_use]
    pub fn lowered(self) -> Self {
        match self {
            Self::Mastered => Self::Proficient,
            Self::Proficient => Self::Familiar,
            Self::Familiar | Self::Attempted => Self::Attempted,
        }
    }

    /// What is left of it at a date: full until the due date has passed, then one level less, and one more when
    /// the interval has passed once again.
    #[must_use]
    pub fn faded(self, overdue_days: i64, interval_days: i64) -> Self {
        let lost = i64::from(overdue_days > 0) + i64::from(overdue_days > interval_days.max(1));
        let kept = (0..lost).fold(self, |level, _| level.lowered());
        kept.max(self.min(Self::Familiar))
    }
}

/// A level earned by answers, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Earned {
    /// The level.
    pub level: Level,
    /// When it was reached.
    pub since_ms: u64,
}

impl Earned {
    /// After an answer.
    pub fn after(before: Option<Self>, right: bool, helped: bool, at_ms: u64) -> Self {
        let reach = |level| Self { level, since_ms: at_ms };
        let Some(earned) = before else {
            return reach(match (right, helped) {
                (true, false) => Level::Proficient,
                (true, true) => Level::Familiar,
                (false, _) => Level::Attempted,
            });
        };
        let spaced = at_ms.saturating_sub(earned.since_ms) >= SPACED_MS;
        match (right, earned.level) {
            (false, level) => reach(level.lowered()),
            (true, Level::Attempted) => reach(Level::Familiar),
            (true, Level::Mastered) => earned,
            (true, level) if spaced && !helped => reach(level.raised()),
            (true, _) => earned,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: u64 = 3_600_000;

    /// The levels after answers at these hours: `r` right, `h` right with help, `w` wrong.
    fn levels(answers: &[(char, u64)]) -> Vec<Level> {
        let mut earned = None;
        let mut levels = Vec::new();
        for (answer, hour) in answers {
            let after = Earned::after(earned, *answer != 'w', *answer == 'h', hour * HOUR);
            levels.push(after.level);
            earned = Some(after);
        }
        levels
    }

    #[test]
    fn levels_rise_and_fall() {
        use Level::{Attempted, Familiar, Mastered, Proficient};
        assert_eq!(levels(&[('r', 0), ('r', 1), ('r', 20), ('r', 99)]), [Proficient, Proficient, Mastered, Mastered]);
        assert_eq!(levels(&[('w', 0), ('r', 0), ('r', 1), ('r', 21)]), [Attempted, Familiar, Familiar, Proficient]);
        assert_eq!(levels(&[('h', 0), ('h', 50), ('r', 60)]), [Familiar, Familiar, Proficient]);
        let fall = [('r', 0), ('r', 30), ('w', 31), ('w', 32), ('w', 33), ('w', 34)];
        assert_eq!(levels(&fall), [Proficient, Mastered, Proficient, Familiar, Attempted, Attempted]);
    }

    #[test]
    fn levels_fade_to_familiar_and_no_further() {
        assert_eq!(Level::Mastered.faded(0, 5), Level::Mastered);
        assert_eq!(Level::Mastered.faded(1, 5), Level::Proficient);
        assert_eq!(Level::Mastered.faded(6, 5), Level::Familiar);
        assert_eq!(Level::Proficient.faded(900, 5), Level::Familiar);
        assert_eq!(Level::Familiar.faded(900, 5), Level::Familiar);
        assert_eq!(Level::Attempted.faded(900, 5), Level::Attempted);
    }
}
