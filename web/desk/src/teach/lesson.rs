//! What a page offers a teacher: its labs and its exercises, read from the page itself.

use super::controls;
use kit::address::absolute;
use learn::{practice::Exercise, share::State};
use serde::Deserialize;
use web_sys::{Document, DomParser, SupportedType};

/// One page of the site.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PageRow {
    /// Below the site's root; empty is home.
    pub path: String,
    /// Its heading.
    pub title: String,
}

/// What is on one page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Offered {
    /// Its labs, each once, and how the page sets them.
    pub labs: Vec<(String, String)>,
    /// The exercises: id, lab and title.
    pub exercises: Vec<(String, String, String)>,
}

impl Offered {
    /// Whether the page has that lab.
    pub fn has(&self, lab: &str) -> bool {
        self.labs.iter().any(|(name, _)| name == lab)
    }

    /// How the page sets that lab, as pairs.
    pub fn settings(&self, lab: &str) -> Vec<(String, String)> {
        let knobs = self.labs.iter().find(|(name, _)| name == lab).map(|(_, knobs)| knobs.as_str());
        State::of(lab, knobs.unwrap_or_default()).knobs
    }
}

/// Every page of the site; empty without a connection to it.
pub async fn pages() -> Vec<PageRow> {
    let text = fetch("pages.json").await.unwrap_or_default();
    let mut pages: Vec<PageRow> = serde_json::from_str(&text).unwrap_or_default();
    pages.retain(|page| !page.path.ends_with(".html"));
    pages
}

/// Reads one page.
pub async fn offered(path: &str) -> Option<Offered> {
    let text = fetch(if path.is_empty() { "./" } else { path }).await?;
    let document = DomParser::new().ok()?.parse_from_string(&text, SupportedType::TextHtml).ok()?;
    Some(read(&document))
}

/// The first page with that lab.
pub async fn page_with(lab: &str, pages: &[PageRow]) -> Option<String> {
    for page in pages {
        if offered(&page.path).await.is_some_and(|offered| offered.has(lab)) {
            return Some(page.path.clone());
        }
    }
    None
}

fn read(document: &Document) -> Offered {
    let Some(body) = document.body() else { return Offered::default() };
    let mut labs: Vec<(String, String)> = Vec::new();
    for slot in controls::all(&body, "[data-lab]") {
        let name = slot.get_attribute("data-lab").unwrap_or_default();
        if learn::share::is_name(&name) && labs.iter().all(|(known, _)| *known != name) {
            labs.push((name, slot.get_attribute("data-knobs").unwrap_or_default()));
        }
    }
    let places = controls::all(&body, "[data-desk=\"exercise\"][data-json]");
    let read =
        places.iter().filter_map(|place| serde_json::from_str::<Exercise>(&place.get_attribute("data-json")?).ok());
    Offered { labs, exercises: read.map(|it| (it.id, it.lab, it.title)).collect() }
}

async fn fetch(relative: &str) -> Option<String> {
    let response = gloo::net::http::Request::get(&absolute(relative)).send().await.ok()?;
    if response.ok() { response.text().await.ok() } else { None }
}
