//! The places in the document that the desk fills, as they come and go.

use crate::parts;
use kit::places::{self, Life};
use leptos::{mount::mount_to, prelude::*};
use web_sys::{Element, HtmlElement};

/// A place that names a part of the desk: `<section data-desk="quiz" data-json="…">fallback</section>`.
#[derive(Debug, Clone, PartialEq)]
pub struct Slot {
    /// Which part.
    pub name: String,
    /// What the compiler or the author gave it, as JSON; may be empty.
    pub json: String,
    /// The element's id; may be empty.
    pub id: String,
    /// The slug of the lesson around it.
    pub lesson: Option<String>,
    /// The prerendered HTML that stood there, written by the content compiler.
    pub fallback: String,
}

/// The place that a part is drawn in, as its context.
#[derive(Clone, Copy)]
struct Place(StoredValue<HtmlElement, LocalStorage>);

/// Says of the part being drawn that what it shows is on its way (`aria-busy`), until this is dropped.
pub struct Busy(Option<HtmlElement>);

impl Busy {
    /// For the part that asks.
    pub fn here() -> Self {
        let element = use_context::<Place>().map(|place| place.0.get_value());
        if let Some(element) = &element {
            let _ = element.set_attribute("aria-busy", "true");
        }
        Self(element)
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        if let Some(element) = &self.0 {
            let _ = element.remove_attribute("aria-busy");
        }
    }
}

/// Fills every place there is, and those that come later.
pub fn watch() {
    places::watch("[data-desk]:not(html)", false, fill);
}

fn fill(element: &HtmlElement) -> Option<Life> {
    let attribute = |name: &str| element.get_attribute(name).unwrap_or_default();
    let lesson = element.closest("article[data-slug]").ok().flatten();
    let slot = Slot {
        name: attribute("data-desk"),
        json: attribute("data-json"),
        id: attribute("id"),
        lesson: lesson.as_ref().and_then(|article: &Element| article.get_attribute("data-slug")),
        fallback: element.inner_html(),
    };
    let _ = element.set_attribute("data-live", "");
    let part = parts::find(&slot.name)?;
    element.replace_children_with_node_0();
    let place = element.clone();
    Some(Box::new(mount_to(element.clone(), move || {
        provide_context(Place(StoredValue::new_local(place)));
        part(slot)
    })))
}
