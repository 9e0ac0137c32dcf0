//! `content/course.toml`: the order of the lessons, checked against the folders.

use super::{escape, fault::Faults, toml_file::TomlFile};
use crate::{Course, Module};
use serde::Deserialize;
use std::{collections::BTreeSet, path::Path};
use toml::Spanned;

const FILE: &str = "content/course.toml";
const LESSONS: &str = "content/lessons";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CourseToml {
    module: Vec<ModuleToml>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ModuleToml {
    title: String,
    summary: String,
    lessons: Vec<Spanned<String>>,
}

/// Reads the course; listed lessons without a folder and folders that are not listed are faults.
pub fn read(root: &Path, faults: &mut Faults) -> Course {
    let text = match std::fs::read_to_string(root.join(FILE)) {
        Ok(text) => text,
        Err(error) => {
            faults.add(FILE, 0, format!("the list of lessons cannot be read: {error}"));
            return Course::default();
        }
    };
    let toml = TomlFile { file: FILE, first_line: 1, text: &text };
    let Some(course) = toml.read::<CourseToml>(faults) else {
        return Course::default();
    };
    let mut listed = BTreeSet::new();
    for slug in course.module.iter().flat_map(|module| &module.lessons) {
        let (name, line) = (slug.get_ref(), toml.line_of(&slug.span()));
        if !escape::is_kebab(name) {
            faults.add(FILE, line, format!("the slug `{name}` must be lower-case words joined by hyphens"));
        }
        if !listed.insert(name.clone()) {
            faults.add(FILE, line, format!("the lesson `{name}` is listed twice"));
        } else if !root.join(LESSONS).join(name).is_dir() {
            faults.add(FILE, line, format!("the lesson `{name}` has no folder `{LESSONS}/{name}`"));
        }
    }
    let entries = std::fs::read_dir(root.join(LESSONS)).into_iter().flatten().flatten();
    for name in entries.map(|entry| entry.file_name().to_string_lossy().into_owned()) {
        if !listed.contains(&name) {
            faults.add(&format!("{LESSONS}/{name}"), 0, format!("this folder is not listed in {FILE}"));
        }
    }
    let modules = course.module.into_iter().map(|module| Module {
        title: module.title,
        summary: module.summary,
        lessons: module.lessons.into_iter().map(Spanned::into_inner).collect(),
    });
    Course { modules: modules.collect() }
}
