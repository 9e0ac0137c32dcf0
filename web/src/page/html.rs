//! The only place where text becomes HTML.
//!
//! Everything that arrives here was written by the content compiler and came with a page of this
//! site: prose, listings, questions. Nothing that a learner types, a model writes or a file contains
//! may ever be passed to these functions; such text is shown as text.

use leptos::prelude::*;

/// An element of a prerendered page, taken over as it was.
#[derive(Debug, Clone, PartialEq)]
pub struct Prerendered {
    /// The element's name in lower case.
    pub tag: String,
    /// Its `class`.
    pub class: String,
    /// Its `id`.
    pub id: Option<String>,
    /// Its `aria-label`.
    pub label: Option<String>,
    /// What is inside.
    pub html: String,
}

/// Shows an element as the compiler wrote it.
pub fn element(part: Prerendered) -> AnyView {
    let Prerendered { tag, class, id, label, html } = part;
    match tag.as_str() {
        "header" => view! { <header class=class id=id aria-label=label inner_html=html></header> }.into_any(),
        "nav" => view! { <nav class=class id=id aria-label=label inner_html=html></nav> }.into_any(),
        "section" => view! { <section class=class id=id aria-label=label inner_html=html></section> }.into_any(),
        "figure" => view! { <figure class=class id=id aria-label=label inner_html=html></figure> }.into_any(),
        _ => view! { <div class=class id=id aria-label=label inner_html=html></div> }.into_any(),
    }
}

/// Shows a stretch of compiled text within a line.
pub fn inline(class: &'static str, html: String) -> impl IntoView {
    view! { <span class=class inner_html=html></span> }
}

/// Shows compiled text as the body of a box.
pub fn body(class: &'static str, html: String) -> impl IntoView {
    view! { <div class=class inner_html=html></div> }
}
