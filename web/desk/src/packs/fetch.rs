//! Fetches one file of a pack: in parts that are kept as they arrive, so that it goes on where it broke off.

use super::answer::{self, Answer};
use js_sys::{Array, Reflect, Uint8Array};
use kit::{
    address,
    packs::{PackFile, Shelf, Unkept},
};
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortSignal, Blob, Headers, ReadableStreamDefaultReader, Request, RequestCache, RequestInit, Response, SubtleCrypto,
};

/// A part of so many bytes is kept at once; if the browser ends, no more than that is fetched twice.
const PART: u64 = 2 << 20;

/// Why a file did not arrive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Broken {
    /// The learner stopped it; what has arrived is kept.
    Cancelled,
    /// No connection, or it ended; what has arrived is kept.
    Connection,
    /// The server said no, with this status.
    Refused(u16),
    /// Something else came, such as the sign-in page of a network.
    NotTheFile,
    /// The bytes are not those of this build.
    Spoilt,
    /// There is no room.
    Full,
    /// The browser keeps nothing here.
    Denied,
}

impl From<Unkept> for Broken {
    fn from(unkept: Unkept) -> Self {
        match unkept {
            Unkept::Full => Self::Full,
            Unkept::Denied => Self::Denied,
        }
    }
}

/// Fetches a file, checks it and keeps it. `arrived` hears how many bytes are there.
///
/// # Errors
/// Why it did not arrive; whether parts of it are kept depends on that.
pub async fn fetch(shelf: &Shelf, file: &PackFile, signal: &AbortSignal, arrived: impl Fn(u64)) -> Result<(), Broken> {
    let (mut parts, mut have) = shelf.parts(file).await;
    let mut kind = String::from("application/octet-stream");
    let mut tries = 0;
    while have != file.bytes {
        arrived(have);
        let response = ask(file, have, signal).await?;
        let header = |name: &str| response.headers().get(name).ok().flatten();
        kind = header("content-type").unwrap_or(kind);
        let range = header("content-range");
        match answer::read(response.status(), range.as_deref(), &kind, &file.path, have) {
            Answer::GoesOn => {}
            Answer::Whole => {
                shelf.forget_parts(file).await;
                (parts, have) = (Array::new(), 0);
            }
            Answer::StartOver if tries == 0 => {
                tries += 1;
                shelf.forget_parts(file).await;
                (parts, have) = (Array::new(), 0);
                continue;
            }
            Answer::StartOver => return Err(Broken::NotTheFile),
            Answer::NotTheFile => return Err(Broken::NotTheFile),
            Answer::Refused(status) => return Err(Broken::Refused(status)),
        }
        let ended = receive(shelf, file, &response, &parts, have, &arrived).await;
        have = ended.map_err(|broken| if signal.aborted() { Broken::Cancelled } else { broken })?;
        if have != file.bytes {
            // It ended too early without an error, or it is another file.
            return Err(if have > file.bytes { spoilt(shelf, file).await } else { Broken::Connection });
        }
    }
    arrived(have);
    let blob = Blob::new_with_u8_array_sequence(&parts).map_err(|_| Broken::Denied)?;
    let bytes = JsFuture::from(blob.array_buffer()).await.map_err(|_| Broken::Denied)?;
    if sha256(&bytes).await.as_deref() != Some(file.sha256.as_str()) {
        return Err(spoilt(shelf, file).await);
    }
    // A resumed file that needed no answer any more has no type of its own.
    Ok(shelf.keep(file, &blob, kind_of(&file.path, &kind)).await?)
}

fn kind_of<'a>(path: &str, kind: &'a str) -> &'a str {
    match path.rsplit('.').next() {
        Some("wasm") => "application/wasm",
        Some("js") => "text/javascript; charset=utf-8",
        _ => kind,
    }
}

async fn spoilt(shelf: &Shelf, file: &PackFile) -> Broken {
    shelf.forget_parts(file).await;
    Broken::Spoilt
}

/// Asks for everything from `have` on. A request with a range passes the service worker by.
async fn ask(file: &PackFile, have: u64, signal: &AbortSignal) -> Result<Response, Broken> {
    let request = || -> Result<Request, JsValue> {
        let headers = Headers::new()?;
        headers.set("range", &format!("bytes={have}-"))?;
        let init = RequestInit::new();
        init.set_headers(&headers);
        init.set_cache(RequestCache::NoStore);
        init.set_signal(Some(signal));
        Request::new_with_str_and_init(&address::absolute(&file.path), &init)
    };
    let request = request().map_err(|_| Broken::Denied)?;
    let response = JsFuture::from(window().fetch_with_request(&request)).await;
    response.ok().and_then(|response| response.dyn_into().ok()).ok_or_else(|| stopped(signal))
}

fn stopped(signal: &AbortSignal) -> Broken {
    if signal.aborted() { Broken::Cancelled } else { Broken::Connection }
}

/// Reads the body to its end; answers how many bytes there are now. What has arrived is kept even if it breaks off.
async fn receive(
    shelf: &Shelf,
    file: &PackFile,
    response: &Response,
    parts: &Array,
    mut have: u64,
    arrived: &impl Fn(u64),
) -> Result<u64, Broken> {
    let body = response.body().ok_or(Broken::Connection)?;
    let reader: ReadableStreamDefaultReader = body.get_reader().dyn_into().map_err(|_| Broken::Denied)?;
    let (mut fresh, mut fresh_bytes) = (Array::new(), 0_u64);
    let ended = loop {
        let Ok(step) = JsFuture::from(reader.read()).await else { break Err(Broken::Connection) };
        if Reflect::get(&step, &"done".into()).is_ok_and(|done| done.is_truthy()) {
            break Ok(());
        }
        let Ok(chunk) = Reflect::get(&step, &"value".into()).map(|value| Uint8Array::new(&value)) else {
            break Err(Broken::Denied);
        };
        fresh_bytes += u64::from(chunk.length());
        fresh.push(&chunk);
        parts.push(&chunk);
        arrived(have + fresh_bytes);
        if have + fresh_bytes > file.bytes {
            break Ok(());
        }
        if fresh_bytes >= PART {
            keep_part(shelf, file, have, &fresh).await?;
            have += fresh_bytes;
            (fresh, fresh_bytes) = (Array::new(), 0);
        }
    };
    let total = have + fresh_bytes;
    if fresh_bytes > 0 && total < file.bytes {
        keep_part(shelf, file, have, &fresh).await?;
    }
    ended.map(|()| total)
}

async fn keep_part(shelf: &Shelf, file: &PackFile, start: u64, chunks: &Array) -> Result<(), Broken> {
    let blob = Blob::new_with_u8_array_sequence(chunks).map_err(|_| Broken::Denied)?;
    Ok(shelf.keep_part(file, start, &blob).await?)
}

/// The hash of some bytes in hexadecimal; `None` on pages that were not loaded safely, which have no such function.
pub async fn sha256(bytes: &JsValue) -> Option<String> {
    let crypto = Reflect::get(&window(), &"crypto".into()).ok()?;
    let subtle: SubtleCrypto = Reflect::get(&crypto, &"subtle".into()).ok()?.dyn_into().ok()?;
    let digest = subtle.digest_with_str_and_buffer_source("SHA-256", bytes.unchecked_ref()).ok()?;
    let digest = Uint8Array::new(&JsFuture::from(digest).await.ok()?).to_vec();
    Some(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}
