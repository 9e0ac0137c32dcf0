//! The streak: days with an answer, one after another. One missed day in between is forgiven.

use std::collections::BTreeSet;

/// Two days apart: one day was missed, and forgiven.
const LONGEST_STEP: i64 = 2;

/// Days of practice in a row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Streak {
    /// Days with an answer in the running streak; days of grace are not counted.
    pub days: usize,
    /// The most there ever were.
    pub longest: usize,
    /// Whether today is one of them.
    pub today: bool,
    /// Whether yesterday was missed, so that only an answer today keeps the streak.
    pub on_grace: bool,
}

/// Counts the streak at local date `today` from the local dates with an answer.
pub fn streak(days: &BTreeSet<i64>, today: i64) -> Streak {
    let mut run = 0;
    let mut longest = 0;
    let mut last = None::<i64>;
    // A day later than tomorrow comes from a clock that was wrong; tomorrow may be today, one zone further east.
    for day in days.range(..=today.saturating_add(1)) {
        let goes_on = last.is_some_and(|last| day.saturating_sub(last) <= LONGEST_STEP);
        run = if goes_on { run + 1 } else { 1 };
        longest = longest.max(run);
        last = Some(*day);
    }
    let since = last.map_or(i64::MAX, |last| today.saturating_sub(last));
    let alive = since <= LONGEST_STEP;
    Streak { days: if alive { run } else { 0 }, longest, today: since <= 0, on_grace: since == LONGEST_STEP }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::event::day;

    fn at(days: &[i64], today: i64) -> Streak {
        streak(&days.iter().copied().collect(), today)
    }

    #[test]
    fn one_missed_day_is_forgiven_and_two_are_not() {
        assert_eq!(at(&[10, 11, 13], 13), Streak { days: 3, longest: 3, today: true, on_grace: false });
        assert_eq!(at(&[10, 11, 14], 14), Streak { days: 1, longest: 2, today: true, on_grace: false });
    }

    #[test]
    fn today_need_not_be_over() {
        assert_eq!(at(&[10, 11], 12), Streak { days: 2, longest: 2, today: false, on_grace: false });
        assert_eq!(at(&[10, 11], 13), Streak { days: 2, longest: 2, today: false, on_grace: true });
        assert_eq!(at(&[10, 11], 14), Streak { days: 0, longest: 2, today: false, on_grace: false });
        assert_eq!(at(&[], 14), Streak::default());
    }

    #[test]
    fn a_day_from_a_wrong_clock_does_not_count() {
        assert_eq!(at(&[10, 11, 40_000], 11).days, 2);
    }

    const HOUR: u64 = 3_600_000;
    /// 25 October 2025, 00:00 universal time; on the 26th, central Europe goes from +120 to +60 minutes.
    const OCTOBER_25: u64 = 1_761_350_400_000;
    /// 29 March 2025; on the 30th, central Europe goes from +60 to +120 minutes.
    const MARCH_29: u64 = 1_743_206_400_000;

    #[test]
    fn a_change_of_summer_time_moves_no_day() {
        // Every evening at 23:30 by the clock on the wall.
        let autumn = [
            day(OCTOBER_25 + 21 * HOUR + HOUR / 2, 120),
            day(OCTOBER_25 + 24 * HOUR + 22 * HOUR + HOUR / 2, 60),
            day(OCTOBER_25 + 48 * HOUR + 22 * HOUR + HOUR / 2, 60),
        ];
        assert_eq!(autumn, [autumn[0], autumn[0] + 1, autumn[0] + 2]);
        // Every night at 00:30.
        let spring = [
            day(MARCH_29 - HOUR / 2, 60),
            day(MARCH_29 + 24 * HOUR - HOUR / 2, 60),
            day(MARCH_29 + 48 * HOUR - 3 * HOUR / 2, 120),
        ];
        assert_eq!(spring, [spring[0], spring[0] + 1, spring[0] + 2]);
        assert_eq!(at(&spring, spring[2]).days, 3);
    }

    #[test]
    fn a_flight_breaks_no_streak() {
        // From Auckland (+13 h) to Los Angeles (-8 h): the local date goes back by a day.
        let noon = OCTOBER_25 + 12 * HOUR;
        let days = [day(noon - 24 * HOUR, 780), day(noon, 780), day(noon + 6 * HOUR, -480)];
        let today = day(noon + 6 * HOUR, -480);
        assert_eq!(at(&days, today), Streak { days: 2, longest: 2, today: true, on_grace: false });
        // And the other way a date is jumped over.
        let days = [day(noon, -480), day(noon + 14 * HOUR, 780)];
        assert_eq!(at(&days, days[1]).days, 2);
    }
}
