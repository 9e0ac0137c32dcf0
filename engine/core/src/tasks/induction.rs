//! What came after this letter before?

use super::{Defaults, Task, different};

const LETTERS: &str = "abcdefghijklmnopqrstuvwxyz";
const SHORTEST: usize = 6;
const LONGEST: usize = 10;

/// See the file.
pub const TASK: Task = Task {
    key: "induction",
    title: "Induction",
    tests: "One letter of a row comes again; the rest follows as before: does a head find the earlier place by its content?",
    chars: LETTERS,
    longest: 2 * LONGEST,
    prompt: |rng| {
        let length = SHORTEST + rng.below(LONGEST - SHORTEST + 1);
        let row = different(rng, LETTERS, length);
        let again = rng.below(length - 1);
        row.chars().chain(row.chars().nth(again)).collect()
    },
    answer: |prompt| {
        let last = prompt.chars().last()?;
        let row = &prompt[..prompt.len() - last.len_utf8()];
        let once = row.chars().all(|c| LETTERS.contains(c) && row.matches(c).count() == 1);
        let (_, after) = row.split_once(last)?;
        (once && (SHORTEST..=LONGEST).contains(&row.len()) && !after.is_empty()).then(|| after.into())
    },
    defaults: Defaults { n_layers: 2, n_heads: 2, d_model: 32, batch: 32, steps: 800, learning_rate: 3e-3, weight_decay: Defaults::DECAY },
};
