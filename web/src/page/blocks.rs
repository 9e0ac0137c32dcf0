//! Reading a page: from the elements of a prerendered `<main>` to a list of blocks.

use super::html::Prerendered;
use serde::Deserialize;
use wasm_bindgen::JsCast;
use web_sys::{Document, Element};

/// A page of the site, as the compiler wrote it.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// For the tab and the history.
    pub title: String,
    /// Which kind of page: `home`, `lesson`, `models` …
    pub kind: String,
    /// The lesson's name in addresses; empty elsewhere.
    pub slug: String,
    /// The article's `class`.
    pub class: String,
    /// Top to bottom.
    pub blocks: Vec<Block>,
}

/// One part of a page.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// Shown as it is: prose, headers, links to the next lesson.
    Static(Prerendered),
    /// A lab from the registry.
    Lab {
        /// The lab's name.
        name: String,
        /// `key=value&key=value`.
        knobs: String,
        /// The element's id, so that prose can point at it.
        id: Option<String>,
    },
    /// One listing in several languages.
    Tabs(Listing),
    /// The questions at a lesson's end.
    Quiz(Quiz),
}

/// One algorithm in several languages.
#[derive(Debug, Clone, PartialEq)]
pub struct Listing {
    /// The figure's id.
    pub id: String,
    /// What it computes, as HTML.
    pub caption: String,
    /// One per language.
    pub panels: Vec<Panel>,
}

/// One language of a listing.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// Such as `rust`.
    pub lang: String,
    /// Such as "Rust".
    pub label: String,
    /// The listing and its notes, as HTML.
    pub html: String,
}

/// The questions of one lesson.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Quiz {
    /// The key under which the score is kept.
    pub slug: String,
    /// In order.
    pub questions: Vec<Question>,
}

/// One question.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Question {
    /// Unique within the quiz.
    pub id: String,
    /// As HTML.
    pub prompt: String,
    /// Several answers may be right, and all of them must be chosen.
    pub multiple: bool,
    /// What the learner chooses from.
    pub options: Vec<Choice>,
}

/// One answer on offer.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Choice {
    /// As HTML.
    pub text: String,
    /// Choosing it is right.
    pub correct: bool,
    /// Why, as HTML.
    pub explain: String,
}

impl Page {
    /// Reads the page that a document shows; `None` if it is not one of this site's pages.
    pub fn read(document: &Document) -> Option<Self> {
        let main = document.query_selector("main").ok()??;
        let article = main.query_selector("article").ok().flatten().unwrap_or(main);
        let attribute = |name: &str| article.get_attribute(name).unwrap_or_default();
        let kind = attribute("data-page");
        if kind.is_empty() {
            return None;
        }
        let blocks = children(&article).iter().map(read_block).collect();
        Some(Self { title: document.title(), kind, slug: attribute("data-slug"), class: attribute("class"), blocks })
    }

    /// Whether anything on the page may need the engine.
    pub fn has_labs(&self) -> bool {
        self.blocks.iter().any(|block| matches!(block, Block::Lab { .. }))
    }
}

fn read_block(element: &Element) -> Block {
    let attribute = |name: &str| element.get_attribute(name);
    if element.class_list().contains("lab-slot") {
        let (name, knobs) = (attribute("data-lab"), attribute("data-knobs"));
        return Block::Lab { name: name.unwrap_or_default(), knobs: knobs.unwrap_or_default(), id: attribute("id") };
    }
    let special = match attribute("data-block").as_deref() {
        Some("tabs") => read_listing(element).map(Block::Tabs),
        Some("quiz") => attribute("data-quiz").and_then(|json| serde_json::from_str(&json).ok()).map(Block::Quiz),
        _ => None,
    };
    special.unwrap_or_else(|| {
        Block::Static(Prerendered {
            tag: element.tag_name().to_ascii_lowercase(),
            class: attribute("class").unwrap_or_default(),
            id: attribute("id"),
            label: attribute("aria-label"),
            html: element.inner_html(),
        })
    })
}

fn read_listing(figure: &Element) -> Option<Listing> {
    let mut listing =
        Listing { id: figure.get_attribute("id").unwrap_or_default(), caption: String::new(), panels: Vec::new() };
    for part in children(figure) {
        let Some(lang) = part.get_attribute("data-lang") else {
            if part.tag_name() == "FIGCAPTION" {
                listing.caption = part.inner_html();
            }
            continue;
        };
        // The heading names the language for readers without tabs; here the tab does.
        let html = children(&part).iter().filter(|child| !is_heading(child)).map(Element::outer_html).collect();
        let label = part.get_attribute("data-label").unwrap_or_else(|| lang.clone());
        listing.panels.push(Panel { lang, label, html });
    }
    (!listing.panels.is_empty()).then_some(listing)
}

fn is_heading(element: &Element) -> bool {
    matches!(element.tag_name().as_str(), "H1" | "H2" | "H3" | "H4" | "H5" | "H6")
}

fn children(element: &Element) -> Vec<Element> {
    let list = element.children();
    (0..list.length()).filter_map(|index| list.item(index)).filter_map(|child| child.dyn_into().ok()).collect()
}
