//! One Markdown file with its tags to one page.

use super::{
    Book,
    draft::{Draft, LabTag, Source},
    escape,
    front::{self, Front},
    highlight, listing, prose, quiz, render, snippet,
    tags::{self, Piece},
};
use crate::{Block, Kind, Language, Lesson, Page};
use std::path::Path;

/// Ids that the shell and the layout use on every page.
const RESERVED: [&str; 6] = ["main", "device-slot", "theme-slot", "objectives", "quiz", "quiz-heading"];

/// Compiles `content/lessons/<slug>/lesson.md` and the files beside it.
pub fn lesson(root: &Path, slug: &str, book: &mut Book) {
    let folder = format!("content/lessons/{slug}");
    let file = format!("{folder}/lesson.md");
    let path = format!("learn/{slug}/");
    markdown_file(root, &file, &path, Some((slug, &folder)), book);
}

/// Compiles `content/pages/<name>.md`.
pub fn page(root: &Path, name: &str, book: &mut Book) {
    let path = match name {
        "home" => String::new(),
        "not-found" => "404.html".to_owned(),
        name => format!("{name}/"),
    };
    markdown_file(root, &format!("content/pages/{name}.md"), &path, None, book);
}

fn markdown_file(root: &Path, file: &str, path: &str, lesson: Option<(&str, &str)>, book: &mut Book) {
    book.ids.insert(path.to_owned(), RESERVED.map(str::to_owned).into());
    let text = match std::fs::read_to_string(root.join(file)) {
        Ok(text) => text.replace("\r\n", "\n"),
        Err(error) => {
            return book.faults.add(file, 0, format!("this file cannot be read: {error}"));
        }
    };
    let Some((toml, body)) = front::split(file, &text, &mut book.faults) else {
        return;
    };
    let front = front::read(toml, lesson.is_some(), &mut book.faults);
    let pieces = tags::split(body, &mut book.faults);
    let mut draft = Draft::new(path, &mut book.faults);
    draft.ids = RESERVED.map(str::to_owned).into();
    let mut objectives = Vec::new();
    for text in &front.objectives {
        objectives.push(prose::inline(&mut draft, Source { file, line: front.objectives_line, text }));
    }
    let course = lesson.is_none().then(|| render::course_list(&book.site));
    let mut blocks = Blocks { root, lesson, course, draft, blocks: Vec::new(), asked: false };
    for piece in pieces {
        match piece {
            Piece::Prose(source) => {
                let html = prose::compile(&mut blocks.draft, source);
                blocks.push_prose(&html);
            }
            Piece::Tag(source) => blocks.tag(source),
        }
    }
    if lesson.is_some() {
        blocks.lesson_is_whole(file);
    }
    let Blocks { draft, blocks, .. } = blocks;
    let Draft { ids, links, labs, .. } = draft;
    book.ids.insert(path.to_owned(), ids);
    book.links.extend(links);
    book.labs.extend(labs);
    let kind = kind(lesson, file, &front, objectives);
    let Front { title, summary, .. } = front;
    book.site.pages.push(Page { path: path.to_owned(), title, summary, kind, blocks });
}

fn kind(lesson: Option<(&str, &str)>, file: &str, front: &Front, objectives: Vec<String>) -> Kind {
    match lesson {
        Some((slug, _)) => {
            Kind::Lesson(Lesson { slug: slug.to_owned(), minutes: front.minutes, objectives, rows: front.rows.clone() })
        }
        None => {
            let name = file.rsplit('/').next().and_then(|name| name.strip_suffix(".md"));
            Kind::Named(name.unwrap_or(file).to_owned())
        }
    }
}

/// A page's blocks as its pieces are read.
struct Blocks<'a> {
    root: &'a Path,
    /// Slug and folder, on lessons.
    lesson: Option<(&'a str, &'a str)>,
    /// What `{{course}}` becomes; lessons cannot show it.
    course: Option<String>,
    draft: Draft<'a>,
    blocks: Vec<Block>,
    /// Whether `{{quiz}}` was seen, faulty or not.
    asked: bool,
}

