//! Finds as a reader sees them.

use kit::{address, t};
use learn::search::{Index, Kind, Marked};
use leptos::prelude::*;

/// Something found, ready to be drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Find {
    /// Where it is, from the site's root.
    pub path: String,
    kind: Kind,
    place: String,
    title: Marked,
    snippet: Marked,
}

impl Find {
    /// The best finds for a query.
    pub fn all(index: &Index, query: &str, limit: usize) -> Vec<Self> {
        let finds = index.find(query, limit).into_iter().map(|hit| {
            let entry = &index.entries()[hit.entry];
            Self {
                path: entry.path.clone(),
                kind: entry.kind,
                place: entry.place.clone(),
                title: hit.title,
                snippet: hit.snippet,
            }
        });
        finds.collect()
    }

    /// Its whole address.
    pub fn href(&self) -> String {
        address::absolute(if self.path.is_empty() { "./" } else { &self.path })
    }

    /// Title, place and snippet.
    pub fn inside(&self) -> impl IntoView + use<> {
        let kind = match self.kind {
            Kind::Lesson => t!("search.kind.lesson"),
            Kind::Page => t!("search.kind.page"),
            Kind::Section => t!("search.kind.section"),
            Kind::Term => t!("search.kind.term"),
            Kind::Lab => t!("search.kind.lab"),
            Kind::Planned => t!("search.kind.planned"),
        };
        let place = (!self.place.is_empty()).then(|| format!(" · {}", self.place));
        let snippet = (!self.snippet.text.is_empty()).then(|| {
            view! { <span class="search-snippet">{marked(&self.snippet)}</span> }
        });
        view! {
            <span class="search-title">{marked(&self.title)}</span>
            <span class="search-place">{kind}{place}</span>
            {snippet}
        }
    }
}

fn marked(text: &Marked) -> Vec<AnyView> {
    let piece = |(piece, hit): (&str, bool)| {
        let piece = piece.to_owned();
        if hit { view! { <mark>{piece}</mark> }.into_any() } else { piece.into_any() }
    };
    text.pieces().into_iter().map(piece).collect()
}
