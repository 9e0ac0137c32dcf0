//! The exercises and predictions of one lesson, and which of them its text shows.

use super::{Of, exercise, predict};
use crate::compile::draft::{Draft, Source};
use learn::practice::{Exercise, Prediction};

/// An entry of a file, and whether a tag has shown it.
#[derive(Debug)]
struct Entry<T> {
    it: T,
    /// Where its file names the lab.
    lab_line: usize,
    shown: bool,
}

/// What the lesson's folder holds beside the quiz.
#[derive(Debug, Default)]
pub struct Shelf {
    exercises: Vec<Entry<Exercise>>,
    predictions: Vec<Entry<Prediction>>,
    /// Files that are there and could not be read: what they lack is not reported as well.
    broken: Vec<&'static str>,
}

impl<T> Entry<T> {
    fn new((it, lab_line): (T, usize)) -> Self {
        Self { it, lab_line, shown: false }
    }
}

impl Shelf {
    /// Reads the files that are there; `at` is the lesson's file.
    pub fn read(of: Of, at: Source, draft: &mut Draft) -> Self {
        let mut shelf = Self::default();
        let is_there = |name: &str| of.root.join(of.folder).join(name).is_file();
        if is_there("exercise.toml") {
            match exercise::read(of, at, draft) {
                Some(read) => shelf.exercises = read.into_iter().map(Entry::new).collect(),
                None => shelf.broken.push("exercise"),
            }
        }
        if is_there("predict.toml") {
            match predict::read(of, at, draft) {
                Some(read) => shelf.predictions = read.into_iter().map(Entry::new).collect(),
                None => shelf.broken.push("predict"),
            }
        }
        shelf
    }

    /// The exercise that `{{exercise ID}}` shows.
    pub fn exercise(&mut self, id: &str, at: Source, draft: &mut Draft) -> Option<Exercise> {
        let entry = self.exercises.iter_mut().find(|entry| entry.it.id == id);
        show(entry, id, "exercise", self.broken.contains(&"exercise"), at, draft)
    }

    /// The prediction that `{{predict ID}}` shows: before its lab, or there is nothing to predict.
    pub fn prediction(&mut self, id: &str, at: Source, draft: &mut Draft) -> Option<Prediction> {
        let entry = self.predictions.iter_mut().find(|entry| entry.it.id == id);
        let prediction = show(entry, id, "predict", self.broken.contains(&"predict"), at, draft)?;
        if draft.labs.iter().any(|lab| lab.name == prediction.lab) {
            let sentence =
                format!("the prediction `{id}` must stand before the lab `{}` that answers it", prediction.lab);
            draft.faults.add(at.file, at.line, sentence);
        }
        Some(prediction)
    }

    /// Notes what the lesson lacks: an exercise, a tag for an entry, or the lab that an entry needs.
    pub fn is_whole(&self, of: Of, file: &str, draft: &mut Draft) {
        if self.exercises.is_empty() && !of.root.join(of.folder).join("exercise.toml").is_file() {
            draft.faults.add(file, 0, "a lesson has at least one exercise: add {{exercise ID}} and exercise.toml");
        }
        let exercises =
            self.exercises.iter().map(|entry| ("exercise", &entry.it.id, &entry.it.lab, entry.lab_line, entry.shown));
        let predictions =
            self.predictions.iter().map(|entry| ("predict", &entry.it.id, &entry.it.lab, entry.lab_line, entry.shown));
        for (tag, id, lab, line, shown) in exercises.chain(predictions) {
            let toml = format!("{}/{tag}.toml", of.folder);
            if !shown {
                draft.faults.add(&toml, line, format!("`{id}` is not shown; write {{{{{tag} {id}}}}} in the lesson"));
            } else if !draft.labs.is_empty() && !draft.labs.iter().any(|found| found.name == *lab) {
                draft.faults.add(&toml, line, format!("`{id}` needs the lab `{lab}`, which is not on the page"));
            }
        }
    }
}

fn show<T: Clone>(
    entry: Option<&mut Entry<T>>,
    id: &str,
    tag: &str,
    is_broken: bool,
    at: Source,
    draft: &mut Draft,
) -> Option<T> {
    if draft.heading < 2 {
        draft.faults.add(at.file, at.line, "this tag must stand below a heading: its own heading is one of level 3");
    }
    match entry {
        None if is_broken => {}
        None => draft.faults.add(at.file, at.line, format!("{tag}.toml has no `{id}`")),
        Some(entry) if entry.shown => draft.faults.add(at.file, at.line, format!("`{id}` is shown twice")),
        Some(entry) => {
            entry.shown = true;
            draft.claim(&format!("{tag}-{id}"), at.file, at.line);
            draft.claim(&format!("{tag}-{id}-title"), at.file, at.line);
            return Some(entry.it.clone());
        }
    }
    None
}
