//! What the page and the desk tell each other: events on the window, their details as JSON texts.

use gloo::events::EventListener;
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CustomEvent, CustomEventInit};

/// A lab has a new real result.
pub const OUTCOME: &str = "glassbox-outcome";
/// A lab on the page is to start anew with other settings.
pub const SET: &str = "glassbox-set";
/// What waits for the reader to come near is to start at once.
pub const NEAR: &str = "glassbox-near";
/// The page has turned, or its query has changed.
pub const ADDRESS: &str = "glassbox-address";
/// A lab's state is to be shared.
pub const SHARE: &str = "glassbox-share";
/// A dialog is to be opened.
pub const OPEN: &str = "glassbox-open";
/// The learner's progress has changed.
pub const PROGRESS: &str = "glassbox-progress";
/// A pack was fetched or removed; the detail is its name.
pub const PACK: &str = "glassbox-pack";
/// Another program of the page has stopped: what is not on the disk yet is to be written at once.
pub const KEEP: &str = "glassbox-keep";

/// Tells everybody on the page; `json` is the event's detail.
pub fn tell(name: &str, json: &str) {
    let init = CustomEventInit::new();
    init.set_detail(&JsValue::from_str(json));
    if let Ok(event) = CustomEvent::new_with_event_init_dict(name, &init) {
        // An event of a name of ours can be dispatched.
        let _ = window().dispatch_event(&event);
    }
}

/// Listens as long as the result is kept.
pub fn hear(name: &'static str, mut heard: impl FnMut(String) + 'static) -> EventListener {
    EventListener::new(&window(), name, move |event| {
        let detail = event.dyn_ref::<CustomEvent>().and_then(|event| event.detail().as_string());
        heard(detail.unwrap_or_default());
    })
}
