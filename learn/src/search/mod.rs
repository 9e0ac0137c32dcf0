//! Full-text search over the site: our own BM25 over weighted fields, small enough to read in one sitting.
//!
//! The content compiler writes a [`Library`] (what can be found, with its text) to `search.json`; the page builds an
//! [`Index`] of it in a few milliseconds, so no index travels over the network beside the text. The last word of a
//! query may be unfinished, and a longer word may have one slip of the finger in it.

mod bm25;
mod find;
mod index;
mod library;
mod slip;
mod snippet;
mod words;

pub use bm25::{B, K1, idf, saturated};
pub use find::{Hit, MOST};
pub use index::{Index, Weights};
pub use library::{Entry, Kind, Library};
pub use slip::within_one_slip;
pub use snippet::{Marked, mark, snippet};
pub use words::{Word, stem, words};
