//! Closing what is open (a Dyck language with three kinds of brackets).

use super::{Defaults, END, Task};

const PAIRS: [(char, char); 3] = [('(', ')'), ('[', ']'), ('{', '}')];
const LENGTH: usize = 10;
const DEEPEST: usize = 5;

/// The brackets that close what is open, nearest first; none if a bracket closes what is not open.
fn closing(brackets: &str) -> Option<String> {
    let mut open = Vec::new();
    for bracket in brackets.chars() {
        match PAIRS.iter().find(|(opening, _)| *opening == bracket) {
            Some((_, closing)) => open.push(*closing),
            None if open.pop() == Some(bracket) => {}
            None => return None,
        }
    }
    Some(open.into_iter().rev().collect())
}

/// See the file.
pub const TASK: Task = Task {
    key: "dyck",
    title: "Brackets",
    tests: "Closes all open brackets, the last one first: does the model keep a stack?",
    chars: "()[]{}=.",
    longest: LENGTH + 1 + DEEPEST + 1,
    prompt: |rng| {
        let mut brackets = String::new();
        for _ in 0..LENGTH {
            let open = closing(&brackets).unwrap_or_default();
            match open.chars().next() {
                Some(close) if open.len() == DEEPEST || rng.below(2) == 0 => brackets.push(close),
                _ => brackets.push(PAIRS[rng.below(PAIRS.len())].0),
            }
        }
        brackets + "="
    },
    answer: |prompt| {
        let brackets = prompt.strip_suffix('=').filter(|it| it.len() == LENGTH)?;
        let open = closing(brackets).filter(|open| open.len() <= DEEPEST)?;
        Some(format!("{open}{END}"))
    },
    defaults: Defaults { n_layers: 2, n_heads: 4, d_model: 32, batch: 32, steps: 1000, learning_rate: 3e-3, weight_decay: Defaults::DECAY },
};
