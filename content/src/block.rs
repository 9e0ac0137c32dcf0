//! What a page is made of, top to bottom.

use learn::practice::{Exercise, Prediction, Quiz};

/// One direct child of a page's article.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// Rendered Markdown.
    Prose(String),
    /// `{{lab NAME key=value …}}`: a place where the page mounts a lab.
    Lab {
        /// A name in the page's lab registry.
        name: String,
        /// How the page sets the lab's knobs: `key=value&key=value`.
        knobs: String,
        /// The element's id, so that prose can point at the lab.
        id: String,
    },
    /// `{{tabs NAME}}`: one listing in several languages.
    Tabs(Listing),
    /// `{{desk NAME key=value …}}`: a place that the desk fills.
    Desk {
        /// A name in the desk's list of parts.
        name: String,
        /// What the part is given, as JSON.
        json: String,
        /// The element's id.
        id: String,
        /// What is read where no script runs, as HTML.
        fallback: String,
    },
    /// `{{quiz}}`: the questions of the lesson's folder.
    Quiz(Quiz),
    /// `{{exercise ID}}`: a goal to be reached in one of the page's labs.
    Exercise(Exercise),
    /// `{{predict ID}}`: what the learner commits to before a lab answers.
    Predict(Prediction),
}

/// The same algorithm in several languages, with remarks on single lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// The name in the tag, and the id of the figure.
    pub name: String,
    /// What the listing computes, as HTML.
    pub caption: String,
    /// The level of the panels' headings: one below the heading above the listing.
    pub level: u8,
    /// In the order of `Language::ALL`.
    pub panels: Vec<Panel>,
}

/// One language's version of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Panel {
    /// What the source is written in.
    pub language: Language,
    /// Where the source stands in the repository.
    pub origin: String,
    /// The source as written.
    pub source: String,
    /// In the order of their lines.
    pub notes: Vec<Note>,
}

/// A remark on one line of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Counted from one.
    pub line: usize,
    /// The remark, as HTML.
    pub html: String,
}

/// A language that listings are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    /// Compiled and tested with this workspace.
    Rust,
    /// Run by the tests wherever `python3` exists.
    Python,
    /// Run by the tests wherever a C# compiler exists.
    CSharp,
}

impl Language {
    /// Every language, in the order of the tabs.
    pub const ALL: [Self; 3] = [Self::Rust, Self::Python, Self::CSharp];

    /// The name in `data-lang` and in `notes.toml`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::Python => "python",
            Self::CSharp => "csharp",
        }
    }

    /// The name a reader sees.
    pub fn label(self) -> &'static str {
        match self {
            Self::Rust => "Rust",
            Self::Python => "Python",
            Self::CSharp => "C#",
        }
    }

    /// The extension of its files, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Rust => "rs",
            Self::Python => "py",
            Self::CSharp => "cs",
        }
    }

    /// The language of a file, by its extension.
    pub fn of_path(path: &str) -> Option<Self> {
        let (_, extension) = path.rsplit_once('.')?;
        Self::ALL.into_iter().find(|language| language.extension() == extension)
    }
}
