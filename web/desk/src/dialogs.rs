//! The dialogs of search, shortcuts and settings: one of each, opened by an event or a key.

use crate::{
    search::SearchDialog,
    settings::SettingsDialog,
    shortcuts::{self, ShortcutsDialog},
};
use kit::wire;
use leptos::{mount::mount_to, prelude::*};
use serde::Deserialize;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

#[derive(Deserialize)]
struct Open {
    open: String,
}

/// Puts the dialogs into the document, closed, and listens for the rest of the visit.
pub fn start() {
    let place = document().create_element("div").ok().and_then(|place| place.dyn_into::<HtmlElement>().ok());
    let (Some(place), Some(body)) = (place, document().body()) else { return };
    // The body takes children.
    let _ = body.append_child(&place);
    mount_to(place, || {
        let [search, keys, settings] = [(); 3].map(|()| RwSignal::new(false));
        let heard = wire::hear(wire::OPEN, move |json| {
            let wanted = serde_json::from_str::<Open>(&json).map(|wanted| wanted.open).unwrap_or_default();
            let all = [("search", search), ("shortcuts", keys), ("settings", settings)];
            if all.iter().any(|(name, _)| *name == wanted) {
                all.iter().for_each(|(name, open)| open.set(*name == wanted));
            }
        });
        let pressed = wire::hear(shortcuts::KEY, |key| shortcuts::pressed(&key));
        heard.forget();
        pressed.forget();
        view! {
            <SearchDialog open=search/>
            <ShortcutsDialog open=keys/>
            <SettingsDialog open=settings/>
        }
    })
    .forget();
}
