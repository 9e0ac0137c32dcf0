//! The desk: everything on the page that remembers the learner, and nothing that computes with a model.
//!
//! It is a program beside the page's own one, in the same document, and is loaded when an element with `data-desk`
//! is there or a dialog is asked for. It finds such elements, fills each with the part that it names, and lets go of
//! those that leave the document.

mod certificate;
mod class;
mod course;
mod dialog;
mod dialogs;
mod embed_builder;
mod exercise;
mod go_on;
mod lab;
mod level;
mod notes;
mod packs;
mod parts;
mod paths;
mod placement;
mod predict;
mod progress;
mod progress_page;
mod quiz;
mod review;
mod search;
mod settings;
mod share;
mod shortcuts;
mod slots;
mod teach;

use kit::{crash, text};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlElement;

mod words {
    include!(concat!(env!("OUT_DIR"), "/words.rs"));
}

fn main() {
    crash::install();
    // The browser's own queue: that of Leptos begins with the first part that is mounted.
    spawn_local(async {
        text::install("desk", words::VERSION, words::ENGLISH).await;
        progress::start();
        dialogs::start();
        slots::watch();
        share::install();
        teach::install();
        if let Some(root) = document().document_element().and_then(|root| root.dyn_into::<HtmlElement>().ok()) {
            // Any value will do; tests wait for it, and boot.js sends what it has kept for the desk.
            let _ = root.dataset().set("desk", "ready");
        }
    });
}
