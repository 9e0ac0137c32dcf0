//! The verdict on an answer, with a note on each of its parts.

use super::{Ask, Choice, Expected, Question, readings};

/// What a learner has answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// The chosen options, in any order.
    Chosen(Vec<usize>),
    /// A number or a text, as typed.
    Typed(String),
    /// The items from first to last.
    Ordered(Vec<usize>),
    /// For each left side the pair whose right side was chosen for it.
    Matched(Vec<Option<usize>>),
}

/// How an answer was judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing, or not everything, has been answered.
    Empty,
    /// A number was asked for, and this is none.
    Unreadable,
    /// Something is wrong or missing.
    Wrong,
    /// All of it is right.
    Right,
}

/// What is said about one part of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The option, the item or the left side; zero where there is only one part.
    pub part: usize,
    /// Options: choosing it is right. Items and pairs: it was put where it belongs.
    pub right: bool,
    /// Why, as HTML.
    pub explain: String,
}

/// The verdict and its reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// Whether the answer counts.
    pub verdict: Verdict,
    /// One for each part; none while the answer is empty or unreadable.
    pub notes: Vec<Note>,
}

impl Verdict {
    /// Whether the answer was judged at all.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Right | Self::Wrong)
    }

    fn of(right: bool) -> Self {
        if right { Self::Right } else { Self::Wrong }
    }
}

impl Question {
    /// Judges an answer. One of another kind than the question's counts as none.
    pub fn judge(&self, given: &Given) -> Judged {
        match (&self.ask, given) {
            (Ask::Single { options } | Ask::Multiple { options }, Given::Chosen(chosen))
            | (Ask::Output { expected: Expected::Chosen(options), .. }, Given::Chosen(chosen)) => {
                choices(options, chosen)
            }
            (Ask::Number(ask), Given::Typed(text)) => {
                if text.trim().is_empty() {
                    return Judged::without_notes(Verdict::Empty);
                }
                let numbers = readings(text, &ask.unit);
                let near = |answer: f64| numbers.iter().any(|number| ask.tolerance.admits(answer, *number));
                if numbers.is_empty() {
                    return Judged::without_notes(Verdict::Unreadable);
                }
                let slip = ask.slips.iter().find(|slip| near(slip.answer)).map(|slip| &slip.explain);
                single(near(ask.answer), &ask.explain, slip.unwrap_or(&ask.otherwise))
            }
            (Ask::Output { expected: Expected::Typed(ask), .. }, Given::Typed(text)) => {
                let text = tidied(text);
                if text.is_empty() {
                    return Judged::without_notes(Verdict::Empty);
                }
                let slip = ask.slips.iter().find(|slip| tidied(&slip.answer) == text).map(|slip| &slip.explain);
                single(text == tidied(&ask.answer), &ask.explain, slip.unwrap_or(&ask.otherwise))
            }
            (Ask::Order { items }, Given::Ordered(order)) => {
                let mut sorted = order.clone();
                sorted.sort_unstable();
                if !sorted.into_iter().eq(0..items.len()) {
                    return Judged::without_notes(Verdict::Empty);
                }
                let note = |(part, item): (usize, &super::Item)| Note {
                    part,
                    right: order[part] == part,
                    explain: item.explain.clone(),
                };
                Judged::of_notes(items.iter().enumerate().map(note).collect())
            }
            (Ask::Match { pairs }, Given::Matched(matched)) => {
                let complete = matched.len() == pairs.len();
                if !complete || matched.iter().any(|other| other.is_none_or(|other| other >= pairs.len())) {
                    return Judged::without_notes(Verdict::Empty);
                }
                let note = |(part, (pair, other)): (usize, (&super::Pair, &Option<usize>))| Note {
                    part,
                    right: other.is_some_and(|other| pairs[other].right == pair.right),
                    explain: pair.explain.clone(),
                };
                Judged::of_notes(pairs.iter().zip(matched).enumerate().map(note).collect())
            }
            _ => Judged::without_notes(Verdict::Empty),
        }
    }
}

impl Judged {
    fn without_notes(verdict: Verdict) -> Self {
        Self { verdict, notes: Vec::new() }
    }

    fn of_notes(notes: Vec<Note>) -> Self {
        Self { verdict: Verdict::of(notes.iter().all(|note| note.right)), notes }
    }
}

fn choices(options: &[Choice], chosen: &[usize]) -> Judged {
    if chosen.is_empty() {
        return Judged::without_notes(Verdict::Empty);
    }
    let all = options.iter().enumerate().all(|(index, option)| chosen.contains(&index) == option.correct);
    let note = |(part, option): (usize, &Choice)| Note { part, right: option.correct, explain: option.explain.clone() };
    Judged { verdict: Verdict::of(all), notes: options.iter().enumerate().map(note).collect() }
}

fn single(right: bool, explain: &str, otherwise: &str) -> Judged {
    let explain = if right { explain } else { otherwise }.to_owned();
    Judged { verdict: Verdict::of(right), notes: vec![Note { part: 0, right, explain }] }
}

/// A text without spaces at the ends of its lines and without empty lines around it.
fn tidied(text: &str) -> String {
    let lines: Vec<&str> = text.trim().lines().map(str::trim_end).collect();
    lines.join("\n")
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
