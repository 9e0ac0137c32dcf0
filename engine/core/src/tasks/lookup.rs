//! A small dictionary.

use super::{Defaults, Task, different, some};

const LETTERS: &str = "abcdefghij";
const DIGITS: &str = "0123456789";
const ENTRIES: usize = 4;

/// See the file.
pub const TASK: Task = Task {
    key: "lookup",
    title: "Look up",
    tests: "Finds the digit that stands behind the asked letter: a key, a query and a value, just as attention has them.",
    chars: "abcdefghij0123456789?",
    longest: 2 * ENTRIES + 3,
    prompt: |rng| {
        let (keys, values) = (different(rng, LETTERS, ENTRIES), some(rng, DIGITS, ENTRIES));
        let asked = keys.chars().nth(rng.below(ENTRIES));
        let entries: String = keys.chars().zip(values.chars()).flat_map(|(key, value)| [key, value]).collect();
        entries.chars().chain(['?']).chain(asked).collect()
    },
    answer: |prompt| {
        let (row, letter) = prompt.split_once('?')?;
        let row: Vec<char> = row.chars().collect();
        let entry = |pair: &[char]| LETTERS.contains(pair[0]) && pair.get(1).is_some_and(|c| DIGITS.contains(*c));
        let fits = row.len() == 2 * ENTRIES && letter.len() == 1 && row.chunks(2).all(entry);
        let mut found = row.chunks(2).filter(|pair| letter.starts_with(pair[0]));
        let value = found.next().filter(|_| fits)?.get(1)?;
        found.next().is_none().then(|| value.to_string())
    },
    defaults: Defaults { n_layers: 2, n_heads: 4, d_model: 32, batch: 128, steps: 600, learning_rate: 3e-3, weight_decay: Defaults::DECAY },
};
