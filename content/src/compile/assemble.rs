//! One Markdown file with its tags to one page.

use super::{
    Book, claims,
    draft::{Draft, LabTag, Source},
    escape,
    front::{self, Front},
    highlight, listing, lists, placement,
    practice::{self, page::Shelf},
    prose, render, snippet,
    tags::{self, Piece},
};
use crate::{Block, Kind, Language, Lesson, Page, Site};
use std::path::Path;

/// Ids that the shell and the layout use on every page.
const RESERVED: [&str; 6] = ["main", "device-slot", "theme-slot", "objectives", "quiz", "quiz-heading"];

/// Compiles `content/lessons/<slug>/lesson.md` and the files beside it.
pub fn lesson(root: &Path, slug: &str, book: &mut Book) {
    let folder = format!("content/lessons/{slug}");
    let file = book.file(&format!("{folder}/lesson"), "md");
    let path = book.path(&format!("learn/{slug}/"));
    markdown_file(root, &file, &path, Some((slug, &folder)), book);
}

/// Compiles `content/pages/<name>.md`.
pub fn page(root: &Path, name: &str, book: &mut Book) {
    let path = match name {
        "home" => String::new(),
        "not-found" => "404.html".to_owned(),
        name => format!("{name}/"),
    };
    let (file, path) = (book.file(&format!("content/pages/{name}"), "md"), book.path(&path));
    markdown_file(root, &file, &path, None, book);
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
    let covers = lesson.map(|(slug, _)| {
        let covers = claims::covers(&book.site, slug, &front, toml, &mut book.faults);
        claims::check_rows(&book.site, &covers, &front, toml, &mut book.faults);
        covers
    });
    let pieces = tags::split(body, &mut book.faults);
    let reading = reading(&pieces);
    if lesson.is_some() && front.minutes > 0 && front.minutes < reading {
        let sentence =
            format!("reading alone takes {reading} minutes at 200 words a minute; `minutes` must not be less");
        book.faults.add(file, toml.line_of_key("minutes"), sentence);
    }
    let lang = book.lang.clone();
    let mut draft = Draft::new(path, &mut book.faults);
    draft.ids = RESERVED.map(str::to_owned).into();
    let mut objectives = Vec::new();
    for text in &front.objectives {
        objectives.push(prose::inline(&mut draft, Source { file, line: front.objectives_line, text }));
    }
    let practice = lesson.map(|(slug, folder)| practice::Of {
        root,
        folder,
        slug,
        lang: lang.as_deref(),
        objectives: objectives.len(),
    });
    let at = Source { file, line: 0, text: "" };
    let shelf = practice.map(|of| Shelf::read(of, at, &mut draft)).unwrap_or_default();
    let mut blocks = Blocks {
        root,
        lesson,
        practice,
        shelf,
        site: &book.site,
        translated: lang.is_some(),
        draft,
        blocks: Vec::new(),
        asked: false,
    };
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
        blocks.desk(Source { file, line: 0, text: "" }, "notes", &[]);
    }
    let Blocks { draft, blocks, .. } = blocks;
    let Draft { ids, links, labs, set_ups, .. } = draft;
    book.ids.insert(path.to_owned(), ids);
    book.links.extend(links);
    book.labs.extend(labs);
    book.labs.extend(set_ups);
    let Front { title, summary, minutes, rows, .. } = front;
    let kind = match lesson {
        Some((slug, _)) => Kind::Lesson(Lesson {
            slug: slug.to_owned(),
            minutes,
            reading,
            objectives,
            rows,
            covers: covers.unwrap_or_default(),
            exercise: blocks.iter().any(|block| matches!(block, Block::Exercise(_))),
        }),
        None => {
            let name = file.rsplit('/').next().and_then(|name| name.split('.').next());
            Kind::Named(name.unwrap_or(file).to_owned())
        }
    };
    book.site.pages.push(Page { path: path.to_owned(), title, summary, kind, blocks });
}

/// Minutes to read the prose at 200 words a minute, rounded up; listings are not read but studied.
fn reading(pieces: &[Piece]) -> u32 {
    let words = pieces.iter().map(|piece| match piece {
        Piece::Prose(source) => {
            let outside = source.text.split("```").step_by(2);
            let words = outside.flat_map(str::split_whitespace);
            words.filter(|word| word.contains(char::is_alphanumeric)).count()
        }
        Piece::Tag(_) => 0,
    });
    u32::try_from(words.sum::<usize>().div_ceil(200)).unwrap_or(u32::MAX)
}

