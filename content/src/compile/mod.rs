//! Compiles `content/` into pages and reports every fault at once, each with file and line.

mod assemble;
mod course_file;
mod draft;
mod escape;
mod fault;
mod front;
mod highlight;
mod link;
mod listing;
mod math;
mod prose;
mod quiz;
mod render;
mod shell;
mod snippet;
mod tags;
mod toml_file;
mod write;

pub use draft::LabTag;
pub use fault::Fault;
pub use render::main_element;
pub use shell::Shell;
pub use write::write_site;

use crate::Site;
use draft::Link;
use fault::Faults;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// The course as compiled, and what is wrong with it.
#[derive(Debug)]
pub struct Compiled {
    /// As much as could be compiled; complete if there is no fault.
    pub site: Site,
    /// By file and line.
    pub faults: Vec<Fault>,
    /// Every `{{lab …}}` tag, to be checked by whoever knows the labs.
    pub labs: Vec<LabTag>,
}

/// What the pages so far have in common.
#[derive(Debug, Default)]
struct Book {
    site: Site,
    faults: Faults,
    labs: Vec<LabTag>,
    links: Vec<Link>,
    /// The ids of every page, by path.
    ids: BTreeMap<String, BTreeSet<String>>,
}

/// Compiles the content of the project at `root`, the folder that holds `content/`.
pub fn compile(root: &Path) -> Compiled {
    let mut book = Book::default();
    book.site.course = course_file::read(root, &mut book.faults);
    let slugs: Vec<String> = book.site.course.slugs().map(str::to_owned).collect();
    for slug in slugs.iter().filter(|slug| root.join("content/lessons").join(slug).is_dir()) {
        assemble::lesson(root, slug, &mut book);
    }
    for name in page_names(root, &mut book.faults) {
        assemble::page(root, &name, &mut book);
    }
    link::check(root, &book.ids, &book.links, &mut book.faults);
    Compiled { site: book.site, faults: book.faults.into_sorted(), labs: book.labs }
}

/// The names of the Markdown files in `content/pages`, sorted.
fn page_names(root: &Path, faults: &mut Faults) -> Vec<String> {
    let folder = "content/pages";
    let Ok(entries) = std::fs::read_dir(root.join(folder)) else {
        faults.add(folder, 0, "this folder holds the pages that are not lessons, and cannot be read");
        return Vec::new();
    };
    let names = entries.filter_map(|entry| {
        let name = entry.ok()?.file_name().to_string_lossy().into_owned();
        name.strip_suffix(".md").map(str::to_owned)
    });
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}
