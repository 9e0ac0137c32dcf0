//! When the page's own program panics: its memory is lost, so plain scripts say the last words.

use wasm_bindgen::JsValue;
use web_sys::{CustomEvent, CustomEventInit};

/// Has every panic reported to `boot.js`, which shows the card with "Reload".
pub fn install() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(|at| format!("{}:{}", at.file(), at.line())).unwrap_or_default();
        let said = info.payload().downcast_ref::<&str>().map(|said| (*said).to_owned());
        let said = said.or_else(|| info.payload().downcast_ref::<String>().cloned()).unwrap_or_default();
        let text = format!("{said} ({place})");
        web_sys::console::warn_1(&JsValue::from_str(&text));
        let init = CustomEventInit::new();
        init.set_detail(&JsValue::from_str(&text));
        if let (Some(window), Ok(event)) =
            (web_sys::window(), CustomEvent::new_with_event_init_dict("glassbox-crashed", &init))
        {
            // Nothing more can be done if even this fails.
            let _ = window.dispatch_event(&event);
        }
    }));
}
