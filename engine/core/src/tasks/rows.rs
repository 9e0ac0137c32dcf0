//! Examples as rows of token ids in which only the answer counts.

use super::{Example, Task};
use crate::tokenizer::Tokenizer;

/// Ends an answer whose length the prompt does not give away; also fills rows up.
pub const END: char = '.';

/// The target of a position that does not count.
pub const IGNORE: u32 = u32::MAX;

/// One example for a model of some context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// `[context]`, filled up behind the example.
    pub inputs: Vec<u32>,
    /// `[context]`: the next token where it belongs to the answer, elsewhere [`IGNORE`].
    pub targets: Vec<u32>,
}

impl Row {
    /// An example as ids. What the tokenizer does not know is left out.
    pub fn of(example: &Example, tokenizer: &Tokenizer, context: usize) -> Self {
        let prompt = tokenizer.encode(&example.prompt).ids;
        let mut ids = prompt.clone();
        ids.extend(tokenizer.encode(&example.answer).ids);
        ids.truncate(context + 1);
        let mut targets = vec![IGNORE; context];
        let mut inputs = ids.clone();
        inputs.truncate(context);
        inputs.resize(context, 0);
        // The token before an answer's first one is asked for it.
        let answer = ids.iter().skip(prompt.len().max(1));
        for (target, id) in targets.iter_mut().skip(prompt.len().saturating_sub(1)).zip(answer) {
            *target = *id;
        }
        Self { inputs, targets }
    }
}

/// Where targets count, and those that do.
pub fn counting(targets: &[u32]) -> (Vec<usize>, Vec<u32>) {
    targets.iter().enumerate().filter(|(_, target)| **target != IGNORE).map(|(at, target)| (at, *target)).unzip()
}

impl Task {
    /// Examples as one batch: inputs and targets, row by row.
    pub fn rows(&self, examples: &[Example], tokenizer: &Tokenizer) -> (Vec<u32>, Vec<u32>) {
        let rows = examples.iter().map(|example| Row::of(example, tokenizer, self.context()));
        rows.fold((Vec::new(), Vec::new()), |(mut inputs, mut targets), row| {
            inputs.extend(row.inputs);
            targets.extend(row.targets);
            (inputs, targets)
        })
    }
}
