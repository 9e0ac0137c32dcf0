//! Links to states: where they lead, and what the present one says.

use kit::address::absolute;
use learn::share::{State, TooLong, encode};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// The address of the page that is shown, without what follows `?` or `#`.
pub fn here() -> String {
    let href = window().location().href().unwrap_or_default();
    href.split(['?', '#']).next().unwrap_or_default().to_owned()
}

/// The address of a lesson's page; of the page that is shown where no lesson is named.
pub fn page_of(lesson: &str) -> String {
    if lesson.is_empty() { here() } else { absolute(&format!("learn/{lesson}/")) }
}

/// A whole link to `state` on the page with this address. A lab as it always starts is named too: its lesson may
/// set it otherwise.
pub fn link(page: &str, state: &State) -> Result<String, TooLong> {
    Ok(format!("{page}#{}", encode(state)?))
}

/// What the address bar says, as boot.js has unpacked it.
pub fn arrived() -> Option<State> {
    State::read(&root()?.dataset().get("shared")?)
}

/// Why boot.js could not unpack what the address bar says.
pub fn fault() -> Option<String> {
    root()?.dataset().get("sharedFault")
}

/// Forgets what the address bar said.
pub fn forget() {
    if let Some(root) = root() {
        root.dataset().delete("shared");
        root.dataset().delete("sharedFault");
    }
}

fn root() -> Option<HtmlElement> {
    document().document_element()?.dyn_into().ok()
}
