//! What can be found: the format of `search.json`.

use serde::{Deserialize, Serialize};

/// Everything that can be found, in the order of the course.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Library {
    /// The version of this format.
    #[serde(rename = "v")]
    pub version: u32,
    /// What can be found.
    #[serde(rename = "e")]
    pub entries: Vec<Entry>,
}

/// One thing that can be found. The names in the file are single letters: there are hundreds of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What kind of thing it is.
    #[serde(rename = "k")]
    pub kind: Kind,
    /// Its title, as a reader sees it.
    #[serde(rename = "t")]
    pub title: String,
    /// What it stands in: the lesson of a section, the module of a planned lesson.
    #[serde(rename = "p", default, skip_serializing_if = "String::is_empty")]
    pub place: String,
    /// Where it is, from the site's root.
    #[serde(rename = "u")]
    pub path: String,
    /// Further names of it.
    #[serde(rename = "a", default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// What it says.
    #[serde(rename = "b", default, skip_serializing_if = "String::is_empty")]
    pub body: String,
}

/// Kinds of things that can be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// A whole lesson.
    #[serde(rename = "l")]
    Lesson,
    /// A page that is not a lesson.
    #[serde(rename = "p")]
    Page,
    /// A heading of a lesson or page, and what follows it.
    #[serde(rename = "s")]
    Section,
    /// A term of the glossary.
    #[serde(rename = "g")]
    Term,
    /// A lab.
    #[serde(rename = "i")]
    Lab,
    /// A lesson that is not written yet; it leads to the map.
    #[serde(rename = "m")]
    Planned,
}

impl Library {
    /// The version that this program reads and writes.
    pub const VERSION: u32 = 1;

    /// Reads `search.json`.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn read(json: &str) -> Result<Self, String> {
        let library: Self =
            serde_json::from_str(json).map_err(|error| format!("search.json cannot be read: {error}"))?;
        if library.version == Self::VERSION {
            Ok(library)
        } else {
            Err(format!("search.json has version {}; this page reads version {}", library.version, Self::VERSION))
        }
    }
}

impl Kind {
    /// How much a find of this kind counts beside others with the same words: what can be read now comes before
    /// what is only planned, a lesson before one of its sections, and both before a definition that mentions the word.
    pub fn worth(self) -> f64 {
        match self {
            Self::Lesson => 1.2,
            Self::Page | Self::Section | Self::Lab => 1.0,
            Self::Term => 0.7,
            Self::Planned => 0.4,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let entry = |kind, body: &str| Entry {
            kind,
            title: "Attention".into(),
            place: String::new(),
            path: "learn/attention/".into(),
            names: vec![],
            body: body.into(),
        };
        let library = Library {
            version: Library::VERSION,
            entries: vec![entry(Kind::Lesson, "Who looks at whom."), entry(Kind::Planned, "")],
        };
        let json = serde_json::to_string(&library).unwrap();
        assert_eq!(Library::read(&json).unwrap(), library);
        let newer = json.replace("\"v\":1", "\"v\":2");
        assert_eq!(Library::read(&newer).unwrap_err(), "search.json has version 2; this page reads version 1");
        assert!(Library::read("{}").unwrap_err().starts_with("search.json cannot be read"));
    }
}
