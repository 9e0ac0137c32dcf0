//! `quiz.toml`, `exercise.toml` and `predict.toml` of a lesson's folder.

mod exercise;
mod fields;
pub mod page;
mod predict;
mod question;
pub mod quiz;
pub mod render;

use super::{draft::Source, escape, prose, toml_file::TomlFile};
use crate::compile::draft::Draft;
use std::{collections::BTreeSet, path::Path};
use toml::Spanned;

/// The shortest explanation, in characters, that can say why.
pub const SHORTEST_EXPLANATION: usize = 40;

/// The lesson that a file belongs to.
#[derive(Debug, Clone, Copy)]
pub struct Of<'a> {
    /// The project's folder.
    pub root: &'a Path,
    /// The lesson's folder, from there.
    pub folder: &'a str,
    /// Its slug.
    pub slug: &'a str,
    /// The language, where it is not English.
    pub lang: Option<&'a str>,
    /// How many objectives its front matter names.
    pub objectives: usize,
}

impl Of<'_> {
    /// The path and the text of a file of the folder, or a fault at the tag that asks for it.
    fn text(&self, name: &str, at: Source, draft: &mut Draft) -> Option<(String, String)> {
        let file = in_language(self.root, &format!("{}/{name}", self.folder), self.lang);
        match std::fs::read_to_string(self.root.join(&file)) {
            Ok(text) => Some((file, text)),
            Err(error) => {
                draft.faults.add(at.file, at.line, format!("`{file}` cannot be read: {error}"));
                None
            }
        }
    }
}

/// `quiz.de.toml` for `quiz.toml`, if there is one.
pub fn in_language(root: &Path, file: &str, lang: Option<&str>) -> String {
    let own = lang.and_then(|lang| Some(format!("{}.{lang}.toml", file.strip_suffix(".toml")?)));
    own.filter(|own| root.join(own).is_file()).unwrap_or_else(|| file.to_owned())
}

/// A file being read, and the ids that its entries have taken.
struct File<'a, 'd, 'f> {
    toml: TomlFile<'a>,
    objectives: usize,
    draft: &'d mut Draft<'f>,
    seen: BTreeSet<String>,
}

impl<'a, 'd, 'f> File<'a, 'd, 'f> {
    fn new(toml: TomlFile<'a>, objectives: usize, draft: &'d mut Draft<'f>) -> Self {
        Self { toml, objectives, draft, seen: BTreeSet::new() }
    }

    fn fault(&mut self, line: usize, sentence: impl Into<String>) {
        self.draft.faults.add(self.toml.file, line, sentence);
    }

    fn line<T>(&self, value: &Spanned<T>) -> usize {
        self.toml.line_of(&value.span())
    }

    /// Takes an id for an entry; `what` is "question", "exercise" or "prediction".
    fn id(&mut self, what: &str, id: &Spanned<String>) -> (String, usize) {
        let (line, id) = (self.line(id), id.get_ref().clone());
        if !escape::is_kebab(&id) {
            self.fault(line, format!("the {what} id `{id}` must be lower-case words joined by hyphens"));
        }
        if !self.seen.insert(id.clone()) {
            self.fault(line, format!("two {what}s have the id `{id}`"));
        }
        (id, line)
    }

    /// A value of the file as HTML within a line.
    fn paragraph(&mut self, text: &Spanned<String>) -> String {
        let line = self.line(text);
        if text.get_ref().trim().is_empty() {
            self.fault(line, "this text is empty");
            return String::new();
        }
        prose::inline(self.draft, Source { file: self.toml.file, line, text: text.get_ref() })
    }

    /// A value of the file as HTML of several paragraphs.
    fn prose(&mut self, text: &Spanned<String>) -> String {
        let line = self.line(text);
        if text.get_ref().trim().is_empty() {
            self.fault(line, "this text is empty");
        }
        // After three opening quotes the text begins on the next line.
        let source = Source { file: self.toml.file, line, text: text.get_ref() };
        prose::compile(self.draft, source).trim().to_owned()
    }

    /// An explanation as HTML; `of` names what it explains, and `line` is where that stands.
    fn explanation(&mut self, text: Option<&Spanned<String>>, of: &str, line: usize) -> String {
        let length = text.map_or(0, |text| text.get_ref().trim().chars().count());
        if length < SHORTEST_EXPLANATION {
            let sentence = format!(
                "{of} has an explanation of {length} characters; say why it is right or wrong in at least {SHORTEST_EXPLANATION}"
            );
            self.fault(line, sentence);
        }
        text.map(|text| self.paragraph(text)).unwrap_or_default()
    }
}
