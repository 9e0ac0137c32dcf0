//! The pages of the site.

use crate::{Block, Course, Route};

/// Everything the site shows, compiled.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Site {
    /// Every lesson there is or shall be, and what the sources ask for.
    pub course: Course,
    /// Ways through the course, in the order in which they are offered.
    pub routes: Vec<Route>,
    /// Every page: first the lessons in reading order, then the others by name, then the paths.
    pub pages: Vec<Page>,
    /// The languages besides English.
    pub translations: Vec<Translation>,
}

/// The site in another language, as far as it is translated.
#[derive(Debug, Clone, PartialEq)]
pub struct Translation {
    /// Such as `de`: the first part of its addresses, and the `lang` of its pages.
    pub lang: String,
    /// What it calls itself.
    pub name: String,
    /// `ltr` or `rtl`.
    pub direction: String,
    /// English texts around the prose, and what they are called here.
    pub phrases: Vec<(String, String)>,
    /// The English site with translated titles, which lists are made from.
    pub site: Site,
    /// The pages that are translated.
    pub pages: Vec<Page>,
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
    /// Of these, the minutes that reading takes at 200 words a minute.
    pub reading: u32,
    /// What a learner can do afterwards, as HTML; each continues "You will be able to …".
    pub objectives: Vec<String>,
    /// The rows of the curriculum that it claims.
    pub rows: Vec<String>,
    /// The lessons of the tree that it covers: its own, and those that were merged into it.
    pub covers: Vec<String>,
    /// Whether its folder has an exercise.
    pub exercise: bool,
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

impl Site {
    /// The pages that are lessons, in reading order.
    pub fn lessons(&self) -> impl Iterator<Item = (&Page, &Lesson)> {
        self.pages.iter().filter_map(|page| page.lesson().map(|lesson| (page, lesson)))
    }

    /// Every page in another language.
    pub fn translated(&self) -> impl Iterator<Item = (&Translation, &Page)> {
        self.translations.iter().flat_map(|it| it.pages.iter().map(move |page| (it, page)))
    }

    /// The written lesson that covers a lesson of the tree.
    pub fn covering(&self, slug: &str) -> Option<(&Page, &Lesson)> {
        self.lessons().find(|(_, lesson)| lesson.covers.iter().any(|covered| covered == slug))
    }
}
