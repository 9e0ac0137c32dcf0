//! `exercise.toml`: goals to be reached in a lab of the lesson.

use super::{File, Of};
use crate::compile::{
    draft::{Draft, Source},
    toml_file::TomlFile,
};
use learn::practice::{Exercise, Goal};
use serde::Deserialize;
use toml::{Spanned, Table, Value};

/// So many hints stand between a task and its solution.
pub const HINTS: usize = 3;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileToml {
    #[serde(default)]
    exercise: Vec<ExerciseToml>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExerciseToml {
    id: Spanned<String>,
    title: Spanned<String>,
    task: Spanned<String>,
    objective: Spanned<Value>,
    lab: Spanned<String>,
    knobs: Option<Spanned<Table>>,
    #[serde(default)]
    goal: Vec<GoalToml>,
    #[serde(default)]
    hints: Vec<Spanned<String>>,
    solution: Spanned<String>,
    solution_knobs: Option<Spanned<Table>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GoalToml {
    that: Spanned<String>,
    says: Spanned<String>,
}

/// An exercise and the line of its lab's name.
pub type Read = (Exercise, usize);

/// Reads the exercises of a lesson.
pub fn read(of: Of, at: Source, draft: &mut Draft) -> Option<Vec<Read>> {
    let (file, text) = of.text("exercise.toml", at, draft)?;
    let toml = TomlFile { file: &file, first_line: 1, text: &text };
    let list: FileToml = toml.read(draft.faults)?;
    let mut file = File::new(toml, of.objectives, draft);
    if list.exercise.is_empty() {
        file.fault(1, "the file has no exercise; a lesson has at least one");
    }
    Some(list.exercise.iter().map(|exercise| one(exercise, of.slug, &mut file)).collect())
}

fn one(toml: &ExerciseToml, slug: &str, file: &mut File) -> Read {
    let (id, line) = file.id("exercise", &toml.id);
    let title = toml.title.get_ref().trim().to_owned();
    if title.is_empty() {
        file.fault(file.line(&toml.title), "this text is empty");
    }
    if toml.goal.is_empty() {
        file.fault(line, format!("the exercise `{id}` has no goal; write [[exercise.goal]] with `that` and `says`"));
    }
    if toml.hints.len() != HINTS {
        let count = toml.hints.len();
        file.fault(
            line,
            format!("the exercise `{id}` has {count} hints; it needs {HINTS}, from a nudge to nearly all"),
        );
    }
    let mut hints = Vec::new();
    for (number, hint) in (1..).zip(&toml.hints) {
        let line = file.line(hint);
        hints.push(file.explanation(Some(hint), &format!("hint {number} of `{id}`"), line));
    }
    let mut goals = Vec::new();
    for goal in &toml.goal {
        let says = file.paragraph(&goal.says);
        goals.extend(file.condition(&goal.that).map(|that| Goal { that, says }));
    }
    let lab = toml.lab.get_ref().clone();
    let exercise = Exercise {
        id,
        slug: slug.to_owned(),
        title,
        task: file.prose(&toml.task),
        objectives: file.objectives(Some(&toml.objective)),
        knobs: file.knobs(&lab, toml.knobs.as_ref()),
        goals,
        hints,
        solution: file.prose(&toml.solution),
        solution_knobs: file.knobs(&lab, toml.solution_knobs.as_ref()),
        lab,
    };
    (exercise, file.line(&toml.lab))
}
