//! `quiz.toml` of a lesson's folder.

use super::{
    draft::{Draft, Source},
    escape, prose,
    toml_file::TomlFile,
};
use crate::{Answer, Question, Quiz};
use serde::Deserialize;
use std::{collections::BTreeSet, path::Path};
use toml::Spanned;

/// The fewest questions of a lesson.
pub const FEWEST_QUESTIONS: usize = 3;
/// The shortest explanation, in characters, that can say why.
pub const SHORTEST_EXPLANATION: usize = 40;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct QuizToml {
    #[serde(default)]
    question: Vec<QuestionToml>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct QuestionToml {
    id: Spanned<String>,
    prompt: Spanned<String>,
    #[serde(default)]
    multiple: bool,
    #[serde(default)]
    option: Vec<OptionToml>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OptionToml {
    text: Spanned<String>,
    #[serde(default)]
    correct: bool,
    #[serde(default)]
    explain: Option<Spanned<String>>,
}

/// Reads the quiz of a lesson's folder, given from the project's root.
pub fn read(root: &Path, folder: &str, slug: &str, at: Source, draft: &mut Draft) -> Option<Quiz> {
    let file = format!("{folder}/quiz.toml");
    let text = match std::fs::read_to_string(root.join(&file)) {
        Ok(text) => text,
        Err(error) => {
            draft.faults.add(at.file, at.line, format!("`{file}` cannot be read: {error}"));
            return None;
        }
    };
    let toml = TomlFile { file: &file, first_line: 1, text: &text };
    let quiz: QuizToml = toml.read(draft.faults)?;
    let count = quiz.question.len();
    if count < FEWEST_QUESTIONS {
        let sentence = format!("the quiz has {count} questions; a lesson asks at least {FEWEST_QUESTIONS}");
        draft.faults.add(&file, 1, sentence);
    }
    let mut seen = BTreeSet::new();
    let questions = quiz.question.into_iter().map(|question| {
        let (id, line) = (question.id.get_ref().clone(), toml.line_of(&question.id.span()));
        if !escape::is_kebab(&id) {
            draft.faults.add(&file, line, format!("the question id `{id}` must be lower-case words joined by hyphens"));
        }
        if seen.insert(id.clone()) {
            draft.claim(&format!("quiz-{id}"), &file, line);
        } else {
            draft.faults.add(&file, line, format!("two questions have the id `{id}`"));
        }
        self::question(question, line, toml, draft)
    });
    Some(Quiz { slug: slug.to_owned(), questions: questions.collect() })
}

fn question(question: QuestionToml, line: usize, toml: TomlFile, draft: &mut Draft) -> Question {
    let id = question.id.get_ref().clone();
    let correct = question.option.iter().filter(|option| option.correct).count();
    if question.option.len() < 2 {
        draft.faults.add(toml.file, line, format!("the question `{id}` needs at least two options"));
    }
    if !question.multiple && correct != 1 {
        let sentence =
            format!("the question `{id}` has {correct} correct options; it needs exactly one, or `multiple = true`");
        draft.faults.add(toml.file, line, sentence);
    } else if correct == 0 {
        draft.faults.add(toml.file, line, format!("the question `{id}` has no correct option"));
    }
    let prompt = paragraph(&question.prompt, toml, draft);
    let options = question.option.into_iter().map(|option| {
        let line = toml.line_of(&option.text.span());
        let length = option.explain.as_ref().map_or(0, |text| text.get_ref().trim().chars().count());
        if length < SHORTEST_EXPLANATION {
            let sentence = format!(
                "the option `{}` has an explanation of {length} characters; say why it is right or wrong in at least {SHORTEST_EXPLANATION}",
                option.text.get_ref()
            );
            draft.faults.add(toml.file, line, sentence);
        }
        Answer {
            text: paragraph(&option.text, toml, draft),
            correct: option.correct,
            explain: option.explain.map(|text| paragraph(&text, toml, draft)).unwrap_or_default(),
        }
    });
    let options = options.collect();
    Question { id, prompt, multiple: question.multiple, options }
}

/// A value of the file as HTML.
fn paragraph(text: &Spanned<String>, toml: TomlFile, draft: &mut Draft) -> String {
    if text.get_ref().trim().is_empty() {
        draft.faults.add(toml.file, toml.line_of(&text.span()), "this text is empty");
        return String::new();
    }
    prose::inline(draft, Source { file: toml.file, line: toml.line_of(&text.span()), text: text.get_ref() })
}
