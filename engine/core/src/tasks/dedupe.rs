//! Each letter once.

use super::{Defaults, END, Task, asked, some};

const LETTERS: &str = "abcdef";
const LENGTH: usize = 8;

/// See the file.
pub const TASK: Task = Task {
    key: "dedupe",
    title: "No letter twice",
    tests: "Writes each of eight letters once, in the order of their first places: does the model know what it has written?",
    chars: "abcdef=.",
    longest: LENGTH + 1 + 6 + 1,
    prompt: |rng| some(rng, LETTERS, LENGTH) + "=",
    answer: |prompt| {
        let row = asked(prompt, LETTERS, LENGTH)?;
        let first = |(at, c): (usize, char)| (row.find(c) == Some(at)).then_some(c);
        Some(row.char_indices().filter_map(first).chain([END]).collect())
    },
    defaults: Defaults { n_layers: 2, n_heads: 4, d_model: 32, batch: 32, steps: 1000, learning_rate: 3e-3, weight_decay: Defaults::DECAY },
};
