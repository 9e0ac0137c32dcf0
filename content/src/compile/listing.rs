//! `{{tabs NAME}}`: one algorithm in three languages, with remarks on single lines.

use super::{
    draft::{Draft, Source},
    fault::Faults,
    practice, prose, snippet,
    toml_file::TomlFile,
};
use crate::{Language, Listing, Note, Panel};
use serde::Deserialize;
use std::{collections::BTreeMap, path::Path};
use toml::Spanned;

/// `<name>.notes.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Notes {
    /// What the listing computes.
    caption: Spanned<String>,
    /// `FILE#ANCHOR` of project source to show instead of `<name>.rs`.
    rust: Option<Spanned<String>>,
    /// Per language: a line number, or a text that stands on exactly one line, and the remark.
    notes: BTreeMap<String, BTreeMap<String, Spanned<String>>>,
}

/// Reads a listing from its lesson's folder, given from the project's root.
pub fn read(of: practice::Of, name: &str, at: Source, draft: &mut Draft) -> Option<Listing> {
    let (root, folder) = (of.root, of.folder);
    let file = practice::in_language(root, &format!("{folder}/{name}.notes.toml"), of.lang);
    let text = match std::fs::read_to_string(root.join(&file)) {
        Ok(text) => text,
        Err(error) => {
            draft.faults.add(at.file, at.line, format!("`{file}` cannot be read: {error}"));
            return None;
        }
    };
    let toml = TomlFile { file: &file, first_line: 1, text: &text };
    let notes: Notes = toml.read(draft.faults)?;
    for key in notes.notes.keys().filter(|key| !Language::ALL.iter().any(|language| language.key() == *key)) {
        draft.faults.add(&file, 1, format!("`notes.{key}` is not a language; they are rust, python and csharp"));
    }
    let caption_line = toml.line_of(&notes.caption.span());
    let caption = prose::inline(draft, Source { file: &file, line: caption_line, text: notes.caption.get_ref() });
    let mut panels = Vec::new();
    for language in Language::ALL {
        let Some((origin, source)) = source(root, folder, name, language, &notes, toml, draft.faults) else {
            continue;
        };
        let remarks = notes.notes.get(language.key());
        let notes = remarks.map(|remarks| lines(remarks, &source, toml, draft)).unwrap_or_default();
        if remarks.is_none_or(BTreeMap::is_empty) {
            draft.faults.add(&file, 1, format!("the listing has no notes for {}", language.label()));
        }
        panels.push(Panel { language, origin, source, notes });
    }
    Some(Listing { name: name.to_owned(), caption, level: (draft.heading + 1).min(4), panels })
}

/// The text of one language's version and where it comes from.
fn source(
    root: &Path,
    folder: &str,
    name: &str,
    language: Language,
    notes: &Notes,
    toml: TomlFile,
    faults: &mut Faults,
) -> Option<(String, String)> {
    if let (Language::Rust, Some(target)) = (language, &notes.rust) {
        return match snippet::read(root, target.get_ref()) {
            Ok(source) => Some((target.get_ref().clone(), source)),
            Err(sentence) => {
                faults.add(toml.file, toml.line_of(&target.span()), sentence);
                None
            }
        };
    }
    let origin = format!("{folder}/{name}.{}", language.extension());
    match std::fs::read_to_string(root.join(&origin)) {
        Ok(source) => Some((origin, source.trim_end().to_owned())),
        Err(error) => {
            faults.add(toml.file, 1, format!("`{origin}` cannot be read: {error}"));
            None
        }
    }
}

/// The remarks with their lines found, in the order of the lines.
fn lines(remarks: &BTreeMap<String, Spanned<String>>, source: &str, toml: TomlFile, draft: &mut Draft) -> Vec<Note> {
    let mut notes = Vec::new();
    for (key, remark) in remarks {
        let line = toml.line_of(&remark.span());
        match find(key, source) {
            Ok(number) => {
                let html = prose::inline(draft, Source { file: toml.file, line, text: remark.get_ref() });
                notes.push(Note { line: number, html });
            }
            Err(sentence) => draft.faults.add(toml.file, line, sentence),
        }
    }
    notes.sort_by_key(|note| note.line);
    notes
}

/// The line, counted from one, that a note's key means.
fn find(key: &str, source: &str) -> Result<usize, String> {
    if let Ok(number) = key.parse::<usize>() {
        let line = number.checked_sub(1).and_then(|index| source.lines().nth(index));
        return line
            .filter(|line| !line.trim().is_empty())
            .map(|_| number)
            .ok_or_else(|| format!("line {number} of the listing is empty or missing"));
    }
    let hits: Vec<usize> = (1..).zip(source.lines()).filter(|(_, line)| line.contains(key)).map(|(n, _)| n).collect();
    match hits[..] {
        [line] => Ok(line),
        _ => Err(format!("`{key}` stands on {} lines of the listing; a note needs exactly one", hits.len())),
    }
}
