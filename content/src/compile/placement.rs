//! `content/placement.toml`: the quiz that finds out which modules a learner knows already.

use super::{
    draft::{Draft, Source},
    escape, prose,
    toml_file::TomlFile,
};
use crate::{Block, Course};
use learn::{
    itinerary::{Placement, Task},
    practice::{Ask, Choice, Question},
};
use serde::Deserialize;
use std::{collections::BTreeSet, fmt::Write, path::Path};
use toml::Spanned;

const FILE: &str = "content/placement.toml";
/// The shortest explanation, in characters, that can say why.
const SHORTEST_EXPLANATION: usize = 40;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlacementToml {
    question: Vec<QuestionToml>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct QuestionToml {
    id: Spanned<String>,
    module: String,
    prompt: Spanned<String>,
    option: Vec<OptionToml>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OptionToml {
    text: Spanned<String>,
    #[serde(default)]
    correct: bool,
    explain: Spanned<String>,
}

/// `{{placement}}`: the quiz as a part of the desk, with every question and answer readable without it.
pub fn read(root: &Path, course: &Course, at: Source, draft: &mut Draft) -> Option<Block> {
    let text = match std::fs::read_to_string(root.join(FILE)) {
        Ok(text) => text,
        Err(error) => {
            draft.faults.add(at.file, at.line, format!("`{FILE}` cannot be read: {error}"));
            return None;
        }
    };
    let toml = TomlFile { file: FILE, first_line: 1, text: &text };
    let quiz: PlacementToml = toml.read(draft.faults)?;
    let mut seen = BTreeSet::new();
    let tasks: Vec<Task> = quiz.question.iter().filter_map(|it| task(it, toml, course, &mut seen, draft)).collect();
    let placement = Placement { tasks };
    let json = serde_json::to_string(&placement).expect("texts and numbers");
    let id = "desk-placement".to_owned();
    draft.claim(&id, at.file, at.line);
    Some(Block::Desk { name: "placement".to_owned(), json, id, fallback: fallback(&placement) })
}

fn task(
    question: &QuestionToml,
    toml: TomlFile,
    course: &Course,
    seen: &mut BTreeSet<String>,
    draft: &mut Draft,
) -> Option<Task> {
    let (id, line) = (question.id.get_ref(), toml.line_of(&question.id.span()));
    if !escape::is_kebab(id) || !seen.insert(id.clone()) {
        draft.faults.add(FILE, line, format!("the id `{id}` must be kebab-case, and of one question only"));
    }
    if question.option.iter().filter(|option| option.correct).count() != 1 || question.option.len() < 3 {
        draft.faults.add(FILE, line, format!("the question `{id}` needs at least three options, one of them correct"));
    }
    let options = question.option.iter().map(|option| {
        let length = option.explain.get_ref().trim().chars().count();
        if length < SHORTEST_EXPLANATION {
            let sentence =
                format!("this explanation has {length} characters; say why in at least {SHORTEST_EXPLANATION}");
            draft.faults.add(FILE, toml.line_of(&option.explain.span()), sentence);
        }
        Choice {
            text: html(&option.text, toml, draft),
            correct: option.correct,
            explain: html(&option.explain, toml, draft),
        }
    });
    let ask = Ask::Single { options: options.collect() };
    let prompt = html(&question.prompt, toml, draft);
    let Some(module) = course.module(&question.module) else {
        draft.faults.add(FILE, line, format!("`{}` is no module of the tree", question.module));
        return None;
    };
    let question = Question { id: id.clone(), prompt, objectives: Vec::new(), ask };
    Some(Task { module: module.slug.clone(), title: module.title.clone(), question })
}

fn html(text: &Spanned<String>, toml: TomlFile, draft: &mut Draft) -> String {
    prose::inline(draft, Source { file: FILE, line: toml.line_of(&text.span()), text: text.get_ref() })
}

fn fallback(placement: &Placement) -> String {
    let mut out = String::from("<ol class=\"quiz-questions\">\n");
    for task in &placement.tasks {
        let _ = write!(
            out,
            "<li class=\"quiz-question\">\n<p class=\"quiz-prompt\">{}</p>\n<ul class=\"quiz-options\">\n",
            task.question.prompt
        );
        for option in task.options() {
            let _ = writeln!(out, "<li>{}</li>", option.text);
        }
        let _ = write!(
            out,
            "</ul>\n<details>\n<summary>Answer, and what it says about “{}”</summary>\n<ul class=\"quiz-answers\">\n",
            escape::html(&task.title)
        );
        for option in task.options() {
            let (class, verdict) = if option.correct { ("right", "Right") } else { ("wrong", "Wrong") };
            let _ = writeln!(
                out,
                "<li class=\"{class}\"><strong>{verdict}:</strong> {}<p>{}</p></li>",
                option.text, option.explain
            );
        }
        out.push_str("</ul>\n</details>\n</li>\n");
    }
    out.push_str("</ol>\n");
    out
}
