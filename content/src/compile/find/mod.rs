//! What helps to find and to understand: the glossary, the terms explained at their first use, the search's library.

mod glossary;
mod library;
mod names;
mod plain;
mod popovers;
mod terms;

pub use library::{gzip, pack};

use super::Book;
use learn::search::Library;
use std::path::Path;

/// Adds the glossary's page and the popovers to a book that has all other pages, and answers what can be found in it.
pub fn add(root: &Path, book: &mut Book) -> Library {
    let terms = terms::read(root, book);
    let library = library::collect(root, book, &terms);
    let places = glossary::Places::of(&book.site);
    let names = names::Names::of(&terms);
    if !terms.is_empty() {
        names::check_used(&terms, &names, &library, &mut book.faults);
        popovers::add(&terms, &names, &places, book);
        glossary::add(&terms, &places, book);
    }
    library
}
