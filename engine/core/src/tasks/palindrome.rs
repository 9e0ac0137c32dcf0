//! The same from both ends?

use super::{Defaults, Task, asked, some};

const LETTERS: &str = "abcdef";
const LENGTH: usize = 8;

/// See the file.
pub const TASK: Task = Task {
    key: "palindrome",
    title: "Palindrome",
    tests: "Says whether eight letters read the same backwards (one may be wrong): can the model check four pairs at once?",
    chars: "abcdef=yn",
    longest: LENGTH + 2,
    prompt: |rng| {
        let half = some(rng, LETTERS, LENGTH / 2);
        let mut row: Vec<char> = half.chars().chain(half.chars().rev()).collect();
        if rng.below(2) == 0 {
            let (at, other) = (rng.below(LENGTH), 1 + rng.below(LETTERS.len() - 1));
            let now = LETTERS.find(row[at]).unwrap_or_default();
            row[at] = LETTERS.chars().cycle().nth(now + other).unwrap_or(row[at]);
        }
        row.into_iter().chain(['=']).collect()
    },
    answer: |prompt| {
        let row = asked(prompt, LETTERS, LENGTH)?;
        Some(if row.chars().eq(row.chars().rev()) { "y" } else { "n" }.into())
    },
    defaults: Defaults { n_layers: 2, n_heads: 4, d_model: 32, batch: 128, steps: 1200, learning_rate: 5e-3, weight_decay: 0.5 },
};
