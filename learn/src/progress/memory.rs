//! How long an answer is likely to be remembered: FSRS-5, the scheduler of the crate `rs-fsrs`, with its
//! published weights, in whole days.

use super::event::{LAST_MS, day};
use rs_fsrs::{Card, FSRS, Parameters, Rating};

/// How an answer went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grade {
    /// Wrong.
    Again,
    /// Right with hints or the solution.
    Hard,
    /// Right.
    Good,
}

/// What FSRS knows of one item.
#[derive(Debug, Clone, PartialEq)]
pub struct Memory {
    card: Card,
    offset_min: i16,
}

impl Memory {
    /// After the first answer.
    pub fn first(grade: Grade, at_ms: u64, offset_min: i16) -> Self {
        Self { card: Card::default(), offset_min }.after(grade, at_ms, offset_min)
    }

    /// After one more answer.
    #[must_use]
    pub fn after(self, grade: Grade, at_ms: u64, offset_min: i16) -> Self {
        let rating = match grade {
            Grade::Again => Rating::Again,
            Grade::Hard => Rating::Hard,
            Grade::Good => Rating::Good,
        };
        // A course is visited by days, so nothing comes due again within minutes.
        let scheduler = FSRS::new(Parameters { enable_short_term: false, ..Parameters::default() });
        let card = scheduler.next(self.card, moment(at_ms), rating).card;
        Self { card, offset_min }
    }

    /// Days from the last answer to the next review.
    pub fn interval_days(&self) -> i64 {
        self.card.scheduled_days
    }

    /// The local date of the next review, in days since 1970.
    pub fn due_day(&self) -> i64 {
        let at_ms = u64::try_from(self.card.last_review.timestamp_millis()).unwrap_or(0);
        day(at_ms, self.offset_min).saturating_add(self.card.scheduled_days)
    }

    /// How likely the answer is still known, from 0 to 1.
    pub fn recall(&self, now_ms: u64) -> f64 {
        // A clock that was set back must not make the answer better known than it can be.
        let now = moment(now_ms).max(self.card.last_review);
        self.card.get_retrievability(now).clamp(0.0, 1.0)
    }
}

fn moment(at_ms: u64) -> chrono::DateTime<chrono::Utc> {
    let at_ms = i64::try_from(at_ms.min(LAST_MS)).unwrap_or(0);
    chrono::DateTime::from_timestamp_millis(at_ms).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: u64 = 86_400_000;

    #[test]
    fn right_answers_come_back_later_and_later_and_wrong_ones_soon() {
        let mut memory = Memory::first(Grade::Good, 0, 0);
        let mut intervals = vec![memory.interval_days()];
        let mut at = 0;
        for _ in 0..3 {
            at += memory.interval_days().unsigned_abs() * DAY;
            memory = memory.after(Grade::Good, at, 0);
            intervals.push(memory.interval_days());
        }
        assert!(intervals.windows(2).all(|pair| pair[0] < pair[1]), "{intervals:?}");
        let known = memory.interval_days();
        assert!(memory.after(Grade::Again, at + DAY, 0).interval_days() < known / 2);
    }

    #[test]
    fn what_was_learned_is_forgotten_in_time() {
        let memory = Memory::first(Grade::Good, 0, 0);
        assert_eq!(memory.recall(0), 1.0);
        assert!(memory.recall(30 * DAY) < memory.recall(3 * DAY));
    }

    #[test]
    fn due_is_a_local_date() {
        let evening = 20 * 3_600_000;
        let memory = Memory::first(Grade::Good, evening, 300);
        assert_eq!(memory.due_day(), 1 + memory.interval_days());
    }
}
