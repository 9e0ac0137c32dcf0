//! How much the browser keeps for this site, whether it has promised to, and Glassbox as an app.

use gloo::events::EventListener;
use js_sys::{Function, Promise, Reflect};
use kit::{packs::megabytes, store, t, text::fill};
use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Draws meter and promise; `changes` counts what has changed the storage in use.
pub fn meter(changes: ReadSignal<u32>) -> AnyView {
    let usage = RwSignal::new(None::<store::Usage>);
    let promised = RwSignal::new(None::<bool>);
    let asked = RwSignal::new(false);
    Effect::new(move |_| {
        changes.track();
        spawn_local(async move {
            usage.try_set(store::usage().await);
            promised.try_set(persisted().await);
        });
    });
    let used = move || match usage.get() {
        Some(usage) => {
            fill(t!("packs.storage.used"), &[("used", &megabytes(usage.used)), ("quota", &megabytes(usage.quota))])
        }
        None => t!("packs.storage.unknown").to_owned(),
    };
    let share = move || usage.get().map_or(0.0, |usage| if usage.quota > 0.0 { usage.used / usage.quota } else { 0.0 });
    let ask = move |_| {
        spawn_local(async move {
            store::ask_to_persist().await;
            promised.try_set(persisted().await);
            asked.try_set(true);
        });
    };
    let answer = move || match (promised.get(), asked.get()) {
        (Some(true), _) => t!("packs.persist.yes"),
        (_, true) => t!("packs.persist.no"),
        _ => "",
    };
    view! {
        <section class="pack storage" aria-labelledby="pack-storage">
            <h2 id="pack-storage">{t!("packs.storage")}</h2>
            <meter class="storage-meter" aria-label=t!("packs.storage.label") min="0" max="1" hidden=move || usage.get().is_none() prop:value=share></meter>
            <p data-output="usage">{used}</p>
            <p hidden=move || promised.get() == Some(true)>{t!("packs.persist.why")}</p>
            <p class="pack-actions" hidden=move || promised.get() == Some(true)>
                <button type="button" data-action="persist" on:click=ask>{t!("packs.persist")}</button>
            </p>
            <p class="pack-news" role="status" data-output="persist">{answer}</p>
        </section>
    }
    .into_any()
}

/// Whether the browser has promised to keep this site's data; `None` where it cannot be asked.
async fn persisted() -> Option<bool> {
    let storage = Reflect::get(&window().navigator(), &"storage".into()).ok()?;
    let ask: Function = Reflect::get(&storage, &"persisted".into()).ok()?.dyn_into().ok()?;
    let promise: Promise = ask.call0(&storage).ok()?.dyn_into().ok()?;
    JsFuture::from(promise).await.ok()?.as_bool()
}

/// Draws the button that installs Glassbox, where the browser has offered that. `boot.js` keeps the offer.
pub fn install() -> AnyView {
    let told = || document().document_element().and_then(|root| root.get_attribute("data-install")).unwrap_or_default();
    let state = RwSignal::new(told());
    let listener = EventListener::new(&window(), "glassbox-install", move |_| {
        state.try_set(told());
    });
    let listener = StoredValue::new_local(Some(listener));
    on_cleanup(move || drop(listener.try_update_value(Option::take)));
    let ask = move |_| {
        let offer = Reflect::get(&window(), &"glassboxInstall".into()).unwrap_or(JsValue::NULL);
        if let Ok(prompt) = Reflect::get(&offer, &"prompt".into()).and_then(|prompt| prompt.dyn_into::<Function>()) {
            // An offer that was used already is refused; the button goes with the offer.
            let _ = prompt.call0(&offer);
        }
    };
    view! {
        <section class="pack" data-install-card="" hidden=move || state.get().is_empty() aria-labelledby="pack-install">
            <h2 id="pack-install">{t!("packs.install")}</h2>
            <p>{move || if state.get() == "done" { t!("packs.install.done") } else { t!("packs.install.why") }}</p>
            <p class="pack-actions" hidden=move || state.get() != "ready">
                <button type="button" class="primary" data-action="install" on:click=ask>{t!("packs.install")}</button>
            </p>
        </section>
    }
    .into_any()
}
