//! Pages in other languages: `lesson.de.md` beside `lesson.md`, `home.de.md` beside `home.md`.
//!
//! `content/text/<language>.toml` turns the language on. It holds the words around the prose: texts of the shell and
//! of the compiler in English, each with its translation. A translated page has the same structure as the English one,
//! which is checked; it lies below `<language>/`, and leads to other translated pages where there are any.

use super::{Book, assemble, escape, fault::Faults, toml_file::TomlFile};
use crate::{Block, Kind, Page, Site, Translation};
use serde::Deserialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Texts {
    /// The language's own name for itself.
    name: String,
    /// `ltr` or `rtl`.
    direction: String,
    /// English texts and their translations; `{0}` and so on stand for what is in between.
    phrases: BTreeMap<String, String>,
}

/// Compiles every language that `content/text` has a file for.
pub fn all(root: &Path, book: &mut Book) -> Vec<Translation> {
    let Ok(entries) = std::fs::read_dir(root.join("content/text")) else { return Vec::new() };
    let mut names: Vec<String> =
        entries.filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned())).collect();
    names.sort();
    names.iter().filter_map(|name| one(root, name.strip_suffix(".toml")?, book)).collect()
}

fn one(root: &Path, lang: &str, book: &mut Book) -> Option<Translation> {
    let file = format!("content/text/{lang}.toml");
    let text = match std::fs::read_to_string(root.join(&file)) {
        Ok(text) => text,
        Err(error) => {
            book.faults.add(&file, 0, format!("this file cannot be read: {error}"));
            return None;
        }
    };
    let texts: Texts = TomlFile { file: &file, first_line: 1, text: &text }.read(&mut book.faults)?;
    let mut own = Book { lang: Some(lang.to_owned()), faults: std::mem::take(&mut book.faults), ..Book::default() };
    own.site.course = book.site.course.clone();
    own.site.routes.clone_from(&book.site.routes);
    let there = |path: String| root.join(path).is_file();
    for (_, lesson) in book.site.lessons() {
        if there(format!("content/lessons/{}/lesson.{lang}.md", lesson.slug)) {
            assemble::lesson(root, &lesson.slug, &mut own);
        }
    }
    let mut pages = std::mem::take(&mut own.site.pages);
    // Lists name each lesson as it is called where the list leads.
    own.site.pages = book.site.pages.iter().map(|page| called(page, &pages, lang)).collect();
    let known = own.site.pages.len();
    for page in &book.site.pages {
        if let Kind::Named(name) = &page.kind
            && there(format!("content/pages/{name}.{lang}.md"))
        {
            assemble::page(root, name, &mut own);
        }
    }
    pages.extend(own.site.pages.drain(known..));
    for page in &pages {
        let english = book.site.pages.iter().find(|english| format!("{lang}/{}", english.path) == page.path);
        if let Some(english) = english {
            same_structure(english, page, lang, &mut own.faults);
        }
    }
    book.faults = own.faults;
    book.labs.extend(own.labs);
    book.links.extend(own.links);
    book.ids.extend(own.ids);
    let Texts { name, direction, phrases } = texts;
    let phrases = phrases.into_iter().collect();
    Some(Translation { lang: lang.to_owned(), name, direction, phrases, site: own.site, pages })
}

/// An English page under the title of its translation, if there is one.
fn called(page: &Page, translated: &[Page], lang: &str) -> Page {
    let mut page = page.clone();
    if let Some(other) = translated.iter().find(|other| other.path == format!("{lang}/{}", page.path)) {
        page.title.clone_from(&other.title);
        page.summary.clone_from(&other.summary);
    }
    page
}

