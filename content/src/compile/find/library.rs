//! What can be found: lessons, their sections, pages, terms, labs, and the lessons that are only planned.

use super::{
    super::Book,
    glossary, plain,
    terms::{PATH, Term},
};
use crate::{Block, Page, Site};
use learn::search::{Entry, Kind, Library};
use serde::Deserialize;
use std::path::Path;

/// The most bytes of `search.json`, compressed with gzip: it is fetched for use offline, long after the first view,
/// and grows with the course.
pub const BUDGET: usize = 250_000;
/// Lengths that texts are cut to, in characters, until all fits the budget.
const LENGTHS: [usize; 10] = [usize::MAX, 3000, 2000, 1400, 1000, 700, 500, 350, 200, 0];

/// Labs with a title of their own; the file belongs to the embeds.
#[derive(Deserialize)]
struct EmbedsToml {
    embed: Vec<EmbedToml>,
}

#[derive(Deserialize)]
struct EmbedToml {
    lab: String,
    title: String,
    summary: String,
    lesson: String,
}

/// Everything that can be found, in the order of the course.
pub fn collect(root: &Path, book: &Book, terms: &[Term]) -> Library {
    let site = &book.site;
    let mut entries = Vec::new();
    for page in site.pages.iter().filter(|page| page.path != "404.html") {
        entries.push(whole(site, page));
        // The headings of these pages hold lists of lessons, which are found by themselves.
        if page.path != "learn/" && !page.path.starts_with("paths/") {
            entries.extend(sections(page));
        }
    }
    entries.extend(labs(root, site));
    entries.extend(terms.iter().map(|term| Entry {
        kind: Kind::Term,
        title: glossary::capitalised(&term.term),
        place: String::new(),
        path: format!("{PATH}#{}", term.id),
        names: term.aliases.clone(),
        body: plain::text(&term.html),
    }));
    for module in site.course.modules() {
        let planned = module.lessons.iter().filter(|entry| site.covering(&entry.slug).is_none());
        entries.extend(planned.map(|entry| Entry {
            kind: Kind::Planned,
            title: entry.title.clone(),
            place: module.title.clone(),
            path: glossary::map_path(&module.slug),
            names: Vec::new(),
            body: String::new(),
        }));
    }
    Library { version: Library::VERSION, entries }
}

/// The library as `search.json`; if that is larger than the budget, the longest texts are cut at a sentence's end.
///
/// # Panics
/// If a library without any text is over the budget: then the course has outgrown this format.
pub fn pack(library: &Library) -> String {
    for length in LENGTHS {
        let mut cut = library.clone();
        for entry in &mut cut.entries {
            entry.body = shortened(&entry.body, length).to_owned();
        }
        let json = serde_json::to_string(&cut).expect("a library is strings");
        if gzip(&json) <= BUDGET {
            return json;
        }
    }
    panic!("the titles alone are over {BUDGET} bytes of search.json");
}

/// The length of a text compressed with gzip: raw deflate, a head of 10 bytes and a foot of 8.
pub fn gzip(text: &str) -> usize {
    miniz_oxide::deflate::compress_to_vec(text.as_bytes(), 9).len() + 18
}

/// The beginning of a text, whole sentences if there is one that fits.
fn shortened(text: &str, length: usize) -> &str {
    let Some((end, _)) = text.char_indices().nth(length) else { return text };
    let head = &text[..end];
    head.rfind(['.', '?', '!']).map_or_else(|| &head[..head.rfind(' ').unwrap_or(0)], |at| &head[..=at])
}

