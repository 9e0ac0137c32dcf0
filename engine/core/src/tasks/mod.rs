//! Small algorithmic tasks with exact answers: whether a model has learned one is no matter of taste.
//!
//! To add a task: a file here with a `pub const TASK`, and its name in [`tasks!`].

mod rows;

pub use rows::{END, IGNORE, Row, counting};

use crate::{
    config::TrainConfig,
    jobs::train::ModelShape,
    rng::{Rng, Stream},
    tokenizer::{Chars, Tokenizer},
};
use std::collections::BTreeSet;

/// A task: prompts by chance, and the one right answer to each. A token is a character.
#[derive(Debug, Clone, Copy)]
pub struct Task {
    /// For links and lists.
    pub key: &'static str,
    /// What it is called.
    pub title: &'static str,
    /// What it tests, in one sentence.
    pub tests: &'static str,
    /// Every character that occurs, in any order.
    pub chars: &'static str,
    /// The most characters of a prompt and its answer together.
    pub longest: usize,
    /// Draws a prompt.
    pub prompt: fn(&mut Rng) -> String,
    /// The right answer; none to what is no prompt of this task.
    pub answer: fn(&str) -> Option<String>,
    /// What its default run is trained with.
    pub defaults: Defaults,
}

/// Sizes and settings that were tuned for one task.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Defaults {
    /// Transformer blocks.
    pub n_layers: usize,
    /// Attention heads of each.
    pub n_heads: usize,
    /// Width of the residual stream.
    pub d_model: usize,
    /// Sequences per step.
    pub batch: usize,
    /// Steps of the whole run.
    pub steps: u32,
    /// Peak learning rate.
    pub learning_rate: f32,
    /// Decay of weight matrices. Where few prompts could be learned by heart, a strong one leaves the rule over.
    pub weight_decay: f32,
}

impl Defaults {
    /// What most tasks decay by.
    const DECAY: f32 = 0.1;
}

/// A prompt and its right answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// What the model reads.
    pub prompt: String,
    /// What it should write.
    pub answer: String,
}

/// Declares the tasks' modules and lists them.
macro_rules! tasks {
    ($($name:ident),* $(,)?) => {
        $(mod $name;)*

        /// Every task, in the order a learner meets them.
        pub const TASKS: &[Task] = &[$($name::TASK),*];
    };
}

tasks! {
    reverse, copy, sort, addition, induction, modular, parity, dyck,
    two_sum, largest, count, dedupe, palindrome, lookup, majority, interleave,
}

/// One prompt in so many is kept for validation.
const HELD_OUT: u64 = 8;
/// Draws after which a small task has shown all the prompts it has.
const MOST_DRAWS: usize = 20_000;

/// The task called `key`.
pub fn by_key(key: &str) -> Option<&'static Task> {
    TASKS.iter().find(|task| task.key == key)
}

/// Whether a prompt is kept for validation. It follows from the prompt alone (FNV-1a, mixed), so that no
/// training batch of any seed can hold one.
pub fn held_out(prompt: &str) -> bool {
    let fnv = prompt
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let mixed = (fnv ^ (fnv >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 32).is_multiple_of(HELD_OUT)
}

impl Task {
    /// Characters to ids.
    pub fn tokenizer(&self) -> Tokenizer {
        Tokenizer::Chars(Chars::from_text(self.chars))
    }

    /// How many tokens the model must see at once: all but the answer's last.
    pub fn context(&self) -> usize {
        self.longest - 1
    }

    /// The shape of its default model.
    pub fn shape(&self) -> ModelShape {
        let Defaults { n_layers, n_heads, d_model, .. } = self.defaults;
        ModelShape { n_layers, n_heads, d_model, context: self.context(), tied_head: false }
    }

    /// The settings of its default run.
    pub fn training(&self) -> TrainConfig {
        let Defaults { batch, steps, learning_rate, weight_decay, .. } = self.defaults;
        let every = looks_every(steps);
        let warmup = (steps / 20).max(1);
        TrainConfig {
            batch,
            steps,
            learning_rate,
            weight_decay,
            warmup,
            eval_every: every,
            sample_every: every,
            ..TrainConfig::default()
        }
    }

    /// Draws one example that is, or is not, kept for validation.
    fn draw(&self, rng: &mut Rng, held: bool) -> Option<Example> {
        (0..MOST_DRAWS).find_map(|_| {
            let prompt = (self.prompt)(rng);
            let answer = (self.answer)(&prompt)?;
            (held_out(&prompt) == held).then_some(Example { prompt, answer })
        })
    }

    /// The examples of one training step: they follow from seed and step alone.
    pub fn batch(&self, seed: u64, step: u32, batch: usize) -> Vec<Example> {
        let mut rng = Rng::new(seed, Stream::Batch(step));
        (0..batch).filter_map(|_| self.draw(&mut rng, false)).collect()
    }

    /// Up to `most` different examples that no model is ever trained on; always the same.
    pub fn validation(&self, most: usize) -> Vec<Example> {
        let mut rng = Rng::new(0, Stream::Validation);
        let mut known = BTreeSet::new();
        let mut all = Vec::new();
        for _ in 0..MOST_DRAWS {
            if all.len() == most {
                break;
            }
            let prompt = (self.prompt)(&mut rng);
            if held_out(&prompt)
                && known.insert(prompt.clone())
                && let Some(answer) = (self.answer)(&prompt)
            {
                all.push(Example { prompt, answer });
            }
        }
        all
    }
}

/// A run is looked at about fifty times.
pub fn looks_every(steps: u32) -> u32 {
    (steps / 50).max(1)
}

/// `n` characters of `from`, each drawn anew.
fn some(rng: &mut Rng, from: &str, n: usize) -> String {
    let from: Vec<char> = from.chars().collect();
    (0..n).map(|_| from[rng.below(from.len())]).collect()
}

/// `n` different characters of `from`.
fn different(rng: &mut Rng, from: &str, n: usize) -> String {
    let mut from: Vec<char> = from.chars().collect();
    (0..n.min(from.len())).map(|_| from.swap_remove(rng.below(from.len()))).collect()
}

/// What stands before the `=` at a prompt's end, if it has `n` characters, all of them in `from`.
fn asked<'a>(prompt: &'a str, from: &str, n: usize) -> Option<&'a str> {
    let asked = prompt.strip_suffix('=')?;
    (asked.chars().count() == n && asked.chars().all(|c| from.contains(c))).then_some(asked)
}

#[cfg(test)]
mod tests;
