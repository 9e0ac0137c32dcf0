//! How often does a letter occur?

use super::{Defaults, Task, some};

const LETTERS: &str = "abcde";
const LENGTH: usize = 8;

/// See the file.
pub const TASK: Task = Task {
    key: "count",
    title: "Counting",
    tests: "Says how often the asked letter occurs among eight: attention takes means, so where does a number come from?",
    chars: "abcde?012345678",
    longest: LENGTH + 3,
    prompt: |rng| format!("{}?{}", some(rng, LETTERS, LENGTH), some(rng, LETTERS, 1)),
    answer: |prompt| {
        let (row, letter) = prompt.split_once('?')?;
        let fits = row.len() == LENGTH && letter.len() == 1 && row.chars().chain(letter.chars()).all(|c| LETTERS.contains(c));
        fits.then(|| row.matches(letter).count().to_string())
    },
    defaults: Defaults { n_layers: 2, n_heads: 4, d_model: 32, batch: 32, steps: 1000, learning_rate: 3e-3, weight_decay: Defaults::DECAY },
};
