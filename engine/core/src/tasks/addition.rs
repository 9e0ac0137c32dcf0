//! Two numbers of two digits each.

use super::{Defaults, Task, some};

const DIGITS: &str = "0123456789";

/// See the file.
pub const TASK: Task = Task {
    key: "addition",
    title: "Addition",
    tests: "Adds two numbers of two digits; the sum is written from the ones up, as on paper: does the model carry?",
    chars: "0123456789+=",
    longest: 9,
    prompt: |rng| format!("{}+{}=", some(rng, DIGITS, 2), some(rng, DIGITS, 2)),
    answer: |prompt| {
        let (left, right) = prompt.strip_suffix('=')?.split_once('+')?;
        let number = |text: &str| {
            (text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse::<u32>().ok())?
        };
        Some(format!("{:03}", number(left)? + number(right)?).chars().rev().collect())
    },
    defaults: Defaults { n_layers: 2, n_heads: 4, d_model: 48, batch: 32, steps: 1000, learning_rate: 3e-3, weight_decay: Defaults::DECAY },
};
