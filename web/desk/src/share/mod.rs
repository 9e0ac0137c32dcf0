//! Sharing: a lab's state as a link, as a QR code and as a file, and the notice about links that say nothing.

pub mod copy;
mod dialog;
pub mod link;
mod notice;
mod qr;

pub use qr::QrPicture;

use dialog::{Offer, ShareDialog};
use kit::wire;
use leptos::{mount::mount_to, prelude::*};
use serde::Deserialize;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// What a lab says when its Share button is pressed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wish {
    lab: String,
    title: String,
    knobs: String,
    lesson: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Open {
    open: String,
}

/// Listens for wishes to share, as long as the page lives.
pub fn install() {
    let offer = RwSignal::new(None::<Offer>);
    wire::hear(wire::SHARE, move |json| {
        let wish: Wish = serde_json::from_str(&json).unwrap_or_default();
        offer.set(Some(Offer::of_lab(&wish.lab, &wish.title, &wish.knobs, &wish.lesson)));
    })
    .forget();
    wire::hear(wire::OPEN, move |json| {
        let open: Open = serde_json::from_str(&json).unwrap_or_default();
        if open.open == "share" {
            offer.set(Some(Offer::of_page()));
        }
    })
    .forget();
    if let Some(place) = place("desk-share", "beforeend") {
        mount_to(place, move || view! { <ShareDialog offer/> }).forget();
    }
    notice::install();
}

/// An element of our own: at the end of the body, or before the page's main part.
pub fn place(class: &str, position: &str) -> Option<HtmlElement> {
    let element: HtmlElement = document().create_element("div").ok()?.unchecked_into();
    element.set_class_name(class);
    let main = document().get_element_by_id("main").filter(|_| position == "before-main");
    match main {
        Some(main) => main.before_with_node_1(&element).ok()?,
        None => drop(document().body()?.append_child(&element).ok()?),
    }
    Some(element)
}
