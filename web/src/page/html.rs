//! The only place where text becomes HTML.
//!
//! Everything that arrives here was written by the content compiler and came with a page of this
//! site: captions and listings. Nothing that a learner types, a model writes or a file contains
//! may ever be passed to these functions; such text is shown as text.

use leptos::prelude::*;

/// Shows a stretch of compiled text within a line.
pub fn inline(class: &'static str, html: String) -> impl IntoView {
    view! { <span class=class inner_html=html></span> }
}

/// Shows compiled text as the body of a box.
pub fn body(class: &'static str, html: String) -> impl IntoView {
    view! { <div class=class inner_html=html></div> }
}
