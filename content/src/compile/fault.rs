//! What is wrong with the content, and where.

use std::fmt;

/// One thing to correct before the site can be built.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The file, from the project's root.
    pub file: String,
    /// Counted from one; zero when the whole file is meant.
    pub line: usize,
    /// What is wrong and what to do about it.
    pub sentence: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line.max(1), self.sentence)
    }
}

/// Every fault found so far; nothing stops at the first.
#[derive(Debug, Default)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// Notes one fault.
    pub fn add(&mut self, file: &str, line: usize, sentence: impl Into<String>) {
        self.0.push(Fault { file: file.to_owned(), line, sentence: sentence.into() });
    }

    /// All of them, by file and line, each once.
    pub fn into_sorted(mut self) -> Vec<Fault> {
        self.0.sort();
        self.0.dedup();
        self.0
    }
}
