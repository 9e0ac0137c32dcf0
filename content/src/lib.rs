//! Lessons as data, and the compiler that turns their Markdown into pages.
//!
//! The types here say what a course, a page and a quiz are. `compile` (feature `compiler`, on by
//! default) reads `content/` and fills the site's shell; the page's wasm links the types alone.

mod block;
mod course;
mod quiz;

#[cfg(feature = "compiler")]
pub mod compile;

pub use block::{Block, Language, Listing, Note, Panel};
pub use course::{Course, Kind, Lesson, Module, Page, Site};
pub use quiz::{Answer, Question, Quiz};
