//! TOML with faults that name file and line.

use super::fault::Faults;
use serde::de::DeserializeOwned;
use std::ops::Range;

/// A TOML text and where it stands.
#[derive(Debug, Clone, Copy)]
pub struct TomlFile<'a> {
    /// The file, from the project's root.
    pub file: &'a str,
    /// The line of the file on which the text begins.
    pub first_line: usize,
    /// The TOML.
    pub text: &'a str,
}

impl TomlFile<'_> {
    /// The line of the file that a stretch begins on.
    pub fn line_of(&self, span: &Range<usize>) -> usize {
        let end = span.start.min(self.text.len());
        self.first_line + self.text.as_bytes()[..end].iter().filter(|byte| **byte == b'\n').count()
    }

    /// The line on which a top-level key is set, or the first line.
    pub fn line_of_key(&self, key: &str) -> usize {
        let sets = |line: &str| line.split_once('=').is_some_and(|(name, _)| name.trim() == key);
        self.first_line + self.text.lines().position(sets).unwrap_or(0)
    }

    /// Reads the text, or notes what is wrong with it.
    pub fn read<T: DeserializeOwned>(&self, faults: &mut Faults) -> Option<T> {
        toml::from_str(self.text)
            .map_err(|error| {
                let line = error.span().map_or(self.first_line, |span| self.line_of(&span));
                let sentence = error.message().trim().replace('\n', "; ");
                faults.add(self.file, line, sentence);
            })
            .ok()
    }
}