/// A page or a lesson as one find: what it is about, not all it says.
fn whole(site: &Site, page: &Page) -> Entry {
    let lead = page.blocks.iter().find_map(|block| match block {
        Block::Prose(html) => plain::sections(html).into_iter().find(|section| section.id.is_empty()),
        _ => None,
    });
    let mut body = vec![page.summary.clone()];
    let (mut kind, mut place) = (Kind::Page, String::new());
    if let Some(lesson) = page.lesson() {
        kind = Kind::Lesson;
        place = site.course.module_of(&lesson.slug).map(|module| module.title.clone()).unwrap_or_default();
        body.extend(lesson.objectives.iter().map(|objective| format!("{}.", plain::text(objective))));
    }
    body.extend(lead.map(|section| section.text));
    let merged = page.lesson().into_iter().flat_map(|lesson| &lesson.covers);
    let merged = merged.filter_map(|slug| site.course.entry(slug)).map(|entry| entry.title.clone());
    Entry {
        kind,
        title: page.title.clone(),
        place,
        path: page.path.clone(),
        names: merged.filter(|title| *title != page.title).collect(),
        body: body.join(" "),
    }
}

/// Every heading of a page that has an address and says something.
fn sections(page: &Page) -> impl Iterator<Item = Entry> {
    let prose = page.blocks.iter().filter_map(|block| match block {
        Block::Prose(html) => Some(plain::sections(html)),
        _ => None,
    });
    prose.flatten().filter(|section| !section.id.is_empty() && !section.text.is_empty()).map(|section| Entry {
        kind: Kind::Section,
        title: section.title,
        place: page.title.clone(),
        path: format!("{}#{}", page.path, section.id),
        names: Vec::new(),
        body: section.text,
    })
}

/// Every lab that has a title, where it stands first.
fn labs(root: &Path, site: &Site) -> Vec<Entry> {
    let text = std::fs::read_to_string(root.join("content/embeds.toml")).unwrap_or_default();
    // Faults of that file are reported by those who own it.
    let embeds = toml::from_str::<EmbedsToml>(&text).map(|toml| toml.embed).unwrap_or_default();
    let stands = |lab: &str, path: &str| {
        let page = site.pages.iter().find(|page| page.path == path)?;
        page.blocks.iter().find_map(|block| match block {
            Block::Lab { name, id, .. } if name == lab => Some((page, id)),
            _ => None,
        })
    };
    let entry = |embed: EmbedToml| {
        let (page, id) = stands(&embed.lab, &embed.lesson)?;
        Some(Entry {
            kind: Kind::Lab,
            title: embed.title,
            place: page.title.clone(),
            path: format!("{}#{id}", page.path),
            names: vec!["lab".to_owned(), embed.lab],
            body: embed.summary,
        })
    };
    embeds.into_iter().filter_map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_at_sentences() {
        assert_eq!(shortened("One two. Three four.", 12), "One two.");
        assert_eq!(shortened("One two three", 9), "One two");
        assert_eq!(shortened("Whole.", 9), "Whole.");
        assert_eq!(shortened("é", 0), "");
    }

    #[test]
    fn a_library_over_the_budget_is_cut_until_it_fits() {
        // Random letters, which cannot be compressed much.
        let mut state = 1_u64;
        let mut letters = |count: usize| -> String {
            let mut next = || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                char::from(b'a' + (state >> 33) as u8 % 26)
            };
            (0..count).map(|_| next()).collect()
        };
        let mut entry = |nth: usize| Entry {
            kind: Kind::Section,
            title: format!("Section {nth}"),
            place: String::new(),
            path: format!("learn/x/#{nth}"),
            names: Vec::new(),
            body: (0..200).map(|_| letters(50) + ". ").collect(),
        };
        let library = Library { version: Library::VERSION, entries: (0..100).map(&mut entry).collect() };
        let packed = Library::read(&pack(&library)).unwrap();
        assert!(gzip(&serde_json::to_string(&library).unwrap()) > BUDGET);
        assert!(gzip(&serde_json::to_string(&packed).unwrap()) <= BUDGET);
        assert_eq!(packed.entries.len(), 100);
        assert!(packed.entries.iter().all(|entry| entry.body.ends_with('.')), "whole sentences");
    }
}
