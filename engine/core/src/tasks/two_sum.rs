//! Which two of these numbers have this sum?

use super::{Defaults, Task, different};
use crate::rng::Rng;

const DIGITS: &str = "0123456789";
const LENGTH: usize = 5;

/// Every pair of the digits with this sum, in the order in which they stand.
fn pairs(digits: &[u32], sum: u32) -> Vec<(u32, u32)> {
    let rest = |at: usize| digits[at + 1..].iter();
    let all = digits.iter().enumerate().flat_map(|(at, left)| rest(at).map(move |right| (*left, *right)));
    all.filter(|(left, right)| left + right == sum).collect()
}

fn numbers(digits: &str) -> Vec<u32> {
    digits.chars().filter_map(|c| c.to_digit(10)).collect()
}

/// A row and the sum of two of its digits, which no two others have.
fn prompt(rng: &mut Rng) -> String {
    loop {
        let row = different(rng, DIGITS, LENGTH);
        let digits = numbers(&row);
        let (left, right) = (rng.below(LENGTH), rng.below(LENGTH));
        let sum = digits[left] + digits[right];
        if pairs(&digits, sum).len() == 1 {
            return format!("{row}:{sum:02}=");
        }
    }
}

/// See the file.
pub const TASK: Task = Task {
    key: "two-sum",
    title: "Two-sum",
    tests: "Finds the two of five digits that have the given sum: can the model compare every pair?",
    chars: "0123456789:=",
    longest: LENGTH + 6,
    prompt,
    answer: |prompt| {
        let (row, sum) = prompt.strip_suffix('=')?.split_once(':')?;
        let (digits, sum) = (numbers(row), (sum.len() == 2).then(|| sum.parse().ok())??);
        let once = row.len() == LENGTH && digits.len() == LENGTH && digits.iter().all(|d| digits.iter().filter(|e| *e == d).count() == 1);
        match pairs(&digits, sum)[..] {
            [(left, right)] if once => Some(format!("{left}{right}")),
            _ => None,
        }
    },
    defaults: Defaults { n_layers: 2, n_heads: 4, d_model: 48, batch: 32, steps: 1500, learning_rate: 3e-3, weight_decay: Defaults::DECAY },
};
