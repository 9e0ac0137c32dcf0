//! `quiz.toml`: the questions of a lesson.

use super::{File, Of, question};
use crate::compile::{
    draft::{Draft, Source},
    toml_file::TomlFile,
};
use learn::practice::Quiz;
use serde::Deserialize;

/// The fewest questions of a lesson.
pub const FEWEST_QUESTIONS: usize = 3;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct QuizToml {
    #[serde(default)]
    question: Vec<question::QuestionToml>,
}

/// Reads the quiz of a lesson.
pub fn read(of: Of, at: Source, draft: &mut Draft) -> Option<Quiz> {
    let (file, text) = of.text("quiz.toml", at, draft)?;
    let toml = TomlFile { file: &file, first_line: 1, text: &text };
    let quiz: QuizToml = toml.read(draft.faults)?;
    let mut file = File::new(toml, of.objectives, draft);
    let count = quiz.question.len();
    if count < FEWEST_QUESTIONS {
        file.fault(1, format!("the quiz has {count} questions; a lesson asks at least {FEWEST_QUESTIONS}"));
    }
    let questions = quiz.question.into_iter().map(|question| question::read(&question, &mut file)).collect();
    Some(Quiz { slug: of.slug.to_owned(), questions })
}
