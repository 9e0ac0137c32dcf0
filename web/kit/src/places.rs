//! The places in the document that a program fills, as they come and go.

use gloo::timers::future::TimeoutFuture;
use js_sys::{Function, Promise, Reflect};
use leptos::prelude::*;
use std::{any::Any, cell::RefCell};
use wasm_bindgen::{JsCast, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{HtmlElement, MutationObserver, MutationObserverInit};

/// What lives in a place: dropping it ends that.
pub type Life = Box<dyn Any>;

/// Marks a place that was looked at.
const TAKEN: &str = "data-taken";

thread_local! {
    static LIVING: RefCell<Vec<(HtmlElement, Life)>> = const { RefCell::new(Vec::new()) };
}

/// Fills every element that `selector` finds, now and later, each in a task of its own, so that the page answers between
/// two of them. With `near`, only once the reader comes near it. What lives in an element ends when that leaves the
/// document.
pub fn watch(selector: &'static str, near: bool, fill: fn(&HtmlElement) -> Option<Life>) {
    let look = move || look(selector, near, fill);
    look();
    let changed = Closure::<dyn FnMut()>::new(look);
    if let Ok(observer) = MutationObserver::new(changed.as_ref().unchecked_ref()) {
        let options = MutationObserverInit::new();
        options.set_child_list(true);
        options.set_subtree(true);
        // The document is there and can be watched.
        let _ = observer.observe_with_options(&document(), &options);
    }
    // It watches as long as the page is there.
    changed.forget();
}

fn look(selector: &str, near: bool, fill: fn(&HtmlElement) -> Option<Life>) {
    // What left the document first; what ends may look at the list.
    let gone: Vec<_> = LIVING.with_borrow_mut(|living| {
        let (here, gone) = living.drain(..).partition(|(place, _)| place.is_connected());
        *living = here;
        gone
    });
    drop::<Vec<(HtmlElement, Life)>>(gone);
    let Ok(found) = document().query_selector_all(&format!("{selector}:not([{TAKEN}])")) else { return };
    for index in 0..found.length() {
        let Some(place) = found.item(index).and_then(|node| node.dyn_into::<HtmlElement>().ok()) else { continue };
        // Marked first, so that it is looked at once, whatever happens.
        let _ = place.set_attribute(TAKEN, "");
        spawn_local(async move {
            if near {
                come_near(&place).await;
            }
            TimeoutFuture::new(0).await;
            // The page may have been left meanwhile.
            if let Some(life) = place.is_connected().then(|| fill(&place)).flatten() {
                LIVING.with_borrow_mut(|living| living.push((place, life)));
            }
        });
    }
}

/// Waits until the reader is near the element, or the page has had time to settle; `boot.js` knows when that is. An
/// embed's page has no `boot.js`, and nothing but its lab.
async fn come_near(element: &HtmlElement) {
    let Ok(near) = Reflect::get(&window(), &"glassboxNear".into()) else { return };
    let Some(near) = near.dyn_ref::<Function>() else { return };
    if let Ok(promise) = near.call1(&window(), element) {
        // It is never refused.
        let _ = JsFuture::from(Promise::resolve(&promise)).await;
    }
}
