//! Odd or even so far?

use super::{Defaults, Task, asked, some};

const BITS: &str = "01";
const LENGTH: usize = 10;

/// See the file.
pub const TASK: Task = Task {
    key: "parity",
    title: "Parity",
    tests: "Says after each of ten bits whether the ones so far are odd: can the model carry one bit along?",
    chars: "01=",
    longest: 2 * LENGTH + 1,
    prompt: |rng| some(rng, BITS, LENGTH) + "=",
    answer: |prompt| {
        let mut odd = false;
        let bits = asked(prompt, BITS, LENGTH)?.chars();
        Some(
            bits.map(|bit| {
                odd ^= bit == '1';
                if odd { '1' } else { '0' }
            })
            .collect(),
        )
    },
    defaults: Defaults { n_layers: 2, n_heads: 4, d_model: 32, batch: 32, steps: 400, learning_rate: 3e-3, weight_decay: Defaults::DECAY },
};
