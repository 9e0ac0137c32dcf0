//! Compiles `content/` into pages and reports every fault at once, each with file and line.

mod assemble;
mod claims;
mod course_json;
mod curriculum;
mod draft;
mod escape;
mod fault;
mod find;
mod front;
mod highlight;
mod link;
mod listing;
mod lists;
mod math;
mod placement;
mod practice;
mod prose;
mod render;
mod route_page;
mod routes;
mod shell;
mod snippet;
mod tags;
mod toml_file;
mod translate;
mod write;

pub use draft::LabTag;
pub use fault::Fault;
pub use find::{gzip, pack};
pub use render::main_element;
pub use shell::Shell;
pub use write::{write_library, write_site};

use crate::Site;
use draft::Link;
use fault::Faults;
use learn::search::Library;
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
    /// What the search finds.
    pub library: Library,
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
    /// The language, where it is not English.
    lang: Option<String>,
}

impl Book {
    /// A file in the language of the book: `lesson.md`, `lesson.de.md`.
    fn file(&self, stem: &str, ending: &str) -> String {
        self.lang.as_ref().map_or_else(|| format!("{stem}.{ending}"), |lang| format!("{stem}.{lang}.{ending}"))
    }

    /// A path in the language of the book: `learn/`, `de/learn/`.
    fn path(&self, path: &str) -> String {
        self.lang.as_ref().map_or_else(|| path.to_owned(), |lang| format!("{lang}/{path}"))
    }

    /// Whether the tree has a lesson of that slug.
    fn knows_lesson(&self, slug: &str) -> bool {
        self.site.course.entry(slug).is_some()
    }
}

/// Compiles the content of the project at `root`, the folder that holds `content/`.
pub fn compile(root: &Path) -> Compiled {
    let mut book = Book::default();
    book.site.course = curriculum::read(root, &mut book.faults);
    let slugs: Vec<String> = book.site.course.entries().map(|entry| entry.slug.clone()).collect();
    for slug in slugs.iter().filter(|slug| root.join("content/lessons").join(slug).is_dir()) {
        assemble::lesson(root, slug, &mut book);
    }
    book.site.routes = routes::read(root, &book.site.course, &mut book.faults);
    for name in page_names(root, &mut book.faults) {
        assemble::page(root, &name, &mut book);
    }
    let paths: Vec<_> = book.site.routes.iter().map(|route| route_page::page(&book.site, route)).collect();
    for page in paths {
        book.ids.insert(page.path.clone(), BTreeSet::new());
        book.site.pages.push(page);
    }
    let library = find::add(root, &mut book);
    book.site.translations = translate::all(root, &mut book);
    link::check(root, &book.ids, &book.links, &mut book.faults);
    Compiled { site: book.site, faults: book.faults.into_sorted(), labs: book.labs, library }
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
    // `home.de` is the German edition of `home`.
    let mut names: Vec<String> = names.filter(|name| !name.contains('.')).collect();
    names.sort();
    names
}