/// Notes where a translation has other labs, listings, questions or facts than the English page.
fn same_structure(english: &Page, page: &Page, lang: &str, faults: &mut Faults) {
    let file = match &english.kind {
        Kind::Lesson(lesson) => format!("content/lessons/{}/lesson.{lang}.md", lesson.slug),
        Kind::Named(name) => format!("content/pages/{name}.{lang}.md"),
    };
    if let (Some(there), Some(here)) = (english.lesson(), page.lesson()) {
        let facts = |it: &crate::Lesson| (it.minutes, it.rows.clone(), it.covers.clone(), it.objectives.len());
        if facts(there) != facts(here) {
            let sentence = "minutes, rows, covers and the number of objectives must be those of the English lesson";
            faults.add(&file, 1, sentence);
        }
    }
    let (there, here) = (outline(english), outline(page));
    let parted = (0..there.len().max(here.len())).find(|at| there.get(*at) != here.get(*at));
    if let Some(at) = parted {
        let said = |outline: &[String]| outline.get(at).cloned().unwrap_or_else(|| "nothing more".into());
        let sentence = format!(
            "the English page has {} where this one has {}; the parts must be the same",
            said(&there),
            said(&here)
        );
        faults.add(&file, 1, sentence);
    }
}

/// The parts of a page that are not prose, each with what names it.
fn outline(page: &Page) -> Vec<String> {
    let part = |block: &Block| match block {
        Block::Prose(_) => None,
        Block::Lab { name, knobs, id } => Some(format!("the lab {name} ({knobs}) #{id}")),
        Block::Desk { name, id, .. } => Some(format!("the part {name} #{id}")),
        Block::Tabs(listing) => Some(format!("the listing {}", listing.name)),
        Block::Quiz(quiz) => Some(format!("a quiz of {}", ids(quiz.questions.iter().map(|it| &it.id)))),
        Block::Exercise(exercise) => Some(format!("the exercise {}", exercise.id)),
        Block::Predict(prediction) => Some(format!("the prediction {}", prediction.id)),
    };
    page.blocks.iter().filter_map(part).collect()
}

fn ids<'a>(ids: impl Iterator<Item = &'a String>) -> String {
    ids.map(String::as_str).collect::<Vec<_>>().join(", ")
}

/// Each language that has the page at this path: its code, its name, and the page's path there. English first.
pub fn editions<'a>(site: &'a Site, english: &str) -> Vec<(&'a str, &'a str, String)> {
    let mut all = vec![("en", "English", english.to_owned())];
    for it in &site.translations {
        let path = format!("{}/{english}", it.lang);
        if it.pages.iter().any(|page| page.path == path) {
            all.push((&it.lang, &it.name, path));
        }
    }
    all
}

