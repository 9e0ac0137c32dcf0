//! The curriculum: the tree of lessons, written or not, and the rows of the sources that they answer.

/// What the course shall be, in reading order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Course {
    /// The tree, from `content/curriculum/tree.toml`.
    pub tracks: Vec<Track>,
    /// What the source plans ask for, from `content/curriculum/rows.toml`.
    pub rows: Vec<Row>,
}

/// A few modules that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Track {
    /// Its name in files.
    pub slug: String,
    /// The heading.
    pub title: String,
    /// In reading order.
    pub modules: Vec<Module>,
}

/// A run of lessons under one heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Module {
    /// Its name in files, and after `@` in lists of lessons.
    pub slug: String,
    /// The heading.
    pub title: String,
    /// How the sources rank it, if they do.
    pub badge: Option<Badge>,
    /// The fewest and the most weeks that the sources give it.
    pub weeks: Option<[u32; 2]>,
    /// Slugs of modules that help if you know them; advice, never a lock.
    pub builds_on: Vec<String>,
    /// What a learner can do afterwards, in one sentence.
    pub goal: String,
    /// Why it matters, in one sentence.
    pub why: String,
    /// In reading order.
    pub lessons: Vec<Entry>,
}

/// How much a module matters, by the sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "compiler", derive(serde::Deserialize), serde(rename_all = "lowercase"))]
pub enum Badge {
    /// One of the three that every path goes through.
    Critical,
    /// Everything later stands on it.
    Essential,
    /// Worth the time on most paths.
    Recommended,
}

/// A lesson of the tree, written or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Unique in the whole tree.
    pub slug: String,
    /// Its title in lists, until it is written.
    pub title: String,
    /// Whether it is a project.
    pub project: bool,
}

/// One thing that a source plan asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// `000.M4.L1`: the source, a dot, and a place in it.
    pub id: String,
    /// Its heading there.
    pub heading: String,
    /// The lessons that answer it: slugs, and `@module` for all lessons of a module.
    pub lessons: Vec<String>,
}

impl Badge {
    /// The word that a reader sees.
    pub fn label(self) -> &'static str {
        match self {
            Self::Critical => "Critical",
            Self::Essential => "Essential",
            Self::Recommended => "Recommended",
        }
    }
}

impl Course {
    /// All modules, in reading order.
    pub fn modules(&self) -> impl Iterator<Item = &Module> {
        self.tracks.iter().flat_map(|track| &track.modules)
    }

    /// All lessons of the tree, in reading order.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.modules().flat_map(|module| &module.lessons)
    }

    /// The module of that slug.
    pub fn module(&self, slug: &str) -> Option<&Module> {
        self.modules().find(|module| module.slug == slug)
    }

    /// The lesson of that slug.
    pub fn entry(&self, slug: &str) -> Option<&Entry> {
        self.entries().find(|entry| entry.slug == slug)
    }

    /// The module that has the lesson.
    pub fn module_of(&self, slug: &str) -> Option<&Module> {
        self.modules().find(|module| module.lessons.iter().any(|entry| entry.slug == slug))
    }

    /// The row of that id.
    pub fn row(&self, id: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.id == id)
    }

    /// A list of slugs and `@module`s as slugs alone, each once, in the order of the list.
    pub fn expand<'a>(&'a self, names: &'a [String]) -> Vec<&'a str> {
        let mut slugs = Vec::new();
        for name in names {
            let found: Vec<&str> = match name.strip_prefix('@') {
                Some(module) => {
                    self.module(module).iter().flat_map(|m| &m.lessons).map(|entry| entry.slug.as_str()).collect()
                }
                None => vec![name.as_str()],
            };
            for slug in found {
                if !slugs.contains(&slug) {
                    slugs.push(slug);
                }
            }
        }
        slugs
    }
}
