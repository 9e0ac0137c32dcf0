//! Writes the pages and the list of them.

use super::{Shell, course_json, find};
use crate::Site;
use learn::search::Library;
use serde_json::json;
use std::{fs, io, path::Path};

/// Writes every page below `out`; `pages.json`, the list of `{path, title, summary}`; and `course.json` for the desk.
///
/// # Errors
/// If a folder or file cannot be written.
pub fn write_site(site: &Site, shell: &Shell, out: &Path, base: &str) -> io::Result<()> {
    for page in &site.pages {
        let file = out.join(page.file());
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(file, shell.fill(site, page, base))?;
    }
    for (translation, page) in site.translated() {
        let file = out.join(page.file());
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(file, shell.translated(site, translation, page, base))?;
    }
    let course = serde_json::to_string(&course_json::course(site))?;
    fs::write(out.join("course.json"), course + "\n")?;
    let all = site.pages.iter().chain(site.translated().map(|(_, page)| page));
    let pages = all.map(|page| json!({"path": page.path, "title": page.title, "summary": page.summary}));
    let list = serde_json::to_string_pretty(&pages.collect::<Vec<_>>())?;
    fs::write(out.join("pages.json"), list + "\n")
}

/// Writes what the search finds to `search.json`.
///
/// # Errors
/// If the file cannot be written.
pub fn write_library(library: &Library, out: &Path) -> io::Result<()> {
    fs::write(out.join("search.json"), find::pack(library) + "\n")
}
