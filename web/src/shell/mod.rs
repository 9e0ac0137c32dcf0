//! What surrounds every page: the theme's switch in the header, and the notice of a new version.

mod theme;
mod update;

use gloo::timers::future::TimeoutFuture;
use leptos::{mount::mount_to, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Fills the places that the shell's HTML keeps free, each in a task of its own.
pub async fn mount_around() {
    TimeoutFuture::new(0).await;
    let slot = document().get_element_by_id("theme-slot").and_then(|slot| slot.dyn_into::<HtmlElement>().ok());
    if let Some(slot) = slot {
        mount_to(slot, || view! { <theme::ThemeSwitch/> }).forget();
    }
    kit::notices::mount(|| view! { <update::Update/> }.into_any());
}
