//! Writes the pages and the list of them.

use super::Shell;
use crate::Site;
use serde_json::json;
use std::{fs, io, path::Path};

/// Writes every page below `out`, and `pages.json`, the list of `{path, title, summary}`.
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
    let pages = site.pages.iter().map(|page| json!({"path": page.path, "title": page.title, "summary": page.summary}));
    let list = serde_json::to_string_pretty(&pages.collect::<Vec<_>>())?;
    fs::write(out.join("pages.json"), list + "\n")
}
