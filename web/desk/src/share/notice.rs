//! What is said about a link that boot.js could not unpack.

use super::{link, place};
use gloo::events::EventListener;
use kit::t;
use leptos::{mount::mount_to, prelude::*};

/// Shows the notice now and whenever another link is pasted.
pub fn install() {
    let fault = RwSignal::new(link::fault());
    EventListener::new(&window(), "glassbox-shared", move |_| fault.set(link::fault())).forget();
    let Some(place) = place("shared-notice", "before-main") else { return };
    let words = |fault: &str| if fault == "browser" { t!("share.fault-browser") } else { t!("share.fault") };
    let close = move |_| {
        link::forget();
        fault.set(None);
    };
    let notice = move || {
        fault.get().map(|fault| {
            let said = words(&fault);
            view! {
                <section class="link-notice" role="alert" data-link-fault=fault>
                    <p><strong>{t!("share.fault-title")}</strong> " " {said}</p>
                    <button type="button" on:click=close>{t!("share.fault-close")}</button>
                </section>
            }
        })
    };
    mount_to(place, move || notice).forget();
}