/// A page's blocks as its pieces are read.
struct Blocks<'a> {
    root: &'a Path,
    /// Slug and folder, on lessons.
    lesson: Option<(&'a str, &'a str)>,
    /// The same for quiz, exercises and predictions.
    practice: Option<practice::Of<'a>>,
    /// The exercises and predictions of the folder.
    shelf: Shelf,
    /// The pages so far, for lists of them.
    site: &'a Site,
    /// Whether the page is in another language than English.
    translated: bool,
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
            ("desk", [name, settings @ ..]) if escape::is_kebab(name) => self.desk(at, name, settings),
            ("desk", _) => self.misused(at, "{{desk NAME key=value …}}, with NAME in lower case"),
            ("code", [target]) => self.code(at, target),
            ("code", _) => self.misused(at, "{{code FILE#ANCHOR}}"),
            ("tabs", [name]) if self.lesson.is_some() && escape::is_kebab(name) => self.tabs(at, name),
            ("tabs", _) => self.misused(at, "{{tabs NAME}}, in a lesson, with NAME in lower case"),
            ("quiz", []) if self.lesson.is_some() => self.quiz(at),
            ("quiz", _) => self.misused(at, "{{quiz}}, in a lesson"),
            ("exercise", [id]) if self.lesson.is_some() => {
                let exercise = self.shelf.exercise(id, at, &mut self.draft);
                self.blocks.extend(exercise.map(Block::Exercise));
            }
            ("exercise", _) => self.misused(at, "{{exercise ID}}, in a lesson"),
            ("predict", [id]) if self.lesson.is_some() => {
                let prediction = self.shelf.prediction(id, at, &mut self.draft);
                self.blocks.extend(prediction.map(Block::Predict));
            }
            ("predict", _) => self.misused(at, "{{predict ID}}, in a lesson"),
            ("placement", []) if self.lesson.is_none() => {
                let block = placement::read(self.root, &self.site.course, at, &mut self.draft);
                self.blocks.extend(block);
            }
            ("placement", _) => self.misused(at, "{{placement}}, on a page that is not a lesson"),
            (list, words) if lists::TAGS.contains(&list) => self.list(at, list, words),
            (other, _) => {
                let sentence = format!(
                    "`{other}` is not a tag; the tags are lab, desk, code, tabs, quiz, exercise, predict, placement, {}",
                    lists::TAGS.join(", ")
                );
                self.draft.faults.add(at.file, at.line, sentence);
            }
        }
    }

    fn list(&mut self, at: Source, tag: &str, words: &[String]) {
        // The curriculum is in English; on a page in another language it says so.
        let mark = |html: String| {
            if self.translated && tag == "map" { format!("<div lang=\"en\">\n{html}</div>\n") } else { html }
        };
        let list = lists::html(tag, self.site).map(mark);
        match list.filter(|_| words.is_empty() && self.lesson.is_none()) {
            Some(html) => {
                for id in lists::ids(&html) {
                    self.draft.claim(id, at.file, at.line);
                }
                self.draft.heading = 3;
                self.push_prose(&html);
            }
            None => self.misused(at, &format!("{{{{{tag}}}}}, on a page that is not a lesson")),
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

    fn desk(&mut self, at: Source, name: &str, settings: &[String]) {
        let pairs = settings.iter().map(|word| word.split_once('=').ok_or(word));
        let pairs: Result<Vec<_>, _> = pairs.collect();
        let pairs = match pairs {
            Ok(pairs) => pairs,
            Err(word) => {
                let sentence = format!("`{word}` is no setting; settings are written key=value");
                return self.draft.faults.add(at.file, at.line, sentence);
            }
        };
        let json = match pairs.is_empty() {
            true => String::new(),
            false => serde_json::json!(pairs.into_iter().collect::<std::collections::BTreeMap<_, _>>()).to_string(),
        };
        let id = format!("desk-{name}");
        self.draft.claim(&id, at.file, at.line);
        // For somebody who has not begun there is nothing to go on with.
        let fallback = match name {
            "continue" => "",
            _ => {
                "<p class=\"lab-fallback\">This part works here once the page has loaded. It needs JavaScript and \
                 WebAssembly.</p>"
            }
        };
        self.blocks.push(Block::Desk { name: name.to_owned(), json, id, fallback: fallback.to_owned() });
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
        let Some(of) = self.practice else {
            return;
        };
        self.draft.claim(&format!("listing-{name}"), at.file, at.line);
        if let Some(listing) = listing::read(of, name, at, &mut self.draft) {
            self.blocks.push(Block::Tabs(listing));
        }
    }

    fn quiz(&mut self, at: Source) {
        let Some(of) = self.practice else {
            return;
        };
        if std::mem::replace(&mut self.asked, true) {
            return self.draft.faults.add(at.file, at.line, "a lesson has one quiz");
        }
        if let Some(quiz) = practice::quiz::read(of, at, &mut self.draft) {
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
        if let Some(of) = self.practice {
            self.shelf.is_whole(of, file, &mut self.draft);
        }
    }
}
