//! Tasks that cannot be done without order, and how well a model could do at best that is blind to it.

use crate::rng::Rng;
use serde::{Deserialize, Serialize};

/// Every symbol of every task; a token is its place here.
pub const SYMBOLS: &str = "0123456789abcdefghij>";
/// How many symbols there are.
pub const VOCABULARY: usize = SYMBOLS.len();
/// The first letter.
const LETTER: usize = 10;
/// Stands between a text and its reverse.
const TURN: usize = 20;

/// What the model is to learn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Task {
    /// At each token: say the token that stands three places before it.
    #[default]
    LookBack,
    /// At each letter: say the digit that came last.
    Latest,
    /// After the sign `>`: say the letters before it from the last to the first.
    Reverse,
}

/// How far [`Task::LookBack`] looks back.
pub const OFFSET: usize = 3;

/// One text with what is to be said at each token; `None` where nothing is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Example {
    /// What the model reads.
    pub tokens: Vec<usize>,
    /// What it should say.
    pub wanted: Vec<Option<usize>>,
}

impl Task {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::LookBack, Self::Latest, Self::Reverse];

    /// As it is written in links and outcomes.
    pub fn key(self) -> &'static str {
        match self {
            Self::LookBack => "look-back",
            Self::Latest => "latest",
            Self::Reverse => "reverse",
        }
    }

    /// Draws one text of `length` tokens.
    pub fn example(self, length: usize, rng: &mut Rng) -> Example {
        let letter = |rng: &mut Rng| LETTER + rng.below(10);
        match self {
            Self::LookBack => {
                let tokens: Vec<usize> = (0..length).map(|_| letter(rng)).collect();
                let wanted = (0..length).map(|at| at.checked_sub(OFFSET).map(|from| tokens[from])).collect();
                Example { tokens, wanted }
            }
            Self::Latest => {
                // About two digits in five, and one at the start so that there is always an answer.
                let draw = |at| if at == 0 || rng.uniform() < 0.4 { rng.below(10) } else { letter(rng) };
                let tokens: Vec<usize> = (0..length).map(draw).collect();
                let latest = |at: usize| tokens[..at].iter().rev().copied().find(|token| *token < LETTER);
                let wanted = (0..length).map(|at| if tokens[at] < LETTER { None } else { latest(at) }).collect();
                Example { tokens, wanted }
            }
            Self::Reverse => {
                let half = length / 2;
                let text: Vec<usize> = (0..half).map(|_| letter(rng)).collect();
                let back: Vec<usize> = text.iter().rev().copied().collect();
                let tokens = [&text[..], &[TURN], &back[..half.saturating_sub(1)]].concat();
                let wanted = (0..2 * half).map(|at| at.checked_sub(half).map(|from| back[from])).collect();
                Example { tokens, wanted }
            }
        }
    }

    /// The chance of being right at each asked token for one that knows which tokens stood before, and how often, but
    /// not in which order: the most frequent of those that it could be.
    pub fn blind(self, example: &Example) -> Vec<f64> {
        let asked = (0..example.tokens.len()).filter(|at| example.wanted[*at].is_some());
        asked
            .map(|at| {
                let mut counts = [0usize; VOCABULARY];
                let half = example.tokens.len() / 2;
                match self {
                    // Any token before this one.
                    Self::LookBack => example.tokens[..at].iter().for_each(|token| counts[*token] += 1),
                    Self::Latest => {
                        let digits = example.tokens[..at].iter().filter(|token| **token < LETTER);
                        digits.for_each(|token| counts[*token] += 1);
                    }
                    // What has not been said yet.
                    Self::Reverse => {
                        example.tokens[..half].iter().for_each(|token| counts[*token] += 1);
                        example.tokens[half + 1..=at].iter().for_each(|token| counts[*token] -= 1);
                    }
                }
                let (most, all) = (counts.iter().max().copied().unwrap_or(0), counts.iter().sum::<usize>());
                most as f64 / all.max(1) as f64
            })
            .collect()
    }
}

/// Tokens as a learner reads them.
pub fn written(tokens: impl IntoIterator<Item = usize>) -> String {
    tokens.into_iter().filter_map(|token| SYMBOLS.chars().nth(token)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Stream;

    fn drawn(task: Task, length: usize) -> (String, String, Example) {
        let example = task.example(length, &mut Rng::new(4, Stream::Batch(0)));
        let wanted = example.wanted.iter().map(|w| w.map_or("·".into(), |w| written([w]))).collect();
        (written(example.tokens.clone()), wanted, example)
    }

    #[test]
    fn each_task_asks_what_it_says() {
        let (text, wanted, _) = drawn(Task::LookBack, 9);
        assert_eq!(wanted, format!("···{}", &text[..6]));
        let (text, wanted, _) = drawn(Task::Reverse, 10);
        let back: String = text[..5].chars().rev().collect();
        assert_eq!((text[5..].to_owned(), wanted), (format!(">{}", &back[..4]), format!("·····{back}")));
        let (text, wanted, _) = drawn(Task::Latest, 40);
        let mut last = '·';
        for (symbol, asked) in text.chars().zip(wanted.chars()) {
            if symbol.is_ascii_digit() {
                (last, _) = (symbol, assert_eq!(asked, '·'));
            } else {
                assert_eq!(asked, last);
            }
        }
    }

    #[test]
    fn who_is_blind_to_order_guesses_the_most_frequent() {
        let example = Example { tokens: vec![10, 11, 10, 12, 10], wanted: vec![None, None, None, Some(10), Some(11)] };
        assert_eq!(Task::LookBack.blind(&example), [2.0 / 3.0, 0.5]);
        let example = Example { tokens: vec![10, 11, 20, 11], wanted: vec![None, None, Some(11), Some(10)] };
        assert_eq!(Task::Reverse.blind(&example), [0.5, 1.0]);
        let example = Example { tokens: vec![1, 10, 2, 11], wanted: vec![None, Some(1), None, Some(2)] };
        assert_eq!(Task::Latest.blind(&example), [1.0, 0.5]);
    }
}
