//! A file that is being written, with a note on each of its fields.

use serde::{Deserialize, Serialize};

/// What a field is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Part {
    /// Which kind of file this is, and how long its parts are.
    Start,
    /// Sizes and other settings of the model.
    Settings,
    /// From text to numbers and back.
    Tokenizer,
    /// What is computed, step by step.
    Graph,
    /// The names, shapes and places of the tensors.
    Table,
    /// Zeros, so that the next part begins at a round number.
    Padding,
    /// The numbers themselves.
    Weights,
}

impl Part {
    /// Every part, in the order in which a page lists them.
    pub const ALL: [Self; 7] =
        [Self::Start, Self::Settings, Self::Tokenizer, Self::Graph, Self::Table, Self::Padding, Self::Weights];
}

/// One field of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// What it is there for.
    pub part: Part,
    /// Its name in the format.
    pub name: String,
    /// What it says, as far as that fits a line.
    pub says: String,
    /// Where it begins.
    pub at: u64,
    /// How many bytes it takes.
    pub length: u64,
}

/// A whole file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Written {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its fields in their order; together they cover every byte once.
    pub fields: Vec<Field>,
}

/// No more characters of a value are noted.
const LONGEST: usize = 72;

impl Written {
    /// Adds a field.
    pub(super) fn field(&mut self, part: Part, name: impl Into<String>, says: impl Into<String>, bytes: &[u8]) {
        let (at, length) = (self.bytes.len() as u64, bytes.len() as u64);
        self.fields.push(Field { part, name: name.into(), says: clipped(says.into()), at, length });
        self.bytes.extend_from_slice(bytes);
    }

    /// Adds zeros up to a multiple of `alignment`, as a field of its own.
    pub(super) fn pad(&mut self, alignment: usize) {
        let missing = self.bytes.len().next_multiple_of(alignment) - self.bytes.len();
        if missing > 0 {
            self.field(Part::Padding, "padding", format!("up to a multiple of {alignment}"), &vec![0; missing]);
        }
    }

    /// Adds all fields of another piece.
    pub(super) fn append(&mut self, other: Self) {
        let before = self.bytes.len() as u64;
        self.fields.extend(other.fields.into_iter().map(|field| Field { at: field.at + before, ..field }));
        self.bytes.extend(other.bytes);
    }
}

/// The beginning of a text, on one line.
fn clipped(text: String) -> String {
    let plain: String = text.chars().take(LONGEST + 1).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(LONGEST).is_none() {
        return plain;
    }
    plain.chars().take(LONGEST - 1).chain(['…']).collect()
}
