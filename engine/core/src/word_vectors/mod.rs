//! Word vectors learned from plain text: word2vec's skip-gram with negative sampling, and GloVe.
//!
//! Start with [`skip_gram`], whose one step is the whole idea. [`text`] turns a text into numbered
//! words, [`space`] answers who is near whom, and [`plane`] makes the map.

pub mod glove;
pub mod invented;
pub mod plane;
pub mod skip_gram;
pub mod space;
pub mod text;
