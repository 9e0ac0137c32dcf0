//! What surrounds every page: the switches of the header, the notices, and the last words after a crash.

pub mod crash;
pub mod device;
mod theme;
mod toast;

use leptos::{mount::mount_to, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Fills the places that the shell's HTML keeps free.
pub fn mount_around() {
    fill("device-slot", || view! { <device::DeviceSwitch/> }.into_any());
    fill("theme-slot", || view! { <theme::ThemeSwitch/> }.into_any());
    if let (Some(body), Ok(slot)) = (document().body(), document().create_element("div")) {
        slot.set_id("toast-slot");
        // The body is there and takes children.
        let _ = body.append_child(&slot);
        fill("toast-slot", || view! { <toast::Toasts/> }.into_any());
    }
}

fn fill(id: &str, content: fn() -> AnyView) {
    let slot = document().get_element_by_id(id).and_then(|slot| slot.dyn_into::<HtmlElement>().ok());
    if let Some(slot) = slot {
        mount_to(slot, content).forget();
    }
}
