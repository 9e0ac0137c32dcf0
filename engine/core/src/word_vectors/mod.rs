//! Word vectors learned from plain text: word2vec's skip-gram with negative sampling, and GloVe.
//!
//! Start with [`skip_gram`], whose one step is the whole idea. [`text`] turns a text into numbered
//! words, [`space`] answers who is near whom, and [`plane`] and [`tsne`] make maps. [`published`]
//! reads vectors that others have learned.

pub mod glove;
pub mod invented;
pub mod plane;
pub mod published;
pub mod skip_gram;
pub mod space;
pub mod text;
pub mod tsne;
