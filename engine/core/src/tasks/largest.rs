//! The letter that comes last in the alphabet.

use super::{Defaults, Task, asked, some};

const LETTERS: &str = "abcdefghijklmnopqrstuvwxyz";
const LENGTH: usize = 8;

/// See the file.
pub const TASK: Task = Task {
    key: "max",
    title: "Maximum",
    tests: "Names the one of eight letters that comes last in the alphabet: does the model know their order?",
    chars: "abcdefghijklmnopqrstuvwxyz=",
    longest: LENGTH + 2,
    prompt: |rng| some(rng, LETTERS, LENGTH) + "=",
    answer: |prompt| asked(prompt, LETTERS, LENGTH)?.chars().max().map(Into::into),
    defaults: Defaults { n_layers: 1, n_heads: 4, d_model: 32, batch: 32, steps: 600, learning_rate: 3e-3, weight_decay: Defaults::DECAY },
};
