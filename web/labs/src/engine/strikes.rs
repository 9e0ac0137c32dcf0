//! How often a worker may fail before the page tries something else.

use super::program::Program;

/// Failures further apart than this have nothing to do with each other.
const WINDOW_MS: f64 = 60_000.0;

/// The pause before each new start on the CPU; after the last there is nothing left to try.
const CPU_DELAYS_MS: [u32; 3] = [0, 1_000, 4_000];
/// On WebGPU the third failure within a minute hands over to the CPU.
const GPU_DELAYS_MS: [u32; 2] = [0, 500];

/// What to do after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Start again after so many milliseconds.
    RestartIn(u32),
    /// WebGPU was lost three times: the CPU goes on.
    FallToCpu,
    /// The relaxed SIMD program does not run here: the plain one goes on.
    FallToSimd,
    /// Starting again three times did not help: say so and wait for the learner.
    GiveUp,
}

/// A failure, as far as the verdict depends on it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Failure {
    /// When, in milliseconds on any clock.
    pub at: f64,
    /// What failed.
    pub program: Program,
    /// Whether it had started and passed its self-test before.
    pub was_ready: bool,
}

/// The failures of the last minute.
#[derive(Debug, Default)]
pub struct Strikes(Vec<Failure>);

impl Strikes {
    /// Counts a failure. CPU and WebGPU are counted apart: one says nothing about the other.
    pub fn count(&mut self, failure: Failure) -> Verdict {
        if matches!(failure.program, Program::Relaxed | Program::PlainRelaxed) && !failure.was_ready {
            return Verdict::FallToSimd;
        }
        let gpu = failure.program.is_gpu();
        self.0.retain(|old| failure.at - old.at < WINDOW_MS);
        let earlier = self.0.iter().filter(|old| old.program.is_gpu() == gpu).count();
        self.0.push(failure);
        let (delays, last): (&[u32], _) =
            if gpu { (&GPU_DELAYS_MS, Verdict::FallToCpu) } else { (&CPU_DELAYS_MS, Verdict::GiveUp) };
        delays.get(earlier).map_or(last, |delay| Verdict::RestartIn(*delay))
    }

    /// Forgets them all.
    pub fn forgive(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lost(program: Program, at: f64) -> Failure {
        Failure { at, program, was_ready: true }
    }

    #[test]
    fn three_restarts_within_a_minute_and_no_more() {
        let mut strikes = Strikes::default();
        let verdicts = [0.0, 10.0, 20.0, 30.0].map(|at| strikes.count(lost(Program::Simd, at)));
        assert_eq!(verdicts[..3], [Verdict::RestartIn(0), Verdict::RestartIn(1_000), Verdict::RestartIn(4_000)]);
        assert_eq!(verdicts[3], Verdict::GiveUp);
    }

    #[test]
    fn the_third_loss_of_webgpu_within_a_minute_hands_over_to_the_cpu() {
        let mut strikes = Strikes::default();
        let verdicts = [0.0, 30_000.0, 59_999.0].map(|at| strikes.count(lost(Program::Gpu, at)));
        assert_eq!(verdicts, [Verdict::RestartIn(0), Verdict::RestartIn(500), Verdict::FallToCpu]);
    }

    #[test]
    fn a_loss_a_minute_is_bearable() {
        let mut strikes = Strikes::default();
        for at in [0.0, 30_000.0, 60_000.0, 90_000.0, 120_000.0] {
            assert!(matches!(strikes.count(lost(Program::Gpu, at)), Verdict::RestartIn(_)), "at {at}");
        }
    }

    #[test]
    fn failures_of_the_cpu_are_not_held_against_webgpu() {
        let mut strikes = Strikes::default();
        strikes.count(lost(Program::Relaxed, 0.0));
        strikes.count(lost(Program::Simd, 1.0));
        assert_eq!(strikes.count(lost(Program::Gpu, 2.0)), Verdict::RestartIn(0));
        assert_eq!(strikes.count(lost(Program::Relaxed, 3.0)), Verdict::RestartIn(4_000));
    }

    #[test]
    fn a_relaxed_program_that_never_started_is_replaced_by_the_plain_one() {
        let mut strikes = Strikes::default();
        let failure = Failure { at: 0.0, program: Program::Relaxed, was_ready: false };
        assert_eq!(strikes.count(failure), Verdict::FallToSimd);
        assert_eq!(strikes.count(lost(Program::Simd, 1.0)), Verdict::RestartIn(0), "it was no strike");
    }

    #[test]
    fn old_failures_are_forgotten() {
        let mut strikes = Strikes::default();
        strikes.count(lost(Program::Simd, 0.0));
        assert_eq!(strikes.count(lost(Program::Simd, 60_001.0)), Verdict::RestartIn(0));
    }
}
