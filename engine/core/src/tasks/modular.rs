//! Addition on a clock of 23 hours, an hour being a letter.

use super::{Defaults, Task, some};

const LETTERS: &str = "abcdefghijklmnopqrstuvw";

/// See the file.
pub const TASK: Task = Task {
    key: "modular",
    title: "Modular addition",
    tests: "Adds on a clock of 23 letters, a being 0: after learning its sums by heart, does the model find the rule?",
    chars: "abcdefghijklmnopqrstuvw+=",
    longest: 5,
    prompt: |rng| format!("{}+{}=", some(rng, LETTERS, 1), some(rng, LETTERS, 1)),
    answer: |prompt| {
        let (left, right) = prompt.strip_suffix('=')?.split_once('+')?;
        let hour = |text: &str| (text.len() == 1).then(|| LETTERS.find(text))?;
        let sum = (hour(left)? + hour(right)?) % LETTERS.len();
        LETTERS.get(sum..=sum).map(Into::into)
    },
    defaults: Defaults { n_layers: 1, n_heads: 4, d_model: 48, batch: 64, steps: 1500, learning_rate: 3e-3, weight_decay: 1.0 },
};
