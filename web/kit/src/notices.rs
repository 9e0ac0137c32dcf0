//! The corner where notices stand: they wait for the learner and never interrupt.

use leptos::{mount::mount_to, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

const CORNER: &str = "toast-slot";

/// Adds a program's notices to the corner, which is one polite live region for all programs.
pub fn mount(notices: impl FnOnce() -> AnyView + 'static) {
    if let Some(own) = own_place() {
        mount_to(own, notices).forget();
    }
}

fn own_place() -> Option<HtmlElement> {
    let corner = document().get_element_by_id(CORNER).or_else(make_corner)?;
    let own = document().create_element("div").ok()?;
    own.set_class_name("toasts-of");
    corner.append_child(&own).ok()?;
    own.dyn_into().ok()
}

fn make_corner() -> Option<Element> {
    let corner = document().create_element("div").ok()?;
    corner.set_id(CORNER);
    corner.set_class_name("toasts");
    for (name, value) in [("role", "status"), ("aria-live", "polite")] {
        corner.set_attribute(name, value).ok()?;
    }
    document().body()?.append_child(&corner).ok()?;
    Some(corner)
}