impl Blocks<'_> {
    /// Adds prose to the block before, if that is prose too.
    fn push_prose(&mut self, html: &str) {
        match self.blocks.last_mut() {
            Some(Block::Prose(before)) => before.push_str(html),
            _ => self.blocks.push(Block::Prose(html.to_owned())),
        }
    }

    fn tag(&mut self, at: Source) {
        let words = tags::words(at.text);
        let Some((name, rest)) = words.split_first() else {
            return self.draft.faults.add(at.file, at.line, "the tag is empty");
        };
        match (name.as_str(), rest) {
            ("lab", [name, knobs @ ..]) if escape::is_kebab(name) => self.lab(at, name, knobs),
            ("lab", _) => self.misused(at, "{{lab NAME key=value …}}, with NAME in lower case"),
            ("code", [target]) => self.code(at, target),
            ("code", _) => self.misused(at, "{{code FILE#ANCHOR}}"),
            ("tabs", [name]) if self.lesson.is_some() && escape::is_kebab(name) => self.tabs(at, name),
            ("tabs", _) => self.misused(at, "{{tabs NAME}}, in a lesson, with NAME in lower case"),
            ("quiz", []) if self.lesson.is_some() => self.quiz(at),
            ("quiz", _) => self.misused(at, "{{quiz}}, in a lesson"),
            ("course", []) if self.course.is_some() => {
                let html = self.course.clone().unwrap_or_default();
                self.draft.heading = 2;
                self.push_prose(&html);
            }
            ("course", _) => self.misused(at, "{{course}}, on a page that is not a lesson"),
            (other, _) => {
                let sentence = format!("`{other}` is not a tag; the tags are lab, code, tabs, quiz and course");
                self.draft.faults.add(at.file, at.line, sentence);
            }
        }
    }

    fn misused(&mut self, at: Source, form: &str) {
        self.draft.faults.add(at.file, at.line, format!("this tag is written {form}"));
    }

    fn lab(&mut self, at: Source, name: &str, knobs: &[String]) {
        let knobs = match tags::knobs(knobs) {
            Ok(knobs) => knobs,
            Err(sentences) => {
                for sentence in sentences {
                    self.draft.faults.add(at.file, at.line, sentence);
                }
                return;
            }
        };
        let nth = 1 + self.draft.labs.iter().filter(|lab| lab.name == name).count();
        let id = if nth == 1 { format!("lab-{name}") } else { format!("lab-{name}-{nth}") };
        self.draft.claim(&id, at.file, at.line);
        let (file, name) = (at.file.to_owned(), name.to_owned());
        self.draft.labs.push(LabTag { file, line: at.line, name: name.clone(), knobs: knobs.clone() });
        self.blocks.push(Block::Lab { name, knobs, id });
    }

    fn code(&mut self, at: Source, target: &str) {
        let language = Language::of_path(target.split('#').next().unwrap_or_default());
        match (snippet::read(self.root, target), language) {
            (Ok(source), Some(language)) => {
                let label = self.draft.name_box(language.label());
                let lines = highlight::lines(language, &source, &[]);
                self.push_prose(&render::code(target, &label, &lines));
            }
            (Ok(_), None) => {
                let sentence = format!("`{target}` is not Rust, Python or C#, by its extension");
                self.draft.faults.add(at.file, at.line, sentence);
            }
            (Err(sentence), _) => self.draft.faults.add(at.file, at.line, sentence),
        }
    }

    fn tabs(&mut self, at: Source, name: &str) {
        let Some((_, folder)) = self.lesson else {
            return;
        };
        self.draft.claim(&format!("listing-{name}"), at.file, at.line);
        if let Some(listing) = listing::read(self.root, folder, name, at, &mut self.draft) {
            self.blocks.push(Block::Tabs(listing));
        }
    }

    fn quiz(&mut self, at: Source) {
        let Some((slug, folder)) = self.lesson else {
            return;
        };
        if std::mem::replace(&mut self.asked, true) {
            return self.draft.faults.add(at.file, at.line, "a lesson has one quiz");
        }
        if let Some(quiz) = quiz::read(self.root, folder, slug, at, &mut self.draft) {
            self.draft.heading = 2;
            self.blocks.push(Block::Quiz(quiz));
        }
    }

    /// Notes what every lesson must have and this one lacks.
    fn lesson_is_whole(&mut self, file: &str) {
        if self.draft.labs.is_empty() {
            self.draft.faults.add(file, 0, "a lesson has at least one lab: add {{lab NAME}}");
        }
        if !self.asked {
            self.draft.faults.add(file, 0, "a lesson asks at least 3 questions: add {{quiz}} and quiz.toml");
        }
    }
}
