//! Lessons as data, and the compiler that turns their Markdown into pages.
//!
//! The types here say what a course, a page and a quiz are. `compile` (feature `compiler`, on by
//! default) reads `content/` and fills the site's shell; the page's wasm links the types alone.

mod block;
mod course;
mod route;
mod site;

#[cfg(feature = "compiler")]
pub mod compile;
#[cfg(feature = "compiler")]
pub mod coverage;

pub use block::{Block, Language, Listing, Note, Panel};
pub use course::{Badge, Course, Entry, Module, Row, Track};
pub use learn::practice::{Choice, Exercise, Prediction, Question, Quiz};
pub use route::{Leg, Route, Unit};
pub use site::{Kind, Lesson, Page, Site, Translation};
