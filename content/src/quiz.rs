//! A lesson's quiz, in the form the page reads from `data-quiz`.

use serde::{Deserialize, Serialize};

/// The questions at the end of one lesson.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quiz {
    /// The lesson's slug: the key under which a score is kept.
    pub slug: String,
    /// In the order in which they are asked.
    pub questions: Vec<Question>,
}

/// One question with everything one may answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Unique within the quiz, in kebab-case.
    pub id: String,
    /// The question, as HTML.
    pub prompt: String,
    /// Several answers may be right, and all of them must be chosen.
    pub multiple: bool,
    /// What the learner chooses from.
    pub options: Vec<Answer>,
}

/// One option of a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The option, as HTML.
    pub text: String,
    /// Choosing it is right.
    pub correct: bool,
    /// Why it is right or wrong, as HTML.
    pub explain: String,
}
