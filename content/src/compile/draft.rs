//! What is known of one page while it is being compiled.

use super::fault::Faults;
use std::collections::{BTreeMap, BTreeSet};

/// A stretch of Markdown and where it begins.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The file, from the project's root.
    pub file: &'a str,
    /// The line of the file on which the text begins.
    pub line: usize,
    /// The Markdown.
    pub text: &'a str,
}

impl Source<'_> {
    /// The line of the file that a byte of the text is on.
    pub fn line_of(&self, byte: usize) -> usize {
        self.line + self.text[..byte].matches('\n').count()
    }
}

/// A link from one page of the site to a place in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The file that holds the link.
    pub file: String,
    /// Its line there.
    pub line: usize,
    /// The target from the site's root, with `#id` if it has one.
    pub target: String,
    /// It is an image's source.
    pub image: bool,
}

/// A `{{lab …}}` tag, for the test that asks the page's registry about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabTag {
    /// The file that holds the tag.
    pub file: String,
    /// Its line there.
    pub line: usize,
    /// The lab.
    pub name: String,
    /// `key=value&key=value`, percent-encoded.
    pub knobs: String,
}

/// The state that the pieces of one page share.
#[derive(Debug)]
pub struct Draft<'a> {
    /// Where the page lies below the site's root.
    pub path: &'a str,
    /// What is wrong with the page, and with all pages before it.
    pub faults: &'a mut Faults,
    /// Every id on the page.
    pub ids: BTreeSet<String>,
    /// Every link into the site.
    pub links: Vec<Link>,
    /// Every lab tag.
    pub labs: Vec<LabTag>,
    /// How exercises and predictions set labs up, to be checked like the tags.
    pub set_ups: Vec<LabTag>,
    /// The level of the last heading.
    pub heading: u8,
    /// How many scrolling boxes of each kind the page has, so that each can have a name of its own.
    pub boxes: BTreeMap<String, usize>,
}

impl<'a> Draft<'a> {
    /// Begins a page whose `<h1>` is in its header.
    pub fn new(path: &'a str, faults: &'a mut Faults) -> Self {
        Self {
            path,
            faults,
            ids: BTreeSet::new(),
            links: Vec::new(),
            labs: Vec::new(),
            set_ups: Vec::new(),
            heading: 1,
            boxes: BTreeMap::new(),
        }
    }

    /// Claims an id, or notes that it is taken.
    pub fn claim(&mut self, id: &str, file: &str, line: usize) {
        if !self.ids.insert(id.to_owned()) {
            self.faults.add(file, line, format!("the id `{id}` is already taken on this page; choose another"));
        }
    }

    /// Notes how an exercise or a prediction sets a lab up.
    pub fn set_up(&mut self, file: &str, line: usize, lab: &str, knobs: &str) {
        self.set_ups.push(LabTag { file: file.to_owned(), line, name: lab.to_owned(), knobs: knobs.to_owned() });
    }

    /// A name for the next box that scrolls by itself: `Table 2`.
    pub fn name_box(&mut self, kind: &str) -> String {
        let count = self.boxes.entry(kind.to_owned()).or_default();
        *count += 1;
        format!("{kind} {count}")
    }
}
