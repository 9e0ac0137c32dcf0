//! The six kinds of question, as a page carries them.

use super::Tolerance;
use serde::{Deserialize, Serialize};

/// The questions of one lesson.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quiz {
    /// The lesson's slug: the key under which a score is kept.
    pub slug: String,
    /// In the order in which they are asked.
    pub questions: Vec<Question>,
}

/// One question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Unique within the quiz, in kebab-case.
    pub id: String,
    /// The question, as HTML.
    pub prompt: String,
    /// The objectives of the lesson that it asks about, counted from one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub objectives: Vec<u8>,
    /// What is to be answered.
    pub ask: Ask,
}

/// What kind of answer a question wants.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Ask {
    /// One option is right.
    Single {
        /// What the learner chooses from.
        options: Vec<Choice>,
    },
    /// All right options, and no other, must be chosen.
    Multiple {
        /// What the learner chooses from.
        options: Vec<Choice>,
    },
    /// A number within a tolerance.
    Number(NumberAsk),
    /// Items to be put in order.
    Order {
        /// In the right order.
        items: Vec<Item>,
    },
    /// Left sides, each with the right side that belongs to it.
    Match {
        /// As they belong together.
        pairs: Vec<Pair>,
    },
    /// What a short program prints.
    Output {
        /// The language's name as a reader sees it.
        language: String,
        /// The program, as highlighted HTML.
        program: String,
        /// How it is answered.
        expected: Expected,
    },
}

/// How the output of a program is answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Expected {
    /// The learner types it.
    Typed(TextAsk),
    /// The learner chooses it.
    Chosen(Vec<Choice>),
}

/// One option.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// The option, as HTML.
    pub text: String,
    /// Choosing it is right.
    pub correct: bool,
    /// Why it is right or wrong, as HTML.
    pub explain: String,
}

/// A number that is asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NumberAsk {
    /// The right number.
    pub answer: f64,
    /// How far from it an answer may be.
    pub tolerance: Tolerance,
    /// What is counted, such as `nats`; may be empty.
    pub unit: String,
    /// How one gets the right number, as HTML.
    pub explain: String,
    /// What to think about after any other number, as HTML.
    pub otherwise: String,
    /// Wrong numbers that tell which slip led to them.
    pub slips: Vec<Slip<f64>>,
}

/// A text that is asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextAsk {
    /// The right text.
    pub answer: String,
    /// How one gets it, as HTML.
    pub explain: String,
    /// What to think about after any other text, as HTML.
    pub otherwise: String,
    /// Wrong texts that tell which slip led to them.
    pub slips: Vec<Slip<String>>,
}

/// A wrong answer that many give, and why it is wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Slip<T> {
    /// The wrong answer.
    pub answer: T,
    /// What went wrong on the way to it, as HTML.
    pub explain: String,
}

/// Something that has a place in an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// The item, as HTML.
    pub text: String,
    /// Why it stands where it stands, as HTML.
    pub explain: String,
}

/// Two things that belong together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pair {
    /// Stays where it is, as HTML.
    pub left: String,
    /// Is chosen for it, as plain text (it stands in a list of the browser).
    pub right: String,
    /// Why they belong together, as HTML.
    pub explain: String,
}

impl Question {
    /// The options, where the question is answered by choosing.
    pub fn options(&self) -> Option<&[Choice]> {
        match &self.ask {
            Ask::Single { options } | Ask::Multiple { options } => Some(options),
            Ask::Output { expected: Expected::Chosen(options), .. } => Some(options),
            _ => None,
        }
    }

    /// The name of the kind, as `quiz.toml` has it.
    pub fn kind(&self) -> &'static str {
        match self.ask {
            Ask::Single { .. } => "single",
            Ask::Multiple { .. } => "multiple",
            Ask::Number(_) => "number",
            Ask::Order { .. } => "order",
            Ask::Match { .. } => "match",
            Ask::Output { .. } => "output",
        }
    }
}
