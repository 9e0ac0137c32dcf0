//! The labs, the widgets they are made of, and the page's side of the engine. Computes nothing heavier than a row of
//! numbers: the engine does, in a worker.
//!
//! It is a program beside the page's own one, in the same document, and is loaded when a lab is near. It fills the
//! places that pages keep for labs, and the device switch in the header.

mod address;
mod device;
mod engine;
mod labs;
mod large_file;
mod model_text;
mod models;
mod newest;
mod notices;
mod on_model;
mod picked;
mod texts;
mod widgets;

use gloo::timers::future::TimeoutFuture;
use kit::{crash, decimal, store, text};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

mod words {
    include!(concat!(env!("OUT_DIR"), "/words.rs"));
}

fn main() {
    crash::install();
    // Not the one of leptos, which is there once something is mounted.
    wasm_bindgen_futures::spawn_local(async {
        text::install("labs", words::VERSION, words::ENGLISH).await;
        device::apply_kept();
        // First, because the queue of leptos begins with what is mounted first.
        kit::notices::mount(|| view! { <notices::Notices/> }.into_any());
        kit::places::watch(".lab-slot[data-lab]", true, labs::fill);
        TimeoutFuture::new(0).await;
        device::mount();
        if let Some(root) = document().document_element().and_then(|root| root.dyn_into::<HtmlElement>().ok()) {
            // Any value will do; tests and embeds wait for it.
            let _ = root.dataset().set("laboratory", "ready");
        }
    });
}
