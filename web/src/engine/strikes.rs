//! How often a worker may fail before the page stops starting new ones.

/// Failures further apart than this have nothing to do with each other.
const WINDOW_MS: f64 = 60_000.0;

/// The pause before each new start.
const DELAYS_MS: [u32; 3] = [0, 1_000, 4_000];

/// What to do after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Start again after so many milliseconds.
    RestartIn(u32),
    /// Starting again three times did not help: say so and wait for the learner.
    GiveUp,
}

/// The failures of the last minute.
#[derive(Debug, Default)]
pub struct Strikes(Vec<f64>);

impl Strikes {
    /// Counts a failure at `now` (milliseconds on any clock).
    pub fn count(&mut self, now: f64) -> Verdict {
        self.0.retain(|at| now - at < WINDOW_MS);
        let verdict = DELAYS_MS.get(self.0.len()).map_or(Verdict::GiveUp, |delay| Verdict::RestartIn(*delay));
        self.0.push(now);
        verdict
    }

    /// Forgets them all.
    pub fn forgive(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_restarts_within_a_minute_and_no_more() {
        let mut strikes = Strikes::default();
        let verdicts = [0.0, 10.0, 20.0, 30.0].map(|now| strikes.count(now));
        assert_eq!(verdicts[..3], [Verdict::RestartIn(0), Verdict::RestartIn(1_000), Verdict::RestartIn(4_000)]);
        assert_eq!(verdicts[3], Verdict::GiveUp);
    }

    #[test]
    fn old_failures_are_forgotten() {
        let mut strikes = Strikes::default();
        strikes.count(0.0);
        assert_eq!(strikes.count(60_001.0), Verdict::RestartIn(0));
    }
}
