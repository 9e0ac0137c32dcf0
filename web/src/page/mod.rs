//! A page of the site: an article that the content compiler wrote, in which some places come alive.
//!
//! The text is never drawn by this program. It stays what the browser made of the HTML, so nothing moves and nothing is
//! painted twice. Listings get their tabs here; labs and the parts of the desk are other programs' to fill.

mod html;
mod tabs;

pub use tabs::watch;

use wasm_bindgen::JsCast;
use web_sys::{Document, HtmlElement};

/// An article of this site.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// For the tab and the history.
    pub title: String,
    /// The element, of this document or of one that was fetched.
    pub article: HtmlElement,
}

impl Page {
    /// The page that a document shows; `None` if it is not one of this site's pages.
    pub fn read(document: &Document) -> Option<Self> {
        let article = document.query_selector("main > article[data-page]").ok()??;
        Some(Self { title: document.title(), article: article.dyn_into().ok()? })
    }
}
