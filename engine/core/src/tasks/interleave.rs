//! Two rows become one, in turn.

use super::{Defaults, Task, some};

const LETTERS: &str = "abcdef";
const DIGITS: &str = "012345";
const LENGTH: usize = 4;

/// See the file.
pub const TASK: Task = Task {
    key: "interleave",
    title: "Interleave",
    tests: "Takes a letter and a digit in turn from two rows: can a head change its place with each step?",
    chars: "abcdef012345=",
    longest: 4 * LENGTH + 1,
    prompt: |rng| some(rng, LETTERS, LENGTH) + &some(rng, DIGITS, LENGTH) + "=",
    answer: |prompt| {
        let row: Vec<char> = prompt.strip_suffix('=')?.chars().collect();
        let fits = row.len() == 2 * LENGTH && row.iter().enumerate().all(|(at, c)| if at < LENGTH { LETTERS } else { DIGITS }.contains(*c));
        let (letters, digits) = row.split_at(row.len() / 2);
        fits.then(|| letters.iter().zip(digits).flat_map(|(letter, digit)| [*letter, *digit]).collect())
    },
    defaults: Defaults { n_layers: 2, n_heads: 4, d_model: 32, batch: 32, steps: 300, learning_rate: 3e-3, weight_decay: Defaults::DECAY },
};
