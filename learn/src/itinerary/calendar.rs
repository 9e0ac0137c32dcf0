//! Days as numbers and as dates, in the calendar that is in use everywhere.

use std::fmt;

/// A date, written `2026-11-21`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    /// The year.
    pub year: i64,
    /// From 1.
    pub month: u8,
    /// From 1.
    pub day: u8,
}

impl Date {
    /// The date of a day counted from 1970-01-01.
    pub fn of(day: i64) -> Self {
        // Years begin in March here, so that the leap day is the last of a year; 400 years are 146,097 days.
        let shifted = day + 719_468;
        let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
        let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * of_year + 2) / 153;
        let day = of_year - (153 * from_march + 2) / 5 + 1;
        let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        Self { year, month: u8::try_from(month).unwrap_or(1), day: u8::try_from(day).unwrap_or(1) }
    }

    /// Counted from 1970-01-01.
    pub fn number(self) -> i64 {
        let year = if self.month <= 2 { self.year - 1 } else { self.year };
        let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let from_march = (i64::from(self.month) + 9) % 12;
        let of_year = (153 * from_march + 2) / 5 + i64::from(self.day) - 1;
        let of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year;
        era * 146_097 + of_era - 719_468
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// The day that `2026-11-21` means, counted from 1970-01-01; none if there is no such day.
pub fn day_of(text: &str) -> Option<i64> {
    let mut parts = text.trim().split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    let date = Date { year: year.parse().ok()?, month: month.parse().ok()?, day: day.parse().ok()? };
    let number = date.number();
    (Date::of(number) == date).then_some(number)
}

/// The learner's day, from the clock and the minutes that local time is ahead of UTC.
pub fn today(at_ms: u64, offset_min: i32) -> i64 {
    (i64::try_from(at_ms / 1000).unwrap_or(i64::MAX / 2) + i64::from(offset_min) * 60).div_euclid(86_400)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_days() {
        assert_eq!(day_of("1970-01-01"), Some(0));
        assert_eq!(day_of("2000-03-01"), Some(11_017));
        assert_eq!(day_of("2026-11-21"), Some(20_778));
        assert_eq!(Date::of(20_778).to_string(), "2026-11-21");
        assert_eq!(Date::of(-1).to_string(), "1969-12-31");
    }

    #[test]
    fn days_that_do_not_exist_are_none() {
        for wrong in ["", "2026", "2026-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "26-01-01", "2026-01-01-01"] {
            assert_eq!(day_of(wrong), None, "{wrong}");
        }
        assert!(day_of("2024-02-29").is_some());
    }

    #[test]
    fn midnight_is_the_learners() {
        let new_year_in_utc = 1_767_225_600_000; // 2026-01-01T00:00Z
        assert_eq!(Date::of(today(new_year_in_utc, 0)).to_string(), "2026-01-01");
        assert_eq!(Date::of(today(new_year_in_utc, -300)).to_string(), "2025-12-31");
        assert_eq!(Date::of(today(new_year_in_utc - 1, 60)).to_string(), "2026-01-01");
    }

    proptest! {
        #[test]
        fn every_day_has_one_date(day in -1_000_000_i64..1_000_000) {
            let date = Date::of(day);
            prop_assert_eq!(date.number(), day);
            prop_assert!(Date::of(day + 1) > date);
        }
    }
}
