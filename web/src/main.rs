//! The page: draws lessons and labs, computes nothing heavier than a row of numbers.

mod address;
mod app;
mod decimal;
mod engine;
mod labs;
mod models;
mod page;
mod shell;
mod store;
mod widgets;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

fn main() {
    shell::crash::install();
    let document = document();
    let Some(root) = document.document_element().and_then(|root| root.dyn_into::<HtmlElement>().ok()) else { return };
    // The reader asked for the text alone, as after a failed start.
    if root.dataset().get("labs").as_deref() == Some("off") {
        return;
    }
    address::freeze_base();
    shell::device::apply_kept();
    let main = document.get_element_by_id("main").and_then(|main| main.dyn_into::<HtmlElement>().ok());
    if let (Some(main), Some(first)) = (main, page::Page::read(&document)) {
        // In one task, so that nothing is painted between: the text stays where it was.
        main.replace_children_with_node_0();
        leptos::mount::mount_to(main, || view! { <app::App first/> }).forget();
    }
    shell::mount_around();
    // Any value will do; tests and the watchdog wait for it.
    let _ = root.dataset().set("ready", "1");
}
