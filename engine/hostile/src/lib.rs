//! Files that are damaged, or made to do damage, for every loader of files from outside.
//!
//! [`all`] names them, each with the sentence that must refuse it. The same list runs natively and in a browser; the
//! sound files of [`Loader::sound`] are where fuzzing starts. Nothing of this is shipped.

mod files;
mod loaders;
mod mutate;
#[allow(dead_code, reason = "the unit tests of the format use all of it")]
#[path = "../../core/src/gguf/tests/writer.rs"]
pub mod writer;

pub use loaders::Loader;
pub use mutate::mutated;

/// A bad file.
#[derive(Debug, Clone)]
pub struct Fixture {
    /// Who must refuse it.
    pub loader: Loader,
    /// What is wrong with it.
    pub name: String,
    /// Its bytes. Where a loader takes two files, a zero byte stands between them.
    pub file: Vec<u8>,
    /// What the sentence must say.
    pub says: String,
}

/// Every bad file there is.
pub fn all() -> Vec<Fixture> {
    Loader::ALL.into_iter().flat_map(files::bad).collect()
}
