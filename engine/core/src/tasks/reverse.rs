//! Letters backwards.

use super::{Defaults, Task, asked, some};

const LETTERS: &str = "abcdefghij";
const LENGTH: usize = 8;

/// See the file.
pub const TASK: Task = Task {
    key: "reverse",
    title: "Reverse",
    tests: "Writes eight letters backwards: can a head look at a place that is counted from the end?",
    chars: "abcdefghij=",
    longest: 2 * LENGTH + 1,
    prompt: |rng| some(rng, LETTERS, LENGTH) + "=",
    answer: |prompt| Some(asked(prompt, LETTERS, LENGTH)?.chars().rev().collect()),
    defaults: Defaults { n_layers: 2, n_heads: 4, d_model: 32, batch: 32, steps: 300, learning_rate: 3e-3, weight_decay: Defaults::DECAY },
};
