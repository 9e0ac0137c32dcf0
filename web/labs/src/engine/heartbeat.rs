//! Is the worker alive? A question every second, and how long an answer may take.

use super::program::Program;

/// A question is asked this often.
pub const BEAT_MS: u32 = 1_000;
/// Longer than this between two beats, and the page itself was asleep.
const ASLEEP_MS: f64 = 5_000.0;

/// Silence that is still no failure.
fn patience_ms(program: Program, ready: bool) -> f64 {
    match (program.is_gpu(), ready) {
        (false, true) => 10_000.0,
        (false, false) => 60_000.0,
        // Compiling shaders blocks the worker, above all the first time.
        (true, true) => 60_000.0,
        (true, false) => 120_000.0,
    }
}

/// What a beat shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Pulse {
    /// The page slept, or sits in a hidden tab: its own silence is not the worker's.
    Slept,
    /// No answer for so many milliseconds, which is still allowed.
    Alive(f64),
    /// No answer for so many milliseconds: the worker is gone.
    Gone(f64),
}

/// When what was asked and answered.
pub struct Heartbeat {
    /// When the oldest question without an answer was asked; the start counts as one.
    asked_at: Option<f64>,
    last_beat: f64,
    questions: u32,
}

impl Heartbeat {
    /// For a worker that is started `now`.
    pub const fn new(now: f64) -> Self {
        Self { asked_at: Some(now), last_beat: now, questions: 0 }
    }

    /// The worker has said something.
    pub fn heard(&mut self) {
        self.asked_at = None;
    }

    /// A second has passed, or so the browser says.
    pub fn beat(&mut self, now: f64, program: Program, ready: bool) -> Pulse {
        let slept = now - self.last_beat > ASLEEP_MS;
        self.last_beat = now;
        if slept {
            self.asked_at = self.asked_at.map(|_| now);
            return Pulse::Slept;
        }
        let silence = self.asked_at.map_or(0.0, |at| now - at);
        if silence > patience_ms(program, ready) { Pulse::Gone(silence) } else { Pulse::Alive(silence) }
    }

    /// The number of the next question, which is asked `now`.
    pub fn ask(&mut self, now: f64) -> u32 {
        self.asked_at.get_or_insert(now);
        self.questions = self.questions.wrapping_add(1);
        self.questions
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn beats(heart: &mut Heartbeat, seconds: std::ops::Range<u32>) -> Pulse {
        let mut pulse = Pulse::Slept;
        for second in seconds {
            let now = f64::from(second) * 1_000.0;
            pulse = heart.beat(now, Program::Simd, true);
            heart.ask(now);
        }
        pulse
    }

    #[test]
    fn ten_silent_seconds_are_too_many() {
        let mut heart = Heartbeat::new(0.0);
        heart.heard();
        assert_eq!(beats(&mut heart, 1..12), Pulse::Alive(10_000.0));
        assert_eq!(beats(&mut heart, 12..13), Pulse::Gone(11_000.0));
    }

    #[test]
    fn a_page_that_slept_asks_again_before_it_judges() {
        let mut heart = Heartbeat::new(0.0);
        heart.ask(0.0);
        assert_eq!(heart.beat(3_600_000.0, Program::Simd, true), Pulse::Slept);
        assert_eq!(heart.beat(3_601_000.0, Program::Simd, true), Pulse::Alive(1_000.0));
    }
}
