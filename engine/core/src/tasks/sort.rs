//! Digits in order.

use super::{Defaults, Task, asked, some};

const DIGITS: &str = "0123456789";
const LENGTH: usize = 8;

/// See the file.
pub const TASK: Task = Task {
    key: "sort",
    title: "Sort",
    tests: "Puts eight digits in order: can the model count how often each one occurs?",
    chars: "0123456789=",
    longest: 2 * LENGTH + 1,
    prompt: |rng| some(rng, DIGITS, LENGTH) + "=",
    answer: |prompt| {
        let mut digits: Vec<char> = asked(prompt, DIGITS, LENGTH)?.chars().collect();
        digits.sort_unstable();
        Some(digits.into_iter().collect())
    },
    defaults: Defaults { n_layers: 2, n_heads: 4, d_model: 32, batch: 32, steps: 600, learning_rate: 3e-3, weight_decay: Defaults::DECAY },
};
