//! The same letters again.

use super::{Defaults, Task, asked, some};

const LETTERS: &str = "abcdefghij";
const LENGTH: usize = 8;

/// See the file.
pub const TASK: Task = Task {
    key: "copy",
    title: "Copy",
    tests: "Writes eight letters once more: can a head look a fixed number of places back?",
    chars: "abcdefghij=",
    longest: 2 * LENGTH + 1,
    prompt: |rng| some(rng, LETTERS, LENGTH) + "=",
    answer: |prompt| Some(asked(prompt, LETTERS, LENGTH)?.into()),
    defaults: Defaults { n_layers: 2, n_heads: 4, d_model: 32, batch: 32, steps: 300, learning_rate: 3e-3, weight_decay: Defaults::DECAY },
};
