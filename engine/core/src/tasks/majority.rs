//! Which bit occurs more often?

use super::{Defaults, Task, asked, some};

const BITS: &str = "01";
const LENGTH: usize = 11;

/// See the file.
pub const TASK: Task = Task {
    key: "majority",
    title: "Majority",
    tests: "Names the bit that occurs more often among eleven: a mean is all it takes, so one block should do.",
    chars: "01=",
    longest: LENGTH + 2,
    prompt: |rng| some(rng, BITS, LENGTH) + "=",
    answer: |prompt| {
        let ones = asked(prompt, BITS, LENGTH)?.matches('1').count();
        Some(if 2 * ones > LENGTH { "1" } else { "0" }.into())
    },
    defaults: Defaults { n_layers: 1, n_heads: 2, d_model: 16, batch: 32, steps: 300, learning_rate: 3e-3, weight_decay: Defaults::DECAY },
};
