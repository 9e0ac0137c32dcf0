//! Where progress, settings and models are kept: one trait, the browser's storage behind it, and the
//! page's memory where the browser allows nothing.
//!
//! Records are short texts in named areas (`settings`, `quiz`, `models`); files are bytes by path.

mod indexed_db;
mod memory;
mod opfs;

use crate::t;
use leptos::prelude::*;
use std::{future::Future, pin::Pin, rc::Rc};
use wasm_bindgen_futures::JsFuture;

/// A future that stays in the page's thread.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + 'a>>;

/// Something that keeps records and files.
pub trait Store {
    /// The record kept under `key`.
    fn get<'a>(&'a self, area: &'a str, key: &'a str) -> Pending<'a, Option<String>>;
    /// Keeps a record in place of an older one.
    fn put<'a>(&'a self, area: &'a str, key: &'a str, value: &'a str) -> Pending<'a, ()>;
    /// Forgets a record; it need not exist.
    fn delete<'a>(&'a self, area: &'a str, key: &'a str) -> Pending<'a, ()>;
    /// The keys of all records of an area.
    fn keys<'a>(&'a self, area: &'a str) -> Pending<'a, Vec<String>>;
    /// A file's bytes.
    fn read_file<'a>(&'a self, path: &'a str) -> Pending<'a, Option<Vec<u8>>>;
    /// How many bytes a file has.
    fn file_size<'a>(&'a self, path: &'a str) -> Pending<'a, Option<f64>>;
    /// Keeps a file whole, in place of an older one, or not at all.
    fn write_file<'a>(&'a self, path: &'a str, bytes: &'a [u8]) -> Pending<'a, ()>;
    /// Forgets a file; it need not exist.
    fn delete_file<'a>(&'a self, path: &'a str) -> Pending<'a, ()>;
}

/// An area's record as one key; no area's name is the start of another's.
fn record_key(area: &str, key: &str) -> String {
    format!("{area}/{key}")
}

/// Why something could not be kept or read: one sentence for the learner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreError(pub String);

impl std::fmt::Display for StoreError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl StoreError {
    /// There is no room left.
    fn full() -> Self {
        Self(t!("store.full").to_owned())
    }

    /// Whether there is no room left.
    pub fn is_full(&self) -> bool {
        *self == Self::full()
    }

    /// Sorts a browser's error name into what the learner can do about it.
    fn from_name(doing: &str, name: &str) -> Self {
        if name.contains("Quota") { Self::full() } else { Self(t!("store.failed", doing = doing, name = name)) }
    }
}

thread_local! {
    static STORE: ArcRwSignal<Option<bool>> = ArcRwSignal::new(None);
    static OPENED: std::cell::OnceCell<Rc<dyn Store>> = const { std::cell::OnceCell::new() };
}

/// The store, opened at the first call: the browser's, or the page's memory where that is denied.
async fn store() -> Rc<dyn Store> {
    if let Some(store) = OPENED.with(|opened| opened.get().cloned()) {
        return store;
    }
    let (store, kept): (Rc<dyn Store>, bool) = match indexed_db::IndexedDb::open().await {
        Ok(store) => (Rc::new(store), true),
        Err(_) => (Rc::new(memory::Memory::default()), false),
    };
    // Two callers may open at once; the first one wins, so that both see the same memory.
    let store = OPENED.with(|opened| opened.get_or_init(|| store).clone());
    STORE.with(|known| known.set(Some(kept)));
    store
}

/// The record kept under `key` in `area`.
///
/// # Errors
/// One sentence, where the browser refuses.
pub async fn get(area: &str, key: &str) -> Result<Option<String>, StoreError> {
    store().await.get(area, key).await
}

/// Keeps a record in place of an older one.
///
/// # Errors
/// One sentence, where the browser refuses; a full storage names what to do.
pub async fn put(area: &str, key: &str, value: &str) -> Result<(), StoreError> {
    store().await.put(area, key, value).await
}

/// Forgets a record; it need not exist.
///
/// # Errors
/// One sentence, where the browser refuses.
pub async fn delete(area: &str, key: &str) -> Result<(), StoreError> {
    store().await.delete(area, key).await
}

/// The keys of all records of an area.
///
/// # Errors
/// One sentence, where the browser refuses.
pub async fn keys(area: &str) -> Result<Vec<String>, StoreError> {
    store().await.keys(area).await
}

/// A file's bytes.
///
/// # Errors
/// One sentence, where the browser refuses.
pub async fn read_file(path: &str) -> Result<Option<Vec<u8>>, StoreError> {
    store().await.read_file(path).await
}

/// How many bytes a file has, without reading it where that can be avoided.
///
/// # Errors
/// One sentence, where the browser refuses.
pub async fn file_size(path: &str) -> Result<Option<f64>, StoreError> {
    store().await.file_size(path).await
}

/// Keeps a file whole, in place of an older one, or not at all.
///
/// # Errors
/// One sentence, where the browser refuses; a full storage names what to do.
pub async fn write_file(path: &str, bytes: &[u8]) -> Result<(), StoreError> {
    store().await.write_file(path, bytes).await
}

/// Forgets a file; it need not exist.
///
/// # Errors
/// One sentence, where the browser refuses.
pub async fn delete_file(path: &str) -> Result<(), StoreError> {
    store().await.delete_file(path).await
}

/// Whether what is saved survives a reload. True until the browser has said no.
pub fn persistent() -> Signal<bool> {
    let known = STORE.with(ArcRwSignal::clone);
    leptos::task::spawn_local(async {
        store().await;
    });
    Signal::derive(move || known.get() != Some(false))
}

/// Whether what is saved survives a reload.
pub async fn is_persistent() -> bool {
    store().await;
    STORE.with(|known| known.get_untracked()) != Some(false)
}

/// How much of the browser's storage this site uses, as the browser estimates it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Usage {
    /// Bytes in use.
    pub used: f64,
    /// Bytes the browser may allow. Advice, not a promise.
    pub quota: f64,
}

/// The browser's estimate; `None` where it gives none.
pub async fn usage() -> Option<Usage> {
    let promise = storage_manager()?.estimate().ok()?;
    let estimate = JsFuture::from(promise).await.ok()?;
    let number = |name: &str| js_sys::Reflect::get(&estimate, &name.into()).ok()?.as_f64();
    Some(Usage { used: number("usage")?, quota: number("quota")? })
}

/// Asks the browser not to evict what is kept here. Worth asking once something is worth keeping.
pub async fn ask_to_persist() {
    if let Some(Ok(promise)) = storage_manager().map(|storage| storage.persist()) {
        // A refusal changes nothing: the models stay, only less surely.
        let _ = JsFuture::from(promise).await;
    }
}

fn storage_manager() -> Option<web_sys::StorageManager> {
    let navigator = window().navigator();
    // Missing on pages that were not loaded safely, whatever the bindings say.
    let storage = js_sys::Reflect::get(&navigator, &"storage".into()).ok()?;
    (!storage.is_undefined()).then(|| navigator.storage())
}

#[cfg(test)]
mod tests {
    use super::record_key;

    #[test]
    fn areas_do_not_mix() {
        assert!(!record_key("quiz", "a").starts_with(&record_key("quiz-old", "")));
    }
}
