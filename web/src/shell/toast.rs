//! Notices at the edge of the page. They wait for the learner and never interrupt.

use crate::engine::{self, EngineState};
use gloo::events::EventListener;
use leptos::prelude::*;

/// Draws the notices that hold now, in one polite live region.
#[component]
pub fn Toasts() -> impl IntoView {
    let status = engine::status();
    let dismissed = RwSignal::new(None::<String>);
    let notice = Memo::new(move |_| {
        let notice = status.with(|status| status.notice.clone());
        notice.filter(|notice| dismissed.with(|dismissed| dismissed.as_ref() != Some(notice)))
    });
    let stopped = Memo::new(move |_| {
        status.with(|status| match &status.state {
            EngineState::Stopped(why) => Some(why.clone()),
            _ => None,
        })
    });

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

    view! {
        <div class="toasts" role="status" aria-live="polite">
            {move || notice.get().map(|text| {
                let close = text.clone();
                view! {
                    <div class="toast" data-toast="notice">
                        <p>{text}</p>
                        <button type="button" on:click=move |_| dismissed.set(Some(close.clone()))>"Close"</button>
                    </div>
                }
            })}
            {move || stopped.get().map(|why| view! {
                <div class="toast toast-bad" data-toast="stopped">
                    <p>{why}</p>
                    <button type="button" data-action="start-again" on:click=|_| engine::restart()>"Start again"</button>
                </div>
            })}
            {move || update.get().then(|| view! {
                <div class="toast" data-toast="update">
                    <p>"A new version of Glassbox is ready. Saved models and scores are kept; a training run under way goes on from its last checkpoint."</p>
                    <button type="button" class="primary" data-action="update" on:click=accept>"Update now"</button>
                    <button type="button" on:click=move |_| update.set(false)>"Later"</button>
                </div>
            })}
        </div>
    }
}
