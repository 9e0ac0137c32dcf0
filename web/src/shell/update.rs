//! The notice that a new version of the site is ready.

use gloo::events::EventListener;
use kit::t;
use leptos::prelude::*;

/// Draws the notice while there is a new version.
#[component]
pub fn Update() -> impl IntoView {
    // boot.js may have found an update before this component was there to hear of it.
    let root = document().document_element();
    let waiting = root.is_some_and(|root| root.get_attribute("data-update").as_deref() == Some("waiting"));
    let update = RwSignal::new(waiting);
    EventListener::new(&window(), "glassbox-update", move |_| update.set(true)).forget();
    let accept = move |_| {
        if let Ok(event) = web_sys::Event::new("glassbox-update-accept") {
            // boot.js activates the new version and reloads.
            let _ = window().dispatch_event(&event);
        }
    };
    move || {
        update.get().then(|| {
            view! {
                <div class="toast" data-toast="update">
                    <p>{t!("shell.new_version_glassbox")}</p>
                    <button type="button" class="primary" data-action="update" on:click=accept>{t!("shell.update_now")}</button>
                    <button type="button" on:click=move |_| update.set(false)>{t!("shell.later")}</button>
                </div>
            }
        })
    }
}
