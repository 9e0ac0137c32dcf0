//! `content/curriculum/`: the tree of lessons and the rows of the sources, checked against each other and the folders.

use super::{escape, fault::Faults, toml_file::TomlFile};
use crate::{Badge, Course, Entry, Module, Row, Track};
use serde::{Deserialize, de::DeserializeOwned};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};
use toml::Spanned;

const TREE: &str = "content/curriculum/tree.toml";
const ROWS: &str = "content/curriculum/rows.toml";
const LESSONS: &str = "content/lessons";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TreeToml {
    track: Vec<TrackToml>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TrackToml {
    slug: String,
    title: String,
    module: Vec<ModuleToml>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ModuleToml {
    slug: Spanned<String>,
    title: String,
    badge: Option<Badge>,
    weeks: Option<[u32; 2]>,
    #[serde(default)]
    builds_on: Vec<Spanned<String>>,
    goal: String,
    why: String,
    lessons: Vec<EntryToml>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EntryToml {
    slug: Spanned<String>,
    title: String,
    #[serde(default)]
    project: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RowsToml {
    row: Vec<RowToml>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RowToml {
    id: Spanned<String>,
    heading: String,
    lessons: Vec<Spanned<String>>,
}

/// Reads the tree and the rows; whatever does not fit together is a fault.
pub fn read(root: &Path, faults: &mut Faults) -> Course {
    let tracks = with_file(root, TREE, faults, |toml, faults, tree: TreeToml| {
        check_tree(&tree, toml, faults);
        tree.track.into_iter().map(track).collect()
    });
    let mut course = Course { tracks, rows: Vec::new() };
    if course.tracks.is_empty() {
        return course; // one fault says so; every row and folder would only repeat it
    }
    course.rows = with_file(root, ROWS, faults, |toml, faults, rows: RowsToml| {
        check_rows(&rows, &course, toml, faults);
        rows.row.into_iter().map(row).collect()
    });
    check_folders(root, &course, faults);
    course
}

/// The places in a list of lessons that name neither a lesson nor `@module`.
pub fn unknown<'a>(course: &Course, lessons: &'a [Spanned<String>]) -> Vec<&'a Spanned<String>> {
    let known = |name: &str| match name.strip_prefix('@') {
        Some(module) => course.module(module).is_some(),
        None => course.entry(name).is_some(),
    };
    lessons.iter().filter(|name| !known(name.get_ref())).collect()
}

/// What to say of a name that `unknown` found.
pub fn unknown_sentence(name: &str) -> String {
    match name.strip_prefix('@') {
        Some(module) => format!("`@{module}` means all lessons of a module, but {TREE} has no module `{module}`"),
        None => format!("`{name}` is no lesson of {TREE}"),
    }
}

fn with_file<T: DeserializeOwned, R>(
    root: &Path,
    file: &str,
    faults: &mut Faults,
    read: impl FnOnce(TomlFile, &mut Faults, T) -> Vec<R>,
) -> Vec<R> {
    let text = match std::fs::read_to_string(root.join(file)) {
        Ok(text) => text,
        Err(error) => {
            faults.add(file, 0, format!("this file of the curriculum cannot be read: {error}"));
            return Vec::new();
        }
    };
    let toml = TomlFile { file, first_line: 1, text: &text };
    let parsed = toml.read::<T>(faults);
    parsed.map(|parsed| read(toml, faults, parsed)).unwrap_or_default()
}

fn check_tree(tree: &TreeToml, toml: TomlFile, faults: &mut Faults) {
    let (mut seen, mut modules) = (BTreeSet::new(), BTreeSet::new());
    for module in tree.track.iter().flat_map(|track| &track.module) {
        if !modules.insert(module.slug.get_ref().as_str()) {
            let line = toml.line_of(&module.slug.span());
            faults.add(TREE, line, format!("the module `{}` is listed twice", module.slug.get_ref()));
        }
        for slug in module.lessons.iter().map(|lesson| &lesson.slug) {
            let (name, line) = (slug.get_ref(), toml.line_of(&slug.span()));
            if !escape::is_kebab(name) {
                faults.add(TREE, line, format!("the slug `{name}` must be lower-case words joined by hyphens"));
            }
            if !seen.insert(name.as_str()) {
                faults.add(TREE, line, format!("the lesson `{name}` is listed twice"));
            }
        }
    }
    let modules_of = tree.track.iter().flat_map(|track| &track.module);
    for name in modules_of.flat_map(|module| &module.builds_on) {
        if !modules.contains(name.get_ref().as_str()) {
            let sentence = format!("`{}` is no module, so nothing can build on it", name.get_ref());
            faults.add(TREE, toml.line_of(&name.span()), sentence);
        }
    }
}

fn check_rows(rows: &RowsToml, course: &Course, toml: TomlFile, faults: &mut Faults) {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for row in &rows.row {
        let (id, line) = (row.id.get_ref().as_str(), toml.line_of(&row.id.span()));
        if !is_row(id) {
            faults.add(ROWS, line, format!("`{id}` is not a row's id; ids look like 000.M4.L1"));
        }
        if let Some(first) = seen.insert(id, line) {
            faults.add(ROWS, line, format!("the row `{id}` stands on line {first} already"));
        }
        for name in unknown(course, &row.lessons) {
            faults.add(ROWS, toml.line_of(&name.span()), unknown_sentence(name.get_ref()));
        }
    }
}

/// Folders that are no lesson of the tree.
fn check_folders(root: &Path, course: &Course, faults: &mut Faults) {
    let entries = std::fs::read_dir(root.join(LESSONS)).into_iter().flatten().flatten();
    for name in entries.map(|entry| entry.file_name().to_string_lossy().into_owned()) {
        if course.entry(&name).is_none() {
            faults.add(
                &format!("{LESSONS}/{name}"),
                0,
                format!("this folder is no lesson of {TREE}; add it to a module"),
            );
        }
    }
}

/// Three digits, a dot, and a name.
fn is_row(id: &str) -> bool {
    id.split_once('.').is_some_and(|(document, name)| {
        document.len() == 3 && document.chars().all(|c| c.is_ascii_digit()) && !name.is_empty()
    })
}

fn track(track: TrackToml) -> Track {
    Track { slug: track.slug, title: track.title, modules: track.module.into_iter().map(module).collect() }
}

fn module(module: ModuleToml) -> Module {
    Module {
        slug: module.slug.into_inner(),
        title: module.title,
        badge: module.badge,
        weeks: module.weeks,
        builds_on: module.builds_on.into_iter().map(Spanned::into_inner).collect(),
        goal: module.goal,
        why: module.why,
        lessons: module.lessons.into_iter().map(entry).collect(),
    }
}

fn entry(entry: EntryToml) -> Entry {
    Entry { slug: entry.slug.into_inner(), title: entry.title, project: entry.project }
}

fn row(row: RowToml) -> Row {
    let lessons = row.lessons.into_iter().map(Spanned::into_inner).collect();
    Row { id: row.id.into_inner(), heading: row.heading, lessons }
}
