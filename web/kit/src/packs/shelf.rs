//! Where packs are kept: the cache that the service worker of this build answers from, and beside it a cache for the
//! parts of files that are still arriving.

use super::list::PackFile;
use crate::address;
use js_sys::{Array, Reflect, Uint8Array};
use leptos::prelude::{document, window};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, Cache, CacheStorage, Headers, Response, ResponseInit};

/// The caches of this build.
#[derive(Clone)]
pub struct Shelf {
    whole: Cache,
    parts: Cache,
}

/// Why something could not be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unkept {
    /// There is no room.
    Full,
    /// The browser said no.
    Denied,
}

fn storage() -> Option<CacheStorage> {
    // Missing on pages that were not loaded safely; in a sandboxed frame even asking throws.
    let caches = Reflect::get(&window(), &"caches".into()).ok()?;
    caches.dyn_into().ok()
}

fn prefix() -> String {
    format!("glassbox-{}-", address::base_path())
}

impl Shelf {
    /// Opens the caches; `None` where this build is not kept for offline use, so that nobody would answer from them.
    pub async fn open() -> Option<Self> {
        let caches = storage()?;
        let build = document().document_element()?.get_attribute("data-build")?;
        let name = format!("{}{build}", prefix());
        let there = JsFuture::from(caches.has(&name)).await.ok()?;
        if there != JsValue::TRUE {
            return None;
        }
        let whole = JsFuture::from(caches.open(&name)).await.ok()?.dyn_into().ok()?;
        let parts = JsFuture::from(caches.open(&format!("{}parts", prefix()))).await.ok()?.dyn_into().ok()?;
        Some(Self { whole, parts })
    }

    /// A whole file's bytes, if it is kept.
    pub async fn read(&self, file: &PackFile) -> Option<JsValue> {
        bytes_at(&self.whole, &address::absolute(&file.path)).await
    }

    /// Whether a whole file is kept.
    pub async fn has(&self, file: &PackFile) -> bool {
        let found = JsFuture::from(self.whole.match_with_str(&address::absolute(&file.path))).await;
        found.is_ok_and(|found| !found.is_undefined())
    }

    /// Keeps a whole file; its parts are not needed any more.
    ///
    /// # Errors
    /// Why it could not be kept.
    pub async fn keep(&self, file: &PackFile, blob: &Blob, kind: &str) -> Result<(), Unkept> {
        put(&self.whole, &address::absolute(&file.path), blob, kind).await?;
        self.forget_parts(file).await;
        Ok(())
    }

    /// Forgets a file and its parts.
    pub async fn forget(&self, file: &PackFile) {
        // What is not there need not be deleted.
        let _ = JsFuture::from(self.whole.delete_with_str(&address::absolute(&file.path))).await;
        self.forget_parts(file).await;
    }

    /// The parts that have arrived so far, in order and without a gap, and their sum in bytes.
    pub async fn parts(&self, file: &PackFile) -> (Array, u64) {
        let (found, mut sum) = (Array::new(), 0);
        while let Some(bytes) = bytes_at(&self.parts, &part_address(file, sum)).await {
            let length = u64::from(Uint8Array::new(&bytes).length());
            if length == 0 {
                break;
            }
            found.push(&bytes);
            sum += length;
        }
        (found, sum)
    }

    /// Keeps a part that begins at `start`.
    ///
    /// # Errors
    /// Why it could not be kept.
    pub async fn keep_part(&self, file: &PackFile, start: u64, blob: &Blob) -> Result<(), Unkept> {
        put(&self.parts, &part_address(file, start), blob, "application/octet-stream").await
    }

    /// Forgets the parts of a file.
    pub async fn forget_parts(&self, file: &PackFile) {
        let mut start = 0;
        while let Some(bytes) = bytes_at(&self.parts, &part_address(file, start)).await {
            // A part that cannot be deleted must not be met again in this loop.
            let gone = JsFuture::from(self.parts.delete_with_str(&part_address(file, start))).await;
            let length = u64::from(Uint8Array::new(&bytes).length());
            if gone.is_err() || length == 0 {
                break;
            }
            start += length;
        }
    }
}

/// No address of the site: the hash keeps builds apart.
fn part_address(file: &PackFile, start: u64) -> String {
    format!("{}?part={}&at={start}", address::absolute(&file.path), file.sha256.get(..16).unwrap_or_default())
}

async fn bytes_at(cache: &Cache, address: &str) -> Option<JsValue> {
    let found: Response = JsFuture::from(cache.match_with_str(address)).await.ok()?.dyn_into().ok()?;
    JsFuture::from(found.array_buffer().ok()?).await.ok()
}

async fn put(cache: &Cache, address: &str, blob: &Blob, kind: &str) -> Result<(), Unkept> {
    let response = || -> Result<Response, JsValue> {
        let headers = Headers::new()?;
        headers.set("content-type", kind)?;
        let init = ResponseInit::new();
        init.set_headers(&headers);
        Response::new_with_opt_blob_and_init(Some(blob), &init)
    };
    let response = response().map_err(|_| Unkept::Denied)?;
    JsFuture::from(cache.put_with_str(address, &response)).await.map(drop).map_err(|error| {
        let name = Reflect::get(&error, &"name".into()).ok().and_then(|name| name.as_string()).unwrap_or_default();
        if name.contains("Quota") { Unkept::Full } else { Unkept::Denied }
    })
}
