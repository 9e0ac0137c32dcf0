//! The glossary's page, and what its entries and the popovers have in common.

use super::{
    super::{Book, escape},
    plain,
    terms::{PATH, Term},
};
use crate::{Block, Kind, Page, Site};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

/// What the places of the site are called.
#[derive(Debug, Default)]
pub struct Places {
    /// By address from the site's root, as plain text.
    titles: BTreeMap<String, String>,
    /// The lessons of the tree: where each is read, and its title, by slug.
    lessons: BTreeMap<String, (String, String)>,
}

impl Places {
    /// The pages of a site with their headings and labs, and the lessons of its tree.
    pub fn of(site: &Site) -> Self {
        let mut places = Self::default();
        for page in &site.pages {
            let title = if page.path.is_empty() { "Start page" } else { &page.title };
            places.titles.insert(page.path.clone(), title.to_owned());
            for block in &page.blocks {
                match block {
                    Block::Prose(html) => {
                        for section in plain::sections(html).into_iter().filter(|section| !section.id.is_empty()) {
                            let address = format!("{}#{}", page.path, section.id);
                            places.titles.insert(address, format!("{title}: {}", section.title));
                        }
                    }
                    Block::Lab { id, .. } => {
                        places.titles.insert(format!("{}#{id}", page.path), format!("{title}: the lab"));
                    }
                    _ => {}
                }
            }
        }
        for entry in site.course.entries() {
            let place = match site.covering(&entry.slug) {
                Some((page, _)) => (page.path.clone(), page.title.clone()),
                None => {
                    let module = site.course.module_of(&entry.slug).map(|module| module.slug.as_str());
                    (map_path(module.unwrap_or_default()), format!("{} (not written yet)", entry.title))
                }
            };
            places.lessons.insert(entry.slug.clone(), place);
        }
        places
    }
}

/// Where the map of the course shows a module.
pub fn map_path(module: &str) -> String {
    format!("learn/#module-{module}")
}

/// A line of links to where a term is shown, but not to the page that the line stands on; empty if there are none.
pub fn links(term: &Term, places: &Places, here: Option<&str>) -> String {
    let see = term.see.iter().map(|place| place.trim_start_matches("./"));
    let mut all: Vec<(&str, &str)> =
        see.filter_map(|place| places.titles.get(place).map(|title| (place, title.as_str()))).collect();
    if let Some((path, title)) = term.lesson.as_ref().and_then(|slug| places.lessons.get(slug)) {
        // A place within the same lesson says more than the lesson.
        if !all.iter().any(|(place, _)| place.starts_with(path.as_str())) {
            all.push((path, title));
        }
    }
    all.retain(|(place, _)| here.is_none_or(|here| place.split('#').next() != Some(here)));
    let mut links: Vec<String> = all
        .into_iter()
        .map(|(place, title)| {
            let href = if place.is_empty() || place.starts_with('#') { format!("./{place}") } else { place.to_owned() };
            format!("<a href=\"{}\">{}</a>", escape::html(&href), escape::html(title))
        })
        .collect();
    if here.is_some() {
        links.push(format!("<a href=\"{PATH}#{}\">In the glossary</a>", term.id));
    }
    match links.is_empty() {
        true => String::new(),
        false => format!("<p class=\"term-more\">{}</p>\n", links.join(" · ")),
    }
}

/// A term as it begins a line: its first letter large.
pub fn capitalised(term: &str) -> String {
    let mut letters = term.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}", letters.as_str())
}

/// Adds the glossary's page before the first page that comes after it by name.
pub fn add(terms: &[Term], places: &Places, book: &mut Book) {
    let mut html = String::from("<dl class=\"glossary\">\n");
    let mut ids: BTreeSet<String> = ["main".to_owned()].into();
    for term in terms {
        ids.insert(term.id.clone());
        let aliases = match term.aliases.is_empty() {
            true => String::new(),
            false => format!(" <span class=\"meta\">also {}</span>", escape::html(&term.aliases.join(", "))),
        };
        let _ = write!(
            html,
            "<dt id=\"{}\">{}{aliases}</dt>\n<dd><p>{}</p>\n{}</dd>\n",
            term.id,
            escape::html(&capitalised(&term.term)),
            term.html,
            links(term, places, None)
        );
    }
    html.push_str("</dl>\n");
    book.ids.insert(PATH.to_owned(), ids);
    let page = Page {
        path: PATH.to_owned(),
        title: "Glossary".to_owned(),
        summary: format!("{} words of the field, each explained in a sentence or two.", terms.len()),
        kind: Kind::Named("glossary".to_owned()),
        blocks: vec![Block::Prose(html)],
    };
    let after = |other: &Page| matches!(&other.kind, Kind::Named(name) if name.as_str() > "glossary");
    let at = book.site.pages.iter().position(after).unwrap_or(book.site.pages.len());
    book.site.pages.insert(at, page);
}
