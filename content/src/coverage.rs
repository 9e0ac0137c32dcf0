//! How far the written lessons answer what the sources ask for.
//!
//! - A lesson is **whole** when it has a lab, a quiz and an exercise.
//! - A lesson of the tree is **done** when a whole lesson covers it: its own, or one whose `covers` names it.
//! - A row is **covered** when all its lessons (`@module` taken apart) are done, and each lesson that the row names
//!   by its slug claims the row in its front matter: an author who left something out leaves the row out too.
//! - A row is **planned** when it has lessons in the tree and is not covered, and **missing** when it has none.
//!
//! So a row that stands for a whole module or phase is covered when its last lesson is.

use crate::{Block, Lesson, Module, Page, Row, Site};
use serde::Serialize;
use std::fmt::Write;

/// How far a row is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// All its lessons are done.
    Covered,
    /// The tree has lessons for it; not all are done.
    Planned,
    /// No lesson of the tree is for it.
    Missing,
}

/// A row and how far it is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowCoverage {
    /// The row.
    pub id: String,
    /// How far.
    pub status: Status,
    /// The slugs of all its lessons in the tree.
    pub lessons: Vec<String>,
}

/// Every row, in the order of the sources.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// In the order of `rows.toml`.
    pub rows: Vec<RowCoverage>,
}

/// What a lesson lacks to be whole: some of `lab`, `quiz`, `exercise`.
pub fn lacks(page: &Page, lesson: &Lesson) -> Vec<&'static str> {
    let has = |wanted: fn(&Block) -> bool| page.blocks.iter().any(wanted);
    let parts = [
        ("lab", has(|block| matches!(block, Block::Lab { .. }))),
        ("quiz", has(|block| matches!(block, Block::Quiz(_)))),
        ("exercise", lesson.exercise),
    ];
    parts.into_iter().filter(|(_, there)| !there).map(|(name, _)| name).collect()
}

/// The whole lesson that covers a lesson of the tree.
pub fn done<'a>(site: &'a Site, slug: &str) -> Option<&'a Lesson> {
    site.covering(slug).filter(|(page, lesson)| lacks(page, lesson).is_empty()).map(|(_, lesson)| lesson)
}

impl Coverage {
    /// Holds every row against the written lessons.
    pub fn of(site: &Site) -> Self {
        Self { rows: site.course.rows.iter().map(|row| row_coverage(site, row)).collect() }
    }

    /// How many rows have that status.
    pub fn count(&self, status: Status) -> usize {
        self.rows.iter().filter(|row| row.status == status).count()
    }

    /// `{"rows": [{"id", "status", "lessons"}]}`.
    pub fn json(&self) -> String {
        serde_json::to_string_pretty(self).expect("texts only")
    }

    /// The rows, the modules and the sums as text for a terminal.
    pub fn table(&self, site: &Site) -> String {
        let mut text = String::new();
        for (row, source) in self.rows.iter().zip(&site.course.rows) {
            let done = row.lessons.iter().filter(|slug| done(site, slug).is_some()).count();
            let status = format!("{:?}", row.status).to_lowercase();
            let lessons = format!("{done}/{}", row.lessons.len());
            let _ = writeln!(text, "{status:8} {lessons:>7}  {:12} {}", row.id, source.heading);
        }
        text.push('\n');
        for module in site.course.modules() {
            let (done, written, all) = module_counts(site, module);
            let _ = writeln!(text, "{:24} {all:3} lessons, {written:3} written, {done:3} whole", module.slug);
        }
        let [covered, planned, missing] =
            [Status::Covered, Status::Planned, Status::Missing].map(|status| self.count(status));
        let _ = write!(text, "\n{} rows: {covered} covered, {planned} planned, {missing} missing", self.rows.len());
        text
    }
}

/// How many lessons of a module are done, written, and in the tree.
pub fn module_counts(site: &Site, module: &Module) -> (usize, usize, usize) {
    let slugs = || module.lessons.iter().map(|entry| entry.slug.as_str());
    let done = slugs().filter(|slug| done(site, slug).is_some()).count();
    let written = slugs().filter(|slug| site.covering(slug).is_some()).count();
    (done, written, module.lessons.len())
}

fn row_coverage(site: &Site, row: &Row) -> RowCoverage {
    let lessons: Vec<String> = site.course.expand(&row.lessons).into_iter().map(str::to_owned).collect();
    let answers = |slug: &String| {
        done(site, slug).is_some_and(|lesson| !row.lessons.contains(slug) || lesson.rows.contains(&row.id))
    };
    let status = if lessons.is_empty() {
        Status::Missing
    } else if lessons.iter().all(answers) {
        Status::Covered
    } else {
        Status::Planned
    };
    RowCoverage { id: row.id.clone(), status, lessons }
}
