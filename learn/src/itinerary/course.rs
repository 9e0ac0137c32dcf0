//! `course.json`: every lesson of the course and every way through it.

use serde::{Deserialize, Serialize};

/// The version of `course.json` that this program writes and reads.
pub const VERSION: u32 = 1;

/// The whole file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Course {
    /// See `VERSION`.
    pub version: u32,
    /// In reading order.
    pub tracks: Vec<Track>,
    /// Ways through the course.
    pub paths: Vec<Path>,
}

/// A few modules that belong together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Track {
    /// Its name in files.
    pub slug: String,
    /// The heading.
    pub title: String,
    /// In reading order.
    pub modules: Vec<Module>,
}

/// A run of lessons under one heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Module {
    /// Its name in files.
    pub slug: String,
    /// The heading.
    pub title: String,
    /// One of those that every path goes through.
    pub critical: bool,
    /// Slugs of modules that help if you know them.
    #[serde(default)]
    pub builds_on: Vec<String>,
    /// In reading order.
    pub lessons: Vec<Lesson>,
}

/// A lesson, written or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lesson {
    /// Unique in the course.
    pub slug: String,
    /// The heading.
    pub title: String,
    /// Reading and trying; 0 while it is not written, and for lessons within another.
    pub minutes: u32,
    /// Its address below the site's root; none while it is not written.
    pub path: Option<String>,
    /// The written lesson that it was merged into.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<String>,
    /// What a learner can do afterwards, as HTML.
    #[serde(default)]
    pub objectives: Vec<String>,
    /// `q:<id>` of each question.
    #[serde(default)]
    pub questions: Vec<String>,
    /// `x:<id>` of each exercise.
    #[serde(default)]
    pub exercises: Vec<String>,
    /// `p:<id>` of each prediction.
    #[serde(default)]
    pub predictions: Vec<String>,
}

/// A way through the course.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Path {
    /// The last part of its address, `paths/<name>/`.
    pub name: String,
    /// The heading.
    pub title: String,
    /// For whom it is.
    pub audience: String,
    /// What one can do at its end.
    pub goal: String,
    /// The fewest and the most hours per week that its source names, if it names any.
    #[serde(default)]
    pub hours: Option<[u32; 2]>,
    /// How long it is in its own words: `6 months`.
    pub length: String,
    /// In order; they may overlap in time.
    pub stops: Vec<Stop>,
}

/// A stretch of a path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stop {
    /// When, in the path's own words: `Months 1 to 2`, `Project 3`.
    pub when: String,
    /// What it is about.
    pub title: String,
    /// From the first day to before the last one, counted from the path's start.
    pub days: [u32; 2],
    /// One may leave it out.
    #[serde(default)]
    pub optional: bool,
    /// Slugs, each once, in order.
    pub lessons: Vec<String>,
}

impl Course {
    /// All modules, in reading order.
    pub fn modules(&self) -> impl Iterator<Item = &Module> {
        self.tracks.iter().flat_map(|track| &track.modules)
    }

    /// All lessons, in reading order.
    pub fn lessons(&self) -> impl Iterator<Item = &Lesson> {
        self.modules().flat_map(|module| &module.lessons)
    }

    /// The lesson of that slug.
    pub fn lesson(&self, slug: &str) -> Option<&Lesson> {
        self.lessons().find(|lesson| lesson.slug == slug)
    }

    /// The lesson to read for that slug: itself, or the one that it was merged into.
    pub fn to_read(&self, slug: &str) -> Option<&Lesson> {
        let lesson = self.lesson(slug)?;
        match &lesson.within {
            Some(other) => self.lesson(other),
            None => Some(lesson),
        }
    }

    /// The module that has the lesson.
    pub fn module_of(&self, slug: &str) -> Option<&Module> {
        self.modules().find(|module| module.lessons.iter().any(|lesson| lesson.slug == slug))
    }

    /// The path of that name.
    pub fn path(&self, name: &str) -> Option<&Path> {
        self.paths.iter().find(|path| path.name == name)
    }
}

impl Path {
    /// The days from its start to the end of its last stop that is not optional.
    pub fn days(&self) -> u32 {
        self.stops.iter().filter(|stop| !stop.optional).map(|stop| stop.days[1]).max().unwrap_or_default()
    }
}
