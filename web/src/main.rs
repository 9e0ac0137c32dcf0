//! The page: turns pages, gives listings their tabs, and knows the theme. Labs and what remembers the learner are
//! programs of their own, loaded when they are needed.

mod app;
mod page;
mod shell;

use gloo::timers::future::TimeoutFuture;
use kit::{address, crash, text};
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
        // For English this waits for nothing.
        text::install("page", words::VERSION, words::ENGLISH).await;
        // In several tasks, so that the page answers between them.
        TimeoutFuture::new(0).await;
        start().await;
    });
}

async fn start() {
    let document = document();
    let Some(root) = document.document_element().and_then(|root| root.dyn_into::<HtmlElement>().ok()) else { return };
    // The reader asked for the text alone, as after a failed start.
    if root.dataset().get("labs").as_deref() == Some("off") {
        return;
    }
    address::freeze_base();
    let main = document.get_element_by_id("main").and_then(|main| main.dyn_into::<HtmlElement>().ok());
    if let (Some(main), Some(first)) = (main, page::Page::read(&document)) {
        leptos::mount::mount_to(main, || view! { <app::App first/> }).forget();
    }
    page::watch();
    shell::mount_around().await;
    // Any value will do; tests and the watchdog wait for it.
    let _ = root.dataset().set("ready", "1");
}
