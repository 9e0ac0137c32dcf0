//! The two copies of the log: one in the browser's database, one in its small local storage. Each is text with
//! checksums; a copy that was damaged is set aside before it is written over.

use kit::{address, store};
use learn::progress::{Log, Read};
use leptos::prelude::window;
use std::cell::RefCell;
use web_sys::Storage;

const AREA: &str = "progress";
const LOG: &str = "log";
const ASIDE: &str = "set-aside";
const IMPORTED: &str = "imported";
/// Where the first version of this site kept the scores of its quizzes.
const VERSION_1: &str = "quiz";

/// Why a copy could not be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unkept {
    /// There is no room.
    Full,
    /// The browser allows nothing to be kept.
    Denied,
    /// Anything else, in the browser's words.
    Other(String),
}

/// What the database or the local storage made of a write.
pub type Outcome = Result<(), Unkept>;

thread_local! {
    /// The text that each copy is known to hold, so that it is read only when somebody else has written it.
    static KNOWN: RefCell<[Option<String>; 2]> = const { RefCell::new([None, None]) };
}

const DATABASE: usize = 0;
const MIRROR: usize = 1;

fn local_storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

fn name(of: &str) -> String {
    format!("glassbox {} {of}", address::base_path())
}

/// What both copies hold, where that is not known already. Damaged ones are set aside.
pub async fn read_changed() -> Vec<Read> {
    let texts = [store::get(AREA, LOG).await.ok().flatten(), mirror_text()];
    let mut reads = Vec::new();
    for (which, text) in texts.into_iter().enumerate() {
        let known = KNOWN.with_borrow(|known| known[which] == text);
        if let Some(text) = text.filter(|_| !known) {
            let read = Log::read(text.as_bytes());
            if read.is_whole() {
                KNOWN.with_borrow_mut(|known| known[which] = Some(text));
            } else {
                // Nobody waits for it, and a full storage may refuse it; the readable lines are kept in any case.
                let _ = store::put(AREA, ASIDE, &text).await;
            }
            reads.push(read);
        }
    }
    reads
}

/// Whether both copies hold this text.
pub fn hold(text: &str) -> bool {
    KNOWN.with_borrow(|known| known.iter().all(|known| known.as_deref() == Some(text)))
}

fn mirror_text() -> Option<String> {
    local_storage()?.get_item(&name("progress")).ok().flatten()
}

/// Writes the mirror, at once.
pub fn write_mirror(text: &str) -> Outcome {
    let storage = local_storage().ok_or(Unkept::Denied)?;
    // A refused write leaves the older text where it was.
    storage.set_item(&name("progress"), text).map_err(|_| Unkept::Full)?;
    KNOWN.with_borrow_mut(|known| known[MIRROR] = Some(text.into()));
    Ok(())
}

/// Writes the copy in the database.
pub async fn write_database(text: &str) -> Outcome {
    if !store::is_persistent().await {
        return Err(Unkept::Denied);
    }
    store::put(AREA, LOG, text).await.map_err(|error| match error {
        error if error.is_full() => Unkept::Full,
        error => Unkept::Other(error.0),
    })?;
    KNOWN.with_borrow_mut(|known| known[DATABASE] = Some(text.into()));
    Ok(())
}

/// The scores that version 1 has left, slug and text.
pub async fn version_1() -> Vec<(String, String)> {
    let mut scores = Vec::new();
    for slug in store::keys(VERSION_1).await.unwrap_or_default() {
        if let Ok(Some(score)) = store::get(VERSION_1, &slug).await {
            scores.push((slug, score));
        }
    }
    scores
}

/// Forgets what is not the log itself: version 1's scores, damaged copies, the last import.
pub async fn forget_rest() {
    for slug in store::keys(VERSION_1).await.unwrap_or_default() {
        // What cannot be deleted cannot be read either.
        let _ = store::delete(VERSION_1, &slug).await;
    }
    let _ = store::delete(AREA, ASIDE).await;
    let _ = store::delete(AREA, IMPORTED).await;
}

/// Keeps what the last import added, so that it can be undone after a reload; nothing: forgets it.
pub async fn keep_imported(added: Option<&Log>) {
    // Without it there is no undo later on; the import itself is not harmed.
    let _ = match added {
        Some(added) => store::put(AREA, IMPORTED, &added.write()).await,
        None => store::delete(AREA, IMPORTED).await,
    };
}

/// What the last import added.
pub async fn imported() -> Option<Log> {
    let text = store::get(AREA, IMPORTED).await.ok().flatten()?;
    Some(Log::read(text.as_bytes()).log).filter(|log| !log.is_empty())
}

/// This browser's number, drawn once and kept in both places.
pub async fn device() -> u32 {
    const DEVICE: &str = "device";
    let kept = local_storage().and_then(|storage| storage.get_item(&name(DEVICE)).ok().flatten());
    let kept = match kept {
        Some(kept) => Some(kept),
        None => store::get(AREA, DEVICE).await.ok().flatten(),
    };
    // Zero is the first version's.
    let device = kept.and_then(|text| text.parse().ok()).filter(|device| *device != 0);
    let device = device.unwrap_or_else(|| 1 + (js_sys::Math::random() * f64::from(u32::MAX - 1)) as u32);
    let text = device.to_string();
    if let Some(storage) = local_storage() {
        // A device that cannot be kept gets a new number next time, which does no harm.
        let _ = storage.set_item(&name(DEVICE), &text);
    }
    let _ = store::put(AREA, DEVICE, &text).await;
    device
}
