//! The controls of a lab: what a teacher can hide and lock, found by the names that the lab gives them.

use wasm_bindgen::JsCast;
use web_sys::{Document, Element};

/// One control as the builder lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Control {
    /// Its `data-field` or `data-action`.
    pub name: String,
    /// What stands beside or on it.
    pub label: String,
}

/// The first lab of that name on the page.
pub fn lab(document: &Document, name: &str) -> Option<Element> {
    document.query_selector(&format!("[data-lab=\"{name}\"][data-state]")).ok().flatten()
}

/// Each control of a lab once, in the order they stand.
pub fn list(lab: &Element) -> Vec<Control> {
    let mut controls: Vec<Control> = Vec::new();
    for element in all(lab, "[data-field], [data-action]") {
        let name =
            element.get_attribute("data-field").or_else(|| element.get_attribute("data-action")).unwrap_or_default();
        let own = name != "share"; // The frame's button, not the lab's.
        if own && learn::share::is_name(&name) && controls.iter().all(|control| control.name != name) {
            let label = label(&element).unwrap_or_else(|| name.clone());
            controls.push(Control { name, label });
        }
    }
    controls
}

/// The elements to hide or lock for one name: the control and the words around it.
pub fn of_name(lab: &Element, name: &str) -> Vec<Element> {
    let found = all(lab, &format!("[data-field=\"{name}\"], [data-action=\"{name}\"]"));
    let whole = |element: Element| element.closest("label").ok().flatten().unwrap_or(element);
    found.into_iter().map(whole).collect()
}

/// All elements within `root` that match.
pub fn all(root: &Element, selector: &str) -> Vec<Element> {
    let Ok(found) = root.query_selector_all(selector) else { return Vec::new() };
    // All are elements; those of a frame are of another realm, where `dyn_into` says no.
    (0..found.length()).filter_map(|at| Some(found.item(at)?.unchecked_into())).collect()
}

fn label(element: &Element) -> Option<String> {
    let around = element.closest("label").ok().flatten();
    let texts = [
        element.get_attribute("aria-label"),
        around.and_then(|label| first_words(&label)),
        first_words(element),
        element.get_attribute("placeholder"),
    ];
    texts.into_iter().flatten().map(|text| text.trim().to_owned()).find(|text| !text.is_empty())
}

/// The element's words up to a length that a list can show.
fn first_words(element: &Element) -> Option<String> {
    if element.tag_name().eq_ignore_ascii_case("select") {
        return None; // Its words are its choices.
    }
    let text = element.text_content()?;
    let words: Vec<&str> = text.split_whitespace().take(8).collect();
    Some(words.join(" ").chars().take(60).collect())
}