/// The words of the shell and of the compiler in another language, and links that stay in it.
pub fn localise(html: &str, translation: &Translation) -> String {
    let paths: BTreeSet<&str> = translation.pages.iter().map(|page| page.path.as_str()).collect();
    let mut out = String::with_capacity(html.len() + html.len() / 8);
    let mut rest = html;
    while let Some((text, tag_and_rest)) = rest.split_once('<') {
        out.push_str(&words(text, &translation.phrases));
        let Some((tag, after)) = tag_and_rest.split_once('>') else {
            rest = tag_and_rest;
            out.push('<');
            break;
        };
        out.push('<');
        let tag = attribute(tag, "aria-label", |text| words(text, &translation.phrases));
        let own = tag.contains(" hreflang=");
        match tag.strip_prefix("a ").filter(|_| !own) {
            Some(_) => out.push_str(&link(&tag, after, translation, &paths)),
            None => out.push_str(&tag),
        }
        if tag == "p" && stays_english(after, translation, &paths) {
            out.push_str(" lang=\"en\"");
        }
        out.push('>');
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Whether a paragraph is the summary of a page that this language does not have.
fn stays_english(after: &str, translation: &Translation, paths: &BTreeSet<&str>) -> bool {
    let text = after.split('<').next().unwrap_or_default();
    let own = |path: &str| {
        path.starts_with(&format!("{0}/", translation.lang))
            || paths.contains(format!("{}/{path}", translation.lang).as_str())
    };
    translation.site.pages.iter().any(|page| !own(&page.path) && escape::html(&page.summary) == text)
}

/// The opening tag of a link: into the language if it has the page, otherwise marked as English.
fn link(tag: &str, after: &str, translation: &Translation, paths: &BTreeSet<&str>) -> String {
    let Some(href) = tag.split(" href=\"").nth(1).and_then(|rest| rest.split('"').next()) else {
        return tag.to_owned();
    };
    let end = href.find(['#', '?']).unwrap_or(href.len());
    let path = href[..end].strip_prefix("./").unwrap_or(&href[..end]);
    if href.contains(':') || path.starts_with(&format!("{}/", translation.lang)) || href.starts_with('#') {
        return tag.to_owned();
    }
    let there = format!("{}/{path}", translation.lang);
    let text = after.split("</a>").next().unwrap_or_default();
    if paths.contains(there.as_str()) {
        let tag = attribute(tag, "href", |_| format!("{there}{}", &href[end..]));
        // Among lessons listed in English this one is called by its own title.
        let own = translation.pages.iter().any(|page| page.path == there && text.ends_with(&page.title));
        return if own { format!("{tag} lang=\"{}\"", translation.lang) } else { tag };
    }
    // A link that names an English page by its English title is read out in English.
    let english = translation.site.pages.iter().any(|page| page.path == path && text.ends_with(&page.title));
    let lang = if english { " lang=\"en\"" } else { "" };
    if path.ends_with('/') || path.is_empty() { format!("{tag} hreflang=\"en\"{lang}") } else { tag.to_owned() }
}

fn attribute(tag: &str, name: &str, change: impl Fn(&str) -> String) -> String {
    let mark = format!(" {name}=\"");
    let Some((before, rest)) = tag.split_once(&mark) else { return tag.to_owned() };
    let Some((value, after)) = rest.split_once('"') else { return tag.to_owned() };
    format!("{before}{mark}{}\"{after}", change(value))
}

/// A text between two tags, translated if it is one of the phrases.
fn words(text: &str, phrases: &[(String, String)]) -> String {
    let inner = text.trim();
    if inner.is_empty() {
        return text.to_owned();
    }
    let found = phrases.iter().find_map(|(english, translated)| Some(put(translated, &taken(inner, english)?)));
    found.map_or_else(|| text.to_owned(), |found| text.replacen(inner, &found, 1))
}

/// What stands at `{0}`, `{1}` … if a text is the phrase.
fn taken<'a>(text: &'a str, phrase: &str) -> Option<Vec<&'a str>> {
    let mut parts = phrase.split('{');
    let mut rest = text.strip_prefix(parts.next()?)?;
    let mut values = Vec::new();
    for part in parts {
        let (_, literal) = part.split_once('}')?;
        let at = if literal.is_empty() { rest.len() } else { rest.find(literal)? };
        values.push(&rest[..at]);
        rest = &rest[at + literal.len()..];
    }
    rest.is_empty().then_some(values)
}

fn put(translated: &str, values: &[&str]) -> String {
    let fill = |text: String, (at, value): (usize, &&str)| text.replace(&format!("{{{at}}}"), value);
    values.iter().enumerate().fold(translated.to_owned(), fill)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn translation() -> Translation {
        let page = |path: &str, title: &str| Page {
            path: path.into(),
            title: title.into(),
            summary: String::new(),
            kind: Kind::Named("x".into()),
            blocks: Vec::new(),
        };
        Translation {
            lang: "de".into(),
            name: "Deutsch".into(),
            direction: "ltr".into(),
            phrases: vec![
                ("About {0} minutes, {1} left".into(), "Noch {1} von {0} Minuten".into()),
                ("Main".into(), "Haupt".into()),
            ],
            site: Site { pages: vec![page("learn/b/", "B")], ..Site::default() },
            pages: vec![page("de/", "Start"), page("de/learn/a/", "A")],
        }
    }

    #[test]
    fn phrases_are_exchanged_whole_and_links_stay_in_the_language() {
        let html = "<nav aria-label=\"Main\"><p> About 30 minutes, 12 left</p><p>Main street</p></nav>\
                    <a class=\"x\" href=\"learn/a/#id\">A</a><a href=\"learn/b/\"><span>Next</span> B</a><a href=\"./\">G</a>\
                    <a href=\"https://x.example/\">x</a><a href=\"data/a.txt\">file</a>";
        assert_eq!(
            localise(html, &translation()),
            "<nav aria-label=\"Haupt\"><p> Noch 12 von 30 Minuten</p><p>Main street</p></nav>\
             <a class=\"x\" href=\"de/learn/a/#id\" lang=\"de\">A</a><a href=\"learn/b/\" hreflang=\"en\" lang=\"en\"><span>Next</span> B</a>\
             <a href=\"de/\">G</a><a href=\"https://x.example/\">x</a><a href=\"data/a.txt\">file</a>"
        );
    }
}
