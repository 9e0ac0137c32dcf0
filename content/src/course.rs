//! The course and the pages of the site.

use crate::Block;

/// Everything the site shows, compiled.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Site {
    /// The order of the lessons.
    pub course: Course,
    /// Every page: first the lessons in reading order, then the others by name.
    pub pages: Vec<Page>,
}

/// The lessons in reading order, under headings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Course {
    /// The headings of the course map.
    pub modules: Vec<Module>,
}

/// A run of lessons under one heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Module {
    /// The heading.
    pub title: String,
    /// One sentence under the heading.
    pub summary: String,
    /// Slugs, in reading order.
    pub lessons: Vec<String>,
}

/// One HTML file of the site.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// Where it lies below the site's root: `""` for home, `learn/attention-mechanism/`, `404.html`.
    pub path: String,
    /// Its heading.
    pub title: String,
    /// One sentence for readers, search engines and link previews, as plain text.
    pub summary: String,
    /// What kind of page it is.
    pub kind: Kind,
    /// Its content, top to bottom.
    pub blocks: Vec<Block>,
}

/// What distinguishes a lesson from any other page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A folder under `content/lessons`.
    Lesson(Lesson),
    /// A file under `content/pages`; the name is `data-page`.
    Named(String),
}

/// What only lessons have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lesson {
    /// Its folder's name, and the last part of its address.
    pub slug: String,
    /// Reading and trying, in minutes.
    pub minutes: u32,
    /// What a learner can do afterwards, as HTML; each continues "You will be able to …".
    pub objectives: Vec<String>,
    /// The rows of the curriculum it covers.
    pub rows: Vec<String>,
}

impl Page {
    /// The lesson's own data, if the page is one.
    pub fn lesson(&self) -> Option<&Lesson> {
        match &self.kind {
            Kind::Lesson(lesson) => Some(lesson),
            Kind::Named(_) => None,
        }
    }

    /// The file it is written to, below the output folder.
    pub fn file(&self) -> String {
        match self.path.as_str() {
            path if path.ends_with(".html") => path.to_owned(),
            path => format!("{path}index.html"),
        }
    }

    /// The way from the page to the site's root, as its `<base>` says it.
    ///
    /// A page whose file is shown under other addresses (404.html) has no such way.
    pub fn base(&self) -> Option<String> {
        if self.path.ends_with(".html") {
            return None;
        }
        let depth = self.path.matches('/').count();
        Some(if depth == 0 { "./".to_owned() } else { "../".repeat(depth) })
    }
}

impl Course {
    /// The slugs of all modules, in reading order.
    pub fn slugs(&self) -> impl Iterator<Item = &str> {
        self.modules.iter().flat_map(|module| &module.lessons).map(String::as_str)
    }
}
