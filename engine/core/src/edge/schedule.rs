//! Which tokens are read at each step, when a memory for a few of them has to do.

use super::plan::flops;
use crate::config::GptConfig;

/// How many tokens are remembered, of how many there is room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    context: usize,
    held: usize,
}

/// What one step reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Whether everything is forgotten before.
    pub anew: bool,
    /// Tokens that are remembered while it reads.
    pub before: usize,
    /// Tokens that it reads: the newest ones.
    pub count: usize,
}

impl Schedule {
    /// Begins with the last tokens of a prompt; one place is kept for what comes next.
    pub fn begin(context: usize, prompt: usize) -> (Self, Step) {
        let count = prompt.min(context - 1);
        (Self { context, held: count }, Step { anew: true, before: 0, count })
    }

    /// The step that reads one more token. A full memory forgets all, and reads the newer half anew.
    pub fn next_step(&mut self) -> Step {
        let anew = self.held >= self.context;
        let (before, count) = if anew { (0, self.context.div_ceil(2)) } else { (self.held, 1) };
        self.held = before + count;
        Step { anew, before, count }
    }
}

impl Step {
    /// The floating-point operations that it takes.
    pub fn work(self, config: &GptConfig) -> u64 {
        (self.before + 1..=self.before + self.count).map(|seen| flops(config, seen)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_memory_reads_its_newer_half_anew() {
        let (mut schedule, first) = Schedule::begin(5, 9);
        assert_eq!(first, Step { anew: true, before: 0, count: 4 });
        let steps: Vec<Step> = (0..5).map(|_| schedule.next_step()).collect();
        let one = |before| Step { anew: false, before, count: 1 };
        assert_eq!(steps, [one(4), Step { anew: true, before: 0, count: 3 }, one(3), one(4), steps[1]]);
        let config = GptConfig { vocab_size: 10, n_layers: 1, n_heads: 1, d_model: 4, context: 5, tied_head: true };
        assert_eq!(steps[1].work(&config), flops(&config, 1) + flops(&config, 2) + flops(&config, 3));
    }
}
