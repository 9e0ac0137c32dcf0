//! `content/glossary.toml`: every term once, with its names and where it is shown.

use super::super::{
    Book,
    draft::{Draft, Link, Source},
    escape, prose,
    toml_file::TomlFile,
};
use serde::Deserialize;
use std::{collections::BTreeMap, path::Path};
use toml::Spanned;

/// Where the glossary is written.
pub const FILE: &str = "content/glossary.toml";
/// Where its page lies.
pub const PATH: &str = "glossary/";

/// A term of the glossary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// Its anchor on the glossary's page.
    pub id: String,
    /// As it stands in a sentence.
    pub term: String,
    /// Other names.
    pub aliases: Vec<String>,
    /// One or two sentences, as HTML.
    pub html: String,
    /// Places of the site that show it, from its root.
    pub see: Vec<String>,
    /// The lesson of the tree that teaches it.
    pub lesson: Option<String>,
    /// Its line in the file.
    pub line: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GlossaryToml {
    #[serde(default)]
    term: Vec<TermToml>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TermToml {
    id: Spanned<String>,
    term: String,
    #[serde(default)]
    aliases: Vec<String>,
    text: Spanned<String>,
    #[serde(default)]
    see: Vec<Spanned<String>>,
    lesson: Option<Spanned<String>>,
}

impl Term {
    /// The term and its other names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        [&self.term].into_iter().chain(&self.aliases).map(String::as_str)
    }
}

/// Reads the glossary, in the order of its page. A project without one has no terms.
pub fn read(root: &Path, book: &mut Book) -> Vec<Term> {
    let Ok(text) = std::fs::read_to_string(root.join(FILE)) else { return Vec::new() };
    let toml = TomlFile { file: FILE, first_line: 1, text: &text };
    let Some(glossary) = toml.read::<GlossaryToml>(&mut book.faults) else { return Vec::new() };
    let mut terms = Vec::new();
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    for entry in glossary.term {
        let line = toml.line_of(&entry.id.span());
        let id = entry.id.into_inner();
        if !escape::is_kebab(&id) {
            book.faults.add(FILE, line, format!("the id `{id}` must be lower-case words joined by hyphens"));
        }
        if entry.see.is_empty() && entry.lesson.is_none() {
            let sentence =
                format!("`{id}` leads nowhere: give it `see`, a list of places, or `lesson`, a lesson's slug");
            book.faults.add(FILE, line, sentence);
        }
        for (kind, name) in
            [("id", &id), ("name", &entry.term)].into_iter().chain(entry.aliases.iter().map(|n| ("name", n)))
        {
            let other = known.insert(format!("{kind} {}", name.to_lowercase()), id.clone());
            if let Some(other) = other {
                book.faults.add(FILE, line, format!("the {kind} `{name}` is already used by the term `{other}`"));
            }
            if !name.is_ascii() {
                book.faults.add(
                    FILE,
                    line,
                    format!("the {kind} `{name}` must be plain ASCII, so that it can be found"),
                );
            }
        }
        if let Some(slug) = entry.lesson.as_ref().filter(|slug| !book.knows_lesson(slug.get_ref())) {
            let sentence = format!("`{}` is no lesson of the tree", slug.get_ref());
            book.faults.add(FILE, toml.line_of(&slug.span()), sentence);
        }
        for place in &entry.see {
            let (line, target) = (toml.line_of(&place.span()), place.get_ref().trim_start_matches("./").to_owned());
            book.links.push(Link { file: FILE.to_owned(), line, target, image: false });
        }
        let text_line = toml.line_of(&entry.text.span());
        let mut draft = Draft::new(PATH, &mut book.faults);
        let html = prose::inline(&mut draft, Source { file: FILE, line: text_line, text: entry.text.get_ref() });
        book.links.extend(draft.links);
        terms.push(Term {
            id,
            term: entry.term,
            aliases: entry.aliases,
            html,
            see: entry.see.into_iter().map(Spanned::into_inner).collect(),
            lesson: entry.lesson.map(Spanned::into_inner),
            line,
        });
    }
    terms.sort_by_key(|term| term.term.to_lowercase());
    terms
}
