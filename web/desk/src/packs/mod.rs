//! The page “Offline”: what is kept for use without a connection, and what can be fetched for it on purpose. A lab that
//! needs a pack shows that one alone: `<div data-desk="packs" data-json="smollm2">`.

mod answer;
mod fetch;
mod row;
mod storage;

use crate::slots::Slot;
use gloo::timers::future::TimeoutFuture;
use kit::{
    packs::{self, Pack, Shelf},
    t,
};
use leptos::{prelude::*, task::spawn_local};

/// What is known of the packs.
#[derive(Clone)]
enum Found {
    Looking,
    /// The list cannot be had.
    Unlisted,
    /// Nothing is kept offline here.
    Unready,
    Packs(Vec<Pack>, Shelf),
}

/// Draws the packs, the storage meter and the offer to install.
pub fn part(slot: Slot) -> AnyView {
    let alone = (!slot.json.is_empty()).then_some(slot.json);
    let whole = alone.is_none();
    let found = RwSignal::new_local(Found::Looking);
    let (changes, set_changes) = signal(0_u32);
    let changed = move || {
        set_changes.try_update(|count| *count += 1);
    };
    spawn_local(async move {
        let Some(mut packs) = packs::fetch().await else {
            found.try_set(Found::Unlisted);
            return;
        };
        if let Some(name) = alone {
            packs.retain(|pack| pack.name == name);
        }
        // On the first visit the service worker fills its cache while the page is read already.
        loop {
            if let Some(shelf) = settled().then_some(Shelf::open().await).flatten() {
                found.try_set(Found::Packs(packs, shelf));
                return changed();
            }
            if offline_state() == "unavailable" {
                found.try_set(Found::Unready);
                return;
            }
            TimeoutFuture::new(250).await;
            if found.is_disposed() {
                return;
            }
        }
    });
    view! {
        <div class="packs" data-packs=move || match found.get() {
            Found::Looking => "looking",
            Found::Unlisted => "unlisted",
            Found::Unready => "unready",
            Found::Packs(..) => "ready",
        }>
            {move || match found.get() {
                Found::Looking => view! { <p role="status">{t!("packs.loading")}</p> }.into_any(),
                Found::Unlisted => view! { <p role="alert">{t!("packs.unlisted")}</p> }.into_any(),
                Found::Unready => view! { <p role="alert">{t!("packs.unready")}</p> }.into_any(),
                Found::Packs(packs, shelf) => {
                    let rows: Vec<_> = packs.into_iter().map(|pack| row::row(pack, shelf.clone(), changed)).collect();
                    view! { {whole.then(|| view! { <p>{t!("packs.basic")}</p> })}{rows} }.into_any()
                }
            }}
            {whole.then(|| (storage::meter(changes), storage::install()))}
        </div>
    }
    .into_any()
}

fn offline_state() -> String {
    document().document_element().and_then(|root| root.get_attribute("data-offline")).unwrap_or_default()
}

fn settled() -> bool {
    offline_state() == "ready"
}
